"""Installed modules as astroid reads them, and where in them a name is defined.

Only this module imports astroid, and only ``installed`` imports this one, when a name matters.
astroid serves the whole process, which may be pylint's: so trees are kept apart from astroid's
own, and made without what takes it long and nobody asks for here (attributes of instances, what
star imports bring, the transforms that know single packages).
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any, TypeAlias

from astroid import nodes
from astroid.builder import AstroidBuilder
from astroid.exceptions import AstroidError
from astroid.manager import AstroidManager

Place: TypeAlias = nodes.Module | nodes.ClassDef | nodes.FunctionDef | nodes.AssignName
_MOST_HOPS = 30
_SOURCES = frozenset({"PKG_DIRECTORY", "PY_SOURCE"})
_ALLOWED_EXTENSIONS = (
    "extension_package_allow_list",
    "extension_package_allowlist",
    "extension_package_whitelist",
)


class _Manager(AstroidManager):  # type: ignore[misc]
    """Finds modules on ``sys.path`` as astroid does, and keeps what it finds to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.astroid_cache: dict[str, nodes.Module] = {}
        self._mod_file_cache: dict[Any, Any] = {}


class _Builder(AstroidBuilder):  # type: ignore[misc]
    """Makes trees from files, and follows nothing while it does."""

    def delayed_assattr(self, node: nodes.AssignAttr) -> None:
        """Leave attributes of instances alone."""

    def add_from_names_to_locals(self, node: nodes.ImportFrom, *rest: Any) -> None:
        """Leave star imports alone: ``Trees`` goes through them when it looks for a name."""
        if node.names[0][0] != "*":
            super().add_from_names_to_locals(node, *rest)


class Trees:
    """Trees of installed modules, each read once. A compiled module has none."""

    def __init__(self) -> None:
        self._manager = _Manager()
        self._builder = _Builder(self._manager, apply_transforms=False)
        self._made: dict[str, nodes.Module | None] = {}

    def files(self) -> list[str]:
        """Return the files that trees were made of."""
        return [tree.file for tree in self._made.values() if tree is not None]

    def definition(self, dotted: str) -> tuple[nodes.Module, str] | None:
        """Return the module that defines a dotted name, and the qualified name that it has there.

        Re-exports are followed. None where no class, function or variable of a module is found.
        """
        parts = dotted.split(".")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for length in range(len(parts) - 1, 0, -1):
                place: Place | None = self.module(".".join(parts[:length]))
                if place is None:
                    continue
                for name in parts[length:]:
                    place = self._member(place, name, _MOST_HOPS)
                return _qualified(place)
        return None

    def module(self, name: str) -> nodes.Module | None:
        """Return the tree of a module that is source on disk, or None."""
        if name not in self._made:
            self._made[name] = None
            with contextlib.suppress(AstroidError, RecursionError):
                found = self._manager.file_from_module_name(name, None)
                if found.type.name in _SOURCES and found.location:
                    self._made[name] = self._builder.file_build(found.location, name)
        return self._made[name]

    def _member(self, place: Place | None, name: str, hops: int) -> Place | None:
        """Return what a module or class means by a name: the first place that says it."""
        if hops == 0 or not isinstance(place, nodes.Module | nodes.ClassDef):
            return None
        for candidate in place.locals.get(name, ()):
            found = self._followed(candidate, name, hops - 1)
            if found is not None:
                return found
        if not isinstance(place, nodes.Module):
            return None
        for origin in reversed(list(_stars(place))):
            if not name.startswith("_"):
                found = self._member(self.module(origin), name, hops - 1)
                if found is not None:
                    return found
        return self.module(f"{place.name}.{name}") if place.package else None

    def _followed(self, candidate: nodes.NodeNG, name: str, hops: int) -> Place | None:
        match candidate:
            case nodes.ClassDef() | nodes.FunctionDef():
                return candidate
            case nodes.ImportFrom():
                origin, real = _origin(candidate), candidate.real_name(name)
                found = self._member(self.module(origin), real, hops)
                return found or self.module(f"{origin}.{real}")
            case nodes.Import():
                return self.module(candidate.real_name(name))
            case nodes.AssignName():
                return self._value(candidate, hops) or candidate
        return None

    def _value(self, variable: nodes.AssignName, hops: int) -> Place | None:
        """Return the definition that a variable is another name of, None for another value."""
        value = getattr(variable.statement(), "value", None)
        attributes: list[str] = []
        if isinstance(value, nodes.Subscript):
            value = value.value
        while isinstance(value, nodes.Attribute):
            attributes.append(value.attrname)
            value = value.expr
        if isinstance(value, nodes.Name):
            place = self._member(variable.root(), value.name, hops)
            for name in reversed(attributes):
                place = self._member(place, name, hops)
            return place
        if value is None or isinstance(value, nodes.Call | nodes.Const):
            return None
        return _inferred(value)


def _qualified(place: Place | None) -> tuple[nodes.Module, str] | None:
    if place is None or isinstance(place, nodes.Module):
        return None
    module = place.root()
    if isinstance(place, nodes.AssignName):
        return (module, place.name) if place.frame() is module else None
    return module, place.qname().removeprefix(f"{module.name}.")


def _inferred(value: nodes.NodeNG) -> Place | None:
    """Let astroid infer what is no plain name: a choice, an element of a dictionary."""
    with _nothing_loaded(), contextlib.suppress(AstroidError, RecursionError):
        for found in value.inferred():
            if isinstance(found, nodes.ClassDef | nodes.FunctionDef):
                return found
    return None


@contextlib.contextmanager
def _nothing_loaded() -> Iterator[None]:
    """Let astroid import nothing, even where it serves a host that allows it to.

    There is one inference for the whole process, so what is changed is put back.
    """
    manager = AstroidManager()
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


def _origin(statement: nodes.ImportFrom) -> str:
    """Return the dotted module of a ``from`` import."""
    if not statement.level:
        return str(statement.modname)
    module = statement.root()
    package = module.name.split(".")
    climbed = statement.level - bool(module.package)
    base = package[: len(package) - climbed] if climbed else package
    return ".".join([*base, *([statement.modname] if statement.modname else [])])


def _stars(module: nodes.Module) -> Iterator[str]:
    for statement in module.nodes_of_class(nodes.ImportFrom, skip_klass=nodes.FunctionDef):
        if statement.names[0][0] == "*":
            yield _origin(statement)
