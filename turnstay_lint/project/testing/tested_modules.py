"""Which tests a service has of which modules, told by the names of its files (handbook 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from turnstay_lint.project.number import plural, singular
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.settings import Settings

ENDPOINTS = "endpoints"
UTILS = "utils"
_TESTS = frozenset({"test", "tests"})
_KINDS = (
    r"(?:_(?:admin|api|auth|crud|create|delete|endpoints?|get|list|patch|permissions|public|read"
    r"|router|routes|update|views?))*"
)


@project_fact
def test_modules(project: Project) -> tuple[tuple[str, ...], ...]:
    """Return the parts of the dotted names of all modules of tests."""
    parted = (tuple(name.split(".")) for name in project.layout.modules)
    return tuple(
        sorted(
            parts
            for parts in parted
            if parts[-1].startswith("test_") and not _TESTS.isdisjoint(parts[:-1])
        )
    )


@project_fact
def tests_in(
    project: Project, folder: str, service: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    """Return the folders of a kind (``endpoints``) that hold tests, as parts of dotted names.

    Those of the service whose modules' names begin with ``service``, or beside it.
    """
    beside = (service, service[:-1], ())
    return tuple(
        parts[: place + 2]
        for parts in test_modules(project)
        for place in range(len(parts) - 2)
        if parts[place + 1] == folder and parts[place] in _TESTS and parts[:place] in beside
    )


def has_test_of(project: Project, names: tuple[str, ...], without: str = "") -> bool:
    """Tell whether some test module is called after one of the names, ``admin_`` before it or not.

    Tests in a folder of that name ``without`` do not count.
    """
    wanted = re.compile(rf"test_(?:admin_|public_)?(?:{'|'.join(map(re.escape, names))}){_KINDS}$")
    return any(
        wanted.match(parts[-1]) and not (without and without in parts[:-1])
        for parts in test_modules(project)
    )


def numbers_of(name: str, settings: Settings) -> tuple[str, ...]:
    """Return a resource's name as it is, in the singular and in the plural."""
    plurals: Mapping[str, str] = settings.plurals
    return tuple(dict.fromkeys((name, singular(name, plurals), plural(name, plurals))))
