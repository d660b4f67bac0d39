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
import warnings
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnstay_lint.project.resolution import Symbol
from turnstay_lint.project.summarise import summarise
from turnstay_lint.project.summary import ModuleSummary
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.text import UnreadableText

if TYPE_CHECKING:
    from astroid import nodes

Store = MutableMapping[tuple[str, str], Symbol | None]
_MOST_HOPS = 30
_SITES = frozenset({"site-packages", "dist-packages"})
_ALLOWED_EXTENSIONS = (
    "extension_package_allow_list",
    "extension_package_allowlist",
    "extension_package_whitelist",
)


class Installed:
    """Answers what the names of installed packages are, each once for a version of its package.

    ``store`` keeps the answers by dotted name and version; it may outlive the process, since they
    are plain data.
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store: Store = store if store is not None else {}
        self._versions: dict[str, str | None] = {}
        self._summaries: dict[str, ModuleSummary | None] = {}

    def find(self, dotted: str) -> Symbol | None:
        """Return the class, function or variable that a dotted name is, or None."""
        package = dotted.partition(".")[0]
        if package not in self._versions:
            self._versions[package] = _version(package)
        version = self._versions[package]
        if version is None:
            return None
        key = dotted, version
        if key not in self._store:
            self._store[key] = self._look(dotted)
        return self._store[key]

    def _look(self, dotted: str) -> Symbol | None:
        try:
            import astroid
        except ImportError:
            return None
        with warnings.catch_warnings(), _nothing_loaded(astroid):
            warnings.simplefilter("ignore")
            try:
                found = _definition(dotted)
            except Exception:  # whatever goes wrong in there, the name stays unresolved
                return None
        return self._symbol(*found) if found is not None else None

    def _symbol(self, module: nodes.Module, qualname: str) -> Symbol | None:
        summary = self._summary(module)
        if summary is None:
            return None
        found = (
            summary.classes.get(qualname)
            or summary.functions.get(qualname)
            or summary.variables.get(qualname)
        )
        return Symbol(summary, qualname, found) if found is not None else None

    def _summary(self, module: nodes.Module) -> ModuleSummary | None:
        file = module.file
        if file is None:
            return None
        if file not in self._summaries:
            self._summaries[file] = _summarised(module, file)
        return self._summaries[file]


def _summarised(module: nodes.Module, file: str) -> ModuleSummary | None:
    name = f"{module.name}.__init__" if module.package else module.name
    try:
        return summarise(SourceFile.from_bytes(file, Path(file).read_bytes(), name))
    except (OSError, UnreadableText, UnparsableSource, RecursionError):
        return None


def _version(package: str) -> str | None:
    """Return what changes when a package does, None where it is not installed.

    What lies in the working folder is the user's own, unless an editable install says otherwise:
    some front ends search that folder too, and all must give the same answer.
    """
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError, AttributeError):
        return None
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    place = folders[0] if folders else spec.origin if spec is not None else None
    if place is None or not Path(place).exists():
        return None
    if _is_users_own(Path(place)) and package not in importlib.metadata.packages_distributions():
        return None
    with contextlib.suppress(importlib.metadata.PackageNotFoundError, ValueError):
        return importlib.metadata.version(package)
    return str(Path(place).stat().st_mtime_ns)


def _is_users_own(place: Path) -> bool:
    here = Path.cwd()
    return place.is_relative_to(here) and _SITES.isdisjoint(place.relative_to(here).parts)


@contextlib.contextmanager
def _nothing_loaded(astroid: Any) -> Iterator[None]:
    """Let astroid import nothing, even where it serves a host that allows it to.

    astroid has one manager for the whole process, so what is changed is put back.
    """
    manager = astroid.MANAGER if hasattr(astroid, "MANAGER") else astroid.manager.AstroidManager()
    lists = [getattr(manager, name, None) for name in _ALLOWED_EXTENSIONS]
    allowed = next((held for held in lists if isinstance(held, set)), set())
    hooks = getattr(manager, "_failed_import_hooks", [])  # that of ``gi`` imports what it is for
    before = manager.always_load_extensions, set(allowed), list(hooks)
    manager.always_load_extensions = False
    allowed.clear()
    hooks.clear()
    try:
        yield
    finally:
        manager.always_load_extensions = before[0]
        allowed.update(before[1])
        hooks[:] = before[2]


def _definition(dotted: str) -> tuple[nodes.Module, str] | None:
    """Return the module that defines a name, and the qualified name that it has there."""
    from astroid import nodes
    from astroid.exceptions import AstroidBuildingError
    from astroid.manager import AstroidManager

    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            place: Any = AstroidManager().ast_from_module_name(".".join(parts[:length]))
        except AstroidBuildingError:
            continue
        for name in parts[length:]:
            place = _member(place, name, _MOST_HOPS)
            if place is None:
                return None
        if isinstance(place, nodes.AssignName):
            inner = place.name if isinstance(place.frame(), nodes.Module) else ""
            return (place.root(), inner) if inner else None
        if isinstance(place, (nodes.ClassDef, nodes.FunctionDef)):
            root = place.root()
            return root, place.qname().removeprefix(f"{root.name}.")
        return None
    return None


def _member(place: Any, name: str, hops: int) -> Any:
    """Return what a module or class means by a name: a definition, a variable or a module."""
    from astroid import nodes
    from astroid.exceptions import AstroidError

    if hops == 0 or not isinstance(place, (nodes.Module, nodes.ClassDef)):
        return None
    try:
        candidates = place.getattr(name)
    except AstroidError:
        return None
    for candidate in candidates:
        try:
            found = _followed(candidate, name, hops)
        except AstroidError:
            continue
        if found is not None:
            return found
    return None


def _followed(candidate: Any, name: str, hops: int) -> Any:
    from astroid import nodes
    from astroid.exceptions import AttributeInferenceError

    match candidate:
        case nodes.ClassDef() | nodes.FunctionDef() | nodes.Module():
            return candidate
        case nodes.ImportFrom():
            origin, real = candidate.do_import_module(candidate.modname), candidate.real_name(name)
            try:
                return _member(origin, real, hops - 1) or origin.import_module(real, True)
            except AttributeInferenceError:
                return origin.import_module(real, True)
        case nodes.Import():
            return candidate.do_import_module(candidate.real_name(name))
        case nodes.AssignName():
            value = getattr(candidate.statement(), "value", None)
            if isinstance(value, (nodes.Name, nodes.Attribute, nodes.Subscript)):
                for inferred in value.inferred():
                    if isinstance(inferred, (nodes.ClassDef, nodes.FunctionDef)):
                        return inferred
            return candidate
    return None
