"""Which module a dotted name begins with, in a repository that may hold several services.

Python looks a name up in the folders on its path; which these are nobody says, so every folder
that is no package, and lies in none, may be one. Of several services with one root package the one
nearest to the importing module is meant.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from turnstay_lint.project.summaries.summary import ModuleSummary

FRAMEWORKS = frozenset(
    {
        "alembic", "fastapi", "fastapi_pagination", "pydantic", "pydantic_settings", "sqlalchemy",
        "sqlmodel", "starlette", "typing_extensions",
    }
)  # fmt: skip
"""Packages whose names the rules know, so that nobody looks into them."""

_BESIDE_THE_POINT = frozenset({"httpx", "requests", "pytest", "pytest_asyncio", "pytest_mock"})
"""Packages that many files name, and none of whose classes is a model, schema or router."""

Beginning = tuple[ModuleSummary, tuple[str, ...]]
"""A module that a dotted name begins with, and the parts of the name that are left."""


def is_known(package: str) -> bool:
    """Tell whether a top-level package is one that nobody need look into."""
    known = package in FRAMEWORKS or package in _BESIDE_THE_POINT or package == "builtins"
    return known or package in sys.stdlib_module_names


class Unpacked(Mapping[str, ModuleSummary]):
    """Summaries by the names of their modules, each unpacked when it is asked for.

    ``packages`` says which of them are packages, without asking any.
    """

    def __init__(
        self, unpack: Mapping[str, Callable[[], ModuleSummary]], packages: Collection[str]
    ) -> None:
        self._unpack = unpack
        self._made: dict[str, ModuleSummary] = {}
        self.packages = packages

    def __getitem__(self, name: str) -> ModuleSummary:
        if name not in self._made:
            self._made[name] = self._unpack[name]()
        return self._made[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the summary of that name; most names that are looked for are no modules."""
        return self[name] if name in self._unpack else default

    def __contains__(self, name: object) -> bool:
        return name in self._unpack

    def __iter__(self) -> Iterator[str]:
        return iter(self._unpack)

    def __len__(self) -> int:
        return len(self._unpack)


class Modules:
    """The modules of a service by the name that they have from its root."""

    def __init__(
        self,
        summaries: Iterable[ModuleSummary] | Unpacked,
        third_party: Collection[str] = (),
    ) -> None:
        """Join the summaries; where two files have one module name, the first is kept.

        ``third_party`` are packages that no folder below the root stands for.
        """
        self.by_name: Mapping[str, ModuleSummary]
        self._packages: Collection[str]
        if isinstance(summaries, Unpacked):
            self.by_name, self._packages = summaries, summaries.packages
        else:
            self.by_name = _named(summaries)
            self._packages = {name for name, one in self.by_name.items() if one.is_package}
        self._third_party = frozenset(third_party)
        self._folders: dict[str, set[str]] = {}
        self._ranks: dict[tuple[str, str], list[list[str]]] = {}
        self._begun: dict[tuple[str, str], list[Beginning]] = {}
        self._askers: dict[tuple[str, str], str] = {}
        self._first_asker: dict[tuple[str, tuple[tuple[str, ...], ...]], str] = {}
        for name in self.by_name:
            self._add_folders(name)
        self._at_root_alone = {top for top, there in self._folders.items() if there == {""}}

    def _add_folders(self, name: str) -> None:
        """Note each folder from which a module can be imported, by what its name then begins with.

        The root is the folder "".
        """
        parts = name.split(".")
        for depth, top in enumerate(parts):
            folder = ".".join(parts[:depth])
            if folder in self._packages:
                break
            self._folders.setdefault(top, set()).add(folder)

    def holds(self, dotted: str) -> bool:
        """Tell whether a name may be of the project, by how it begins."""
        return dotted.partition(".")[0] in self._folders

    def asker(self, dotted: str, near: str) -> str:
        """Return who asks for a name as far as that matters: nobody where one folder has it.

        Else it is the first who asked and has the same folders near by.
        """
        top = dotted.partition(".")[0]
        if top in self._at_root_alone:
            return ""
        found = self._askers.get((top, near))
        if found is None:
            ranked = tuple(map(tuple, self._ranked(top, near)))
            found = self._askers[top, near] = self._first_asker.setdefault((top, ranked), near)
        return found

    def meant(self, dotted: str, near: str = "") -> ModuleSummary | None:
        """Return the module that ``import dotted`` means in the module ``near``, or None."""
        found = self.beginnings(dotted, near)
        return found[0][0] if found and not found[0][1] else None

    def beginnings(self, dotted: str, near: str) -> list[Beginning]:
        """Return the modules that a dotted name may begin with and what is left of it.

        The longest comes first. Nothing where several services are as near as each other.
        """
        key = dotted, self.asker(dotted, near)
        found = self._begun.get(key)
        if found is None:
            found = self._begun[key] = self._begin(dotted, near)
        return found

    def _begin(self, dotted: str, near: str) -> list[Beginning]:
        parts = dotted.split(".")
        if parts[0] in self._at_root_alone:
            return self._below("", dotted, parts)
        for folders in self._ranked(parts[0], near):
            found = [(f, b) for f in folders if (b := self._below(f, dotted, parts))]
            if len(found) > 1:
                depths = sorted(folder.count(".") + bool(folder) for folder, _ in found)
                if depths[0] == depths[1]:
                    return []
                found.sort(key=lambda pair: pair[0].count(".") + bool(pair[0]))
            if found:
                return found[0][1]  # what is no module anywhere here may go on elsewhere
        return []

    def _ranked(self, top: str, near: str) -> list[list[str]]:
        """Return the folders that hold ``top``, the nearest first, those as near together."""
        key = top, near
        if key not in self._ranks:
            self._ranks[key] = self._rank(top, near)
        return self._ranks[key]

    def _rank(self, top: str, near: str) -> list[list[str]]:
        folders = self._folders.get(top, ())
        nearness: dict[int, list[str]] = {}
        for folder in folders:
            if not folder or self._may_be_root(folder, top, near):
                whole = f"{folder}.{top}" if folder else top
                nearness.setdefault(shared_parts(whole, near), []).append(folder)
        return [nearness[rank] for rank in sorted(nearness, reverse=True)]

    def _may_be_root(self, folder: str, top: str, near: str) -> bool:
        """``import stripe`` does not mean ``clients/stripe.py``, in it least of all."""
        if is_known(top) or top in self._third_party:
            return False
        name = f"{folder}.{top}"
        if name not in self.by_name or name in self._packages:
            return True
        return near.startswith(f"{folder}.") and near != name

    def _below(self, folder: str, dotted: str, parts: list[str]) -> list[Beginning]:
        found: list[Beginning] = []
        name = f"{folder}.{dotted}" if folder else dotted
        for length in range(len(parts), 0, -1):
            module = self.by_name.get(name)
            if module is not None:
                found.append((module, tuple(parts[length:])))
            name = name.rpartition(".")[0]
        return found


def _named(summaries: Iterable[ModuleSummary]) -> dict[str, ModuleSummary]:
    """Return summaries by the names of their modules, the first where two have the same."""
    found: dict[str, ModuleSummary] = {}
    for summary in summaries:
        found.setdefault(summary.name, summary)
    return found


def shared_parts(one: str, other: str) -> int:
    """Count the leading parts that two dotted names share."""
    count = 0
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        count += 1
    return count
