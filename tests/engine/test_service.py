from pathlib import Path

import pytest

from tests.engine.services import LAZY, write
from turnstay_lint.engine.configuring.configuration import Configuration, configuration_for
from turnstay_lint.engine.services.roots import Root, service_root
from turnstay_lint.engine.services.service import (
    Services,
    load_project,
    looks_beyond,
    service_files,
)
from turnstay_lint.findings import Severity
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.words import words_of


def test_the_nearest_pyproject_is_the_root(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            "services/a/pyproject.toml": "",
            "services/a/app/models.py": "",
            "shared/models.py": "",
        },
    )
    service = tmp_path / "services" / "a"
    root = service_root(service / "app" / "models.py")
    assert root == Root(service, service)
    assert root.path_of(service / "app" / "models.py") == "app/models.py"
    assert root.module_of(service / "app" / "models.py") == "app.models"
    assert service_root(tmp_path / "shared" / "models.py") == Root(tmp_path, tmp_path)


def test_a_src_folder_is_no_package_unless_it_is_one(tmp_path: Path) -> None:
    root = Root(tmp_path, tmp_path)
    assert root.module_of(tmp_path / "src" / "app" / "__init__.py") == "app.__init__"
    write(tmp_path, {"src/__init__.py": ""})
    assert root.module_of(tmp_path / "src" / "app" / "__init__.py") == "src.app.__init__"


def test_without_a_project_the_outermost_package_or_app_is_the_root(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "outer/inner/deep/__init__.py": "",
            "outer/inner/__init__.py": "",
            "app/api/__init__.py": "",
            "loose.py": "",
        },
    )
    package = tmp_path / "outer" / "inner"
    assert service_root(package / "deep" / "x.py") == Root(package, tmp_path / "outer")
    assert service_root(tmp_path / "app" / "api" / "x.py") == Root(tmp_path / "app", tmp_path)
    assert service_root(tmp_path / "app" / "models.py") == Root(tmp_path / "app", tmp_path)
    assert service_root(tmp_path / "loose.py") == Root(tmp_path, tmp_path, deep=False)


def test_an_installed_package_is_its_own_service(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "",
            ".venv/lib/site-packages/package/__init__.py": "",
            ".venv/lib/site-packages/module.py": "",
            "app/build/__init__.py": "",
        },
    )
    installed = tmp_path / ".venv" / "lib" / "site-packages"
    assert service_root(installed / "package" / "x.py") == Root(installed / "package", installed)
    assert service_root(installed / "module.py") == Root(installed, installed, deep=False)
    assert service_root(tmp_path / "app" / "build" / "x.py") == Root(tmp_path, tmp_path)


def test_a_project_is_whole_whatever_is_asked_for(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.turnstay-lint]\nextend-exclude = ['generated']\n",
            "app/models.py": "class Account: ...\n",
            "app/broken.py": "def f(:\n",
            "app/nul.py": b"\0",
            "generated/models.py": "",
            "node_modules/x.py": "",
            "inner/pyproject.toml": "",
            "inner/app/models.py": "",
        },
    )
    root = service_root(tmp_path / "app" / "models.py")
    configuration = configuration_for(root.folder)
    assert [root.path_of(file) for file in service_files(root, configuration)] == [
        "app/broken.py",
        "app/models.py",
        "app/nul.py",
    ]
    project = load_project(root, configuration, {tmp_path / "app" / "new.py": b"x = 1\n"})
    assert sorted(project.modules) == ["app.models", "app.new"]
    assert project.settings == configuration.settings


def rule(*triggers: str, uses_project: bool) -> Rule:
    return Rule("TSL999", "x", Severity.ERROR, lambda look: (), triggers, uses_project=uses_project)


@pytest.mark.parametrize(
    ("text", "rules", "looks"),
    [
        ("session.execute()", [rule("execute", uses_project=True)], True),
        ("session.execute()", [rule("execute", uses_project=False)], False),
        ("import os\n", [rule("execute", uses_project=True)], False),
        ("from app.orm import rel\n", [rule("relationship", uses_project=True)], True),
        ("    from .orm import rel\n", [rule("relationship", uses_project=True)], True),
        ("from applied import rel\n", [rule("relationship", uses_project=True)], False),
        ("from app.orm import rel\n", [rule("relationship", uses_project=False)], False),
    ],
)
def test_other_files_are_read_only_if_they_may_matter(
    tmp_path: Path, text: str, rules: list[Rule], looks: bool
) -> None:
    write(tmp_path, {"app/__init__.py": ""})
    assert looks_beyond(text, words_of(text), rules, Root(tmp_path, tmp_path)) is looks


def test_one_file_is_linted_with_what_an_editor_has_of_it(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "app/models.py": "", "app/other.py": ""})
    services = Services(select=("TSL306",))
    file = tmp_path / "app" / "models.py"
    verdict = services.of(file).lint(file, LAZY.encode())
    assert [(f.code, f.path, f.span.line) for f in verdict.findings] == [
        ("TSL306", "app/models.py", 6)
    ]
    assert services.of(file) is services.of(tmp_path / "app" / "other.py")


def test_options_hold_for_every_service(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a/pyproject.toml": "[tool.turnstay-lint]\nselect = ['TSL306']\n",
            "b/pyproject.toml": "[tool.turnstay-lint]\napp = 'b'\n",
            "lint.toml": "app = 'c'\n",
        },
    )
    a, b = tmp_path / "a" / "x.py", tmp_path / "b" / "x.py"
    plain = Services()
    assert [r.code for r in plain.of(a).rules] == ["TSL306"]
    assert plain.of(b).configuration.settings.app == "b"
    assert [service.root.folder.name for service in plain.met] == ["a", "b"]
    assert Services(isolated=True).of(b).configuration == Configuration(folder=tmp_path / "b")
    assert Services(tmp_path / "lint.toml").of(b).configuration.settings.app == "c"


def test_a_folder_in_a_package_that_is_no_package_itself_is_a_part_of_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "outer/package/__init__.py": "",
            "outer/package/api/access/auth/__init__.py": "",
            "outer/package/.venv/lib/loose.py": "",
        },
    )
    package = tmp_path / "outer" / "package"
    root = Root(package, tmp_path / "outer")
    assert service_root(package / "versions" / "2026" / "0001_create.py") == root
    assert service_root(package / "api" / "access" / "auth" / "x.py") == root
    lib = package / ".venv" / "lib"
    assert service_root(lib / "loose.py") == Root(lib, lib, deep=False)
