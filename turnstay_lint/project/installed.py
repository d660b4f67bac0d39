"""What comes from installed packages, found by astroid where it is there.

astroid follows a name through a package's re-exports and conditional imports to the module that
defines it; that module's file then becomes a ModuleSummary like any other. Nothing of the package
is imported or run: it is read. Where astroid, the package or a definition cannot be had, the name
stays unresolved, and so it does for what is compiled.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable, MutableMapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from turnstay_lint.project.modules import FRAMEWORKS
from turnstay_lint.project.resolution import Symbol
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.text import UnreadableText

if TYPE_CHECKING:
    from astroid import nodes

    from turnstay_lint.project.package_trees import Trees

Store = MutableMapping[tuple[str, str], Symbol | None]
_SITES = frozenset({"site-packages", "dist-packages"})
_DEFINING = FRAMEWORKS - {"typing_extensions"}
_REQUIRED = regex(r"[\w.-]+")
_DASHES = regex(r"[-_.]+")


class Installed:
    """Answers what the names of installed packages are, each once for a version of its package.

    ``store`` keeps the answers by dotted name and version; it may outlive the process, since they
    are plain data.
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store: Store = store if store is not None else {}
        self._versions: dict[str, str | None] = {}
        self._summaries: dict[str, ModuleSummary | None] = {}
        self._searched: set[str] = set()

    def consulted(self) -> frozenset[str]:
        """Return the files and folders that were read; the answers change only if one does.

        What a package's version tells is known by the folder that it is installed in.
        """
        trees = self.__dict__.get("_trees")
        read = trees.files() if trees is not None else ()
        folders = (str(Path(file).parent) for file in read)
        return frozenset({*self._searched, *read, *folders})

    def find(self, dotted: str) -> Symbol | None:
        """Return the class, function or variable that a dotted name is, or None."""
        package = dotted.partition(".")[0]
        if package not in self._versions:
            self._versions[package] = self._version(package)
        version = self._versions[package]
        if version is None:
            return None
        key = dotted, version
        if key not in self._store:
            self._store[key] = self._look(dotted)
        return self._store[key]

    def _version(self, package: str) -> str | None:
        """Return what changes when a package does, None where there is nothing to look for.

        What lies in the working folder is the user's own unless it is installed: some front ends
        search that folder too, and all must give the same answer. A package that knows no
        framework defines nothing that matters here.
        """
        place = _place(package)
        if place is None:
            return None
        names = self._distributions(package)
        if not names:
            files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
            self._searched.update(map(str, (*files, *(file.parent for file in files))))
            if _is_users_own(place) or not _speak_of_frameworks(files):
                return None
            return str(max(file.stat().st_mtime_ns for file in files))
        if not any(_requires_framework(name, set()) for name in names):
            return None
        return " ".join(importlib.metadata.version(name) for name in names)

    def _distributions(self, package: str) -> list[str]:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError, ValueError):
            importlib.metadata.version(package)
            return [package]
        owners = self._by_package.get(package, ())
        return sorted({owner.metadata["Name"] for owner in owners})

    @cached_property
    def _by_package(self) -> dict[str, list[importlib.metadata.Distribution]]:
        """What ``packages_distributions`` gives, but it parses what all say of themselves."""
        found: dict[str, list[importlib.metadata.Distribution]] = {}
        for distribution in importlib.metadata.distributions():
            for package in _packages_of(distribution):
                found.setdefault(package, []).append(distribution)
        return found

    def _look(self, dotted: str) -> Symbol | None:
        trees = self._trees
        if trees is None:
            return None
        try:
            found = trees.definition(dotted)
        except Exception:  # whatever goes wrong in there, the name stays unresolved
            import logging

            logging.getLogger(__name__).debug("%s cannot be looked up", dotted, exc_info=True)
            return None
        return self._symbol(*found) if found is not None else None

    @cached_property
    def _trees(self) -> Trees | None:
        try:
            from turnstay_lint.project.package_trees import Trees
        except ImportError:  # astroid is not installed
            return None
        return Trees()

    def _symbol(self, module: nodes.Module, qualname: str) -> Symbol | None:
        if module.file not in self._summaries:
            self._summaries[module.file] = _summarised(module)
        summary = self._summaries[module.file]
        if summary is None:
            return None
        found = (
            summary.classes.get(qualname)
            or summary.functions.get(qualname)
            or summary.variables.get(qualname)
        )
        return Symbol(summary, qualname, found) if found is not None else None


def _packages_of(distribution: importlib.metadata.Distribution) -> set[str]:
    listed = distribution.read_text("top_level.txt")
    if listed is not None:
        return set(listed.split())
    record = distribution.read_text("RECORD") or ""
    tops = {line.partition(",")[0].partition("/")[0] for line in record.splitlines()}
    return {top.removesuffix(".py") for top in tops}


def _summarised(module: nodes.Module) -> ModuleSummary | None:
    name = f"{module.name}.__init__" if module.package else module.name
    try:
        return summarise(SourceFile.from_bytes(module.file, Path(module.file).read_bytes(), name))
    except (OSError, TypeError, UnreadableText, UnparsableSource, RecursionError):
        return None


def _place(package: str) -> Path | None:
    """Return the folder or file of a package, None where it is not to be found or is no source."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None:
        return None
    place = next(iter(spec.submodule_search_locations or ()), spec.origin)
    return Path(place) if place is not None and Path(place).exists() else None


def _is_users_own(place: Path) -> bool:
    here = Path.cwd()
    return place.is_relative_to(here) and _SITES.isdisjoint(place.relative_to(here).parts)


def _requires_framework(distribution: str, seen: set[str]) -> bool:
    """Tell whether a distribution needs a framework, itself or through what it needs.

    Its own extras count, those of what it needs do not.
    """
    name = _DASHES.sub("_", distribution).lower()
    if name in _DEFINING:
        return True
    if name in seen:
        return False
    seen.add(name)
    try:
        lines = importlib.metadata.requires(distribution) or []
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False
    needed = [line for line in lines if len(seen) == 1 or "extra ==" not in line]
    names = [match.group() for line in needed if (match := _REQUIRED.match(line))]
    return any(_requires_framework(name, seen) for name in names)


def _speak_of_frameworks(files: Iterable[Path]) -> bool:
    """Tell whether any file of a package that no distribution tells of imports a framework."""
    words = re.compile(rb"\b(?:%b)\b" % "|".join(sorted(_DEFINING)).encode())
    for file in files:
        with contextlib.suppress(OSError):
            if words.search(file.read_bytes()):
                return True
    return False
