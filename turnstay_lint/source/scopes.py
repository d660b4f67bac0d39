"""The namespaces of a file: modules, classes, functions, comprehensions and lambdas."""

from __future__ import annotations

import ast

from turnstay_lint.source.bindings import (
    COMPREHENSIONS,
    Binding,
    Binds,
    Bound,
    FunctionNode,
    ScopeNode,
    absolute_module,
    all_parameters,
    inner_bodies,
)

__all__ = [
    "COMPREHENSIONS",
    "Binding",
    "Binds",
    "FunctionNode",
    "Scope",
    "ScopeNode",
    "absolute_module",
    "all_parameters",
    "inner_bodies",
]


class Scope:
    """A namespace of the file: what it binds, what encloses it, and its qualified name.

    ``binders`` are the nodes in it that bind something, as the walk of the file found them;
    ``meanings`` keeps what its names resolve to where they are read in a scope within it, ``read``
    what names resolve to that are read in it.
    """

    __slots__ = (
        "_bindings", "_module", "_qualname", "binders", "meanings",
        "name", "node", "parent", "read", "stars",
    )  # fmt: skip

    def __init__(self, node: ScopeNode, parent: Scope | None, name: str, module: str) -> None:
        self.node = node
        self.parent = parent
        self.name = name
        self._module = module
        self._bindings: dict[str, list[Binding]] | None = None
        self._qualname: str | None = None
        self.meanings: dict[str, str | None] = {}
        self.read: dict[str, str | None] = {}
        self.stars: list[str] = []
        self.binders: list[ast.AST] = []

    @property
    def module(self) -> str:
        """Return the dotted name of the module, a package's own for its ``__init__``."""
        return self._module.removesuffix(".__init__")

    @property
    def is_module(self) -> bool:
        """Tell whether this is the file's outermost scope."""
        return self.parent is None

    @property
    def outermost(self) -> Scope:
        """Return the scope of the file's module."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def is_class(self) -> bool:
        """Tell whether this is a class body."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_function(self) -> bool:
        """Tell whether this is the body of a function, a lambda apart."""
        return isinstance(self.node, FunctionNode)

    @property
    def function(self) -> Scope | None:
        """Return the nearest function that encloses this scope, itself included."""
        scope: Scope | None = self
        while scope is not None and not scope.is_function:
            scope = scope.parent
        return scope

    @property
    def walrus_target(self) -> Scope:
        """Return the scope that a walrus written here binds in: never a comprehension."""
        scope = self
        while isinstance(scope.node, COMPREHENSIONS) and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def qualname(self) -> str:
        """Return the name within the module (``Account.company``), empty for the module."""
        if self._qualname is None:
            above = self.parent.qualname if self.parent is not None else ""
            own = self.name if self.parent is not None else ""
            self._qualname = f"{above}.{own}" if above and own else above or own
        return self._qualname

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Return every name bound here, with the places that bind it in order.

        Names that the scope declares ``global`` or ``nonlocal`` are bound elsewhere.
        """
        if self._bindings is None:
            self._bindings = self._find_bindings()
        return self._bindings

    def _find_bindings(self) -> dict[str, list[Binding]]:
        bound = Bound(self.node, self._module, self.binders)
        if self.parent is not None:
            for name in bound.elsewhere:
                bound.names.pop(name, None)
        for places in bound.names.values():
            if len(places) > 1:
                places.sort(key=lambda place: place.since)
        self.stars = bound.stars
        return bound.names

    def lookup(self, name: str, at: ast.Name | None = None) -> tuple[Scope, list[Binding]] | None:
        """Return the scope that binds ``name`` as seen from here, and its bindings.

        What a class body binds is seen by itself alone, not by functions, comprehensions and
        classes in it; with ``at``, where the name stands, not before it is bound.
        """
        scope: Scope | None = self
        while scope is not None:
            bindings = scope._bindings
            seen = (scope.bindings if bindings is None else bindings).get(name)
            if seen and (
                type(scope.node) is not ast.ClassDef or (scope is self and _already(seen, at))
            ):
                return scope, seen
            scope = scope.parent
        return None


def _already(bindings: list[Binding], at: ast.Name | None) -> bool:
    return at is None or bindings[0].since <= (at.lineno, at.col_offset)
