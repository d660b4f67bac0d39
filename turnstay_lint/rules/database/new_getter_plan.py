"""What a fix does elsewhere to write a getter that the access class lacks."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Elsewhere
from turnstay_lint.project.writing.new_getters import NewGetter
from turnstay_lint.rules.package_plan import WritePackage


class WriteMethod(Struct, frozen=True):
    """Write the method into the access class."""

    getter: NewGetter


class WriteUtility(Struct, frozen=True):
    """Write the function that the method asks."""

    getter: NewGetter


def written_elsewhere(getter: NewGetter) -> tuple[Elsewhere, ...]:
    """Return the parts of a change set that write a getter."""
    return tuple(_parts(getter))


def _parts(getter: NewGetter) -> Iterator[Elsewhere]:
    if not getter.is_utility_there:
        for package in getter.home.packages:
            yield Elsewhere(package, WritePackage(), created=True)
        utility = WriteUtility(getter)
        yield Elsewhere(getter.home.path, utility, getter.utility, getter.home.created)
    yield Elsewhere(getter.access.path, WriteMethod(getter), f"{getter.owner}.{getter.method}")
