"""What a service has for its tests: the client, mocked authentication, records in the database."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.pytest import FIXTURE_MAKERS
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import FunctionSummary, ModuleSummary
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.project.testing.mock_modules import is_mock_module

CLIENT = "client"
SESSION = "session"
_AUTHENTICATED = "mock_auth"
_SECOND = f"{_AUTHENTICATED}_success_tenant_2"


def has_conftest_fixture(project: Project, name: str) -> bool:
    """Tell whether a ``conftest.py`` of the service has a fixture of a name."""
    return any(
        module.path.endswith("conftest.py") and _is_fixture(module.functions.get(name))
        for module in project.modules.values()
    )


def authenticated(project: Project, *, admin: bool) -> tuple[str, str]:
    """Return module and name of the mock that lets a caller in, empty where there is none."""
    found = [
        (module.name, name)
        for module in _tests(project)
        if is_mock_module(module.path)
        for name, function in module.functions.items()
        if name.startswith(_AUTHENTICATED) and _is_fixture(function)
    ]
    wanted = [one for one in found if ("admin" in one[1]) is admin]
    wanted.sort(key=lambda one: (one[1] != f"{_AUTHENTICATED}_success", one))
    return wanted[0] if wanted else ("", "")


def second_tenant(project: Project) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the mock that lets another tenant in, and what describes that tenant's row."""
    tenant = project.settings.tenant_model.lower()
    mock = description = ("", "")
    for module in _tests(project):
        for name, function in module.functions.items():
            if name == _SECOND and is_mock_module(module.path) and _is_fixture(function):
                mock = (module.name, name)
            if name == f"get_{tenant}_2" and not function.parameters:
                description = (module.name, name)
    return mock, description


def adds_tenant(project: Project) -> tuple[str, str]:
    """Return module and name of what adds a tenant to the database with a session alone."""
    return adds_row(project, project.settings.tenant_model.lower())


def adds_row(project: Project, row: str) -> tuple[str, str]:
    """Return module and name of what adds a row of a kind with a session alone, or nothing."""
    name = f"add_{row}_to_db"
    for module in _tests(project):
        function = module.functions.get(name)
        if function is not None and function.is_async:
            needed = [p.name for p in function.parameters if p.default is None]
            if needed == [SESSION]:
                return module.name, name
    return "", ""


def _tests(project: Project) -> Iterator[ModuleSummary]:
    return (module for module in project.modules.values() if is_test(module.path))


def _is_fixture(function: FunctionSummary | None) -> bool:
    return function is not None and any(
        made.name in FIXTURE_MAKERS for made in function.decorators if isinstance(made, Call | Name)
    )
