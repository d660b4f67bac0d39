"""Which names a file binds, and where: modules, classes, functions, comprehensions and lambdas.

Only statements are walked to learn what a scope binds, and only when somebody asks, so a file of
which no rule wants anything costs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ScopeNode = (
    ast.Module
    | ast.ClassDef
    | ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.Lambda
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BINDS_WHEN_DONE = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.NamedExpr,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)


class Binds(Enum):
    """How a name came to be bound."""

    IMPORT = "import"
    FUNCTION = "function"
    CLASS = "class"
    PARAMETER = "parameter"
    ASSIGNMENT = "assignment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a name: for an import its dotted target, else the node that binds."""

    kind: Binds
    node: ast.AST
    target: str = ""
    value: ast.expr | None = None

    @property
    def line(self) -> int:
        """Return the line that binds, from 1; 0 for what has no position."""
        return getattr(self.node, "lineno", 0)

    @property
    def since(self) -> tuple[int, int]:
        """Return the position (as ``ast`` has it) from which the name is bound.

        ``x = f(x)`` binds when it is done; a loop, a ``with`` and a pattern when they begin.
        """
        node = self.node
        if isinstance(node, _BINDS_WHEN_DONE):
            return node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.line, getattr(node, "col_offset", 0)


class Scope:
    """A namespace of the file: what it binds, what encloses it, and its qualified name."""

    __slots__ = ("_bindings", "_module", "name", "node", "parent", "stars", "walruses")

    def __init__(self, node: ScopeNode, parent: Scope | None, name: str, module: str) -> None:
        self.node = node
        self.parent = parent
        self.name = name
        self._module = module
        self._bindings: dict[str, list[Binding]] | None = None
        self.stars: list[str] = []
        self.walruses: list[ast.NamedExpr] = []

    @property
    def module(self) -> str:
        """Return the dotted name of the module, a package's own for its ``__init__``."""
        return self._module.removesuffix(".__init__")

    @property
    def is_module(self) -> bool:
        """Tell whether this is the file's outermost scope."""
        return self.parent is None

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
        names = []
        scope: Scope | None = self
        while scope is not None and scope.parent is not None:
            if scope.name:
                names.append(scope.name)
            scope = scope.parent
        return ".".join(reversed(names))

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Return every name bound here, with the places that bind it in order.

        Names that the scope declares ``global`` or ``nonlocal`` are bound elsewhere.
        """
        if self._bindings is None:
            self._bindings = self._find_bindings()
        return self._bindings

    def _find_bindings(self) -> dict[str, list[Binding]]:
        found: dict[str, list[Binding]] = {}
        elsewhere: set[str] = set()
        for name, binding in _bindings_of(self.node, self._module, self.stars):
            if isinstance(binding.node, ast.Global | ast.Nonlocal):
                elsewhere.add(name)
            else:
                found.setdefault(name, []).append(binding)
        for walrus in self.walruses:
            binding = Binding(Binds.ASSIGNMENT, walrus, value=walrus.value)
            found.setdefault(walrus.target.id, []).append(binding)
        for name in elsewhere if self.parent is not None else ():
            found.pop(name, None)
        for places in found.values():
            if len(places) > 1:
                places.sort(key=lambda place: place.since)
        return found

    def lookup(
        self, name: str, at: tuple[int, int] | None = None
    ) -> tuple[Scope, list[Binding]] | None:
        """Return the scope that binds ``name`` as seen from here, and its bindings.

        What a class body binds is seen by itself alone, not by functions, comprehensions and
        classes in it; with ``at`` (line and column as ``ast`` has them), not before it is bound.
        """
        scope: Scope | None = self
        while scope is not None:
            seen = scope.bindings.get(name)
            if seen and (not scope.is_class or (scope is self and _already(seen, at))):
                return scope, seen
            scope = scope.parent
        return None


def _already(bindings: list[Binding], at: tuple[int, int] | None) -> bool:
    return at is None or bindings[0].since <= at


def _bindings_of(node: ScopeNode, module: str, stars: list[str]) -> Iterator[tuple[str, Binding]]:
    if isinstance(node, FunctionNode | ast.Lambda):
        yield from _parameters(node.args)
    if isinstance(node, FunctionNode):
        for parameter in getattr(node, "type_params", ()):
            yield parameter.name, Binding(Binds.OTHER, parameter)
    if isinstance(node, COMPREHENSIONS):
        for generator in node.generators:
            yield from _targets(generator.target, generator, None)
    elif not isinstance(node, ast.Lambda):
        for name, binding in _statements(node.body, module, stars):
            if not (isinstance(node, ast.ClassDef) and _only_declares(binding.node)):
                yield name, binding


def _only_declares(node: ast.AST) -> bool:
    """In a class ``date: date`` binds nothing: the name goes on to mean what it means outside."""
    return isinstance(node, ast.AnnAssign) and node.value is None


def _parameters(arguments: ast.arguments) -> Iterator[tuple[str, Binding]]:
    for parameter in all_parameters(arguments):
        yield parameter.arg, Binding(Binds.PARAMETER, parameter)


def all_parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return every parameter in the order of the signature, ``*args`` and ``**kwargs`` included."""
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        found.append(arguments.vararg)
    found.extend(arguments.kwonlyargs)
    if arguments.kwarg is not None:
        found.append(arguments.kwarg)
    return found


def _statements(
    body: Sequence[ast.stmt], module: str, stars: list[str]
) -> Iterator[tuple[str, Binding]]:
    for statement in body:
        match statement:
            case ast.Import() | ast.ImportFrom():
                yield from _imports(statement, module, stars)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield statement.name, Binding(Binds.FUNCTION, statement)
            case ast.ClassDef():
                yield statement.name, Binding(Binds.CLASS, statement)
            case ast.Assign():
                for target in statement.targets:
                    yield from _targets(target, statement, statement.value)
            case ast.AnnAssign():
                if statement.value is not None or isinstance(statement.target, ast.Name):
                    yield from _targets(statement.target, statement, statement.value)
            case ast.AugAssign():
                yield from _targets(statement.target, statement, None)
            case ast.For() | ast.AsyncFor():
                yield from _targets(statement.target, statement, None)
            case ast.With() | ast.AsyncWith():
                for item in statement.items:
                    if item.optional_vars is not None:
                        yield from _targets(item.optional_vars, statement, None)
            case ast.Match():
                for case in statement.cases:
                    yield from _captures(case.pattern)
            case ast.Global() | ast.Nonlocal():
                yield from ((name, Binding(Binds.OTHER, statement)) for name in statement.names)
            case _ if type(statement).__name__ == "TypeAlias":  # from Python 3.12 on
                alias: ast.Assign = statement  # type: ignore[assignment]
                yield from _targets(alias.name, statement, alias.value)  # type: ignore[attr-defined]
        for inner in inner_bodies(statement):
            yield from _statements(inner, module, stars)
        if isinstance(statement, ast.Try | ast.TryStar):
            for handler in statement.handlers:
                if handler.name:
                    yield handler.name, Binding(Binds.OTHER, handler)


def _captures(pattern: ast.pattern) -> Iterator[tuple[str, Binding]]:
    for part in ast.walk(pattern):
        match part:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name, Binding(Binds.OTHER, part)
            case ast.MatchMapping(rest=str(name)):
                yield name, Binding(Binds.OTHER, part)


def inner_bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a compound statement that share its scope, in order."""
    match statement:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            yield statement.body
            yield statement.orelse
        case ast.With() | ast.AsyncWith():
            yield statement.body
        case ast.Try() | ast.TryStar():
            yield statement.body
            for handler in statement.handlers:
                yield handler.body
            yield statement.orelse
            yield statement.finalbody
        case ast.Match():
            for case in statement.cases:
                yield case.body


def _targets(
    target: ast.expr, statement: ast.AST, value: ast.expr | None
) -> Iterator[tuple[str, Binding]]:
    match target:
        case ast.Name(id=name):
            kind = Binds.ASSIGNMENT if value is not None else Binds.OTHER
            yield name, Binding(kind, statement, value=value)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _targets(element, statement, None)
        case ast.Starred(value=inner):
            yield from _targets(inner, statement, None)


def _imports(
    statement: ast.Import | ast.ImportFrom, module: str, stars: list[str]
) -> Iterator[tuple[str, Binding]]:
    if isinstance(statement, ast.Import):
        for name in statement.names:
            local = name.asname or name.name.partition(".")[0]
            target = name.name if name.asname else local
            yield local, Binding(Binds.IMPORT, statement, target=target)
        return
    origin = absolute_module(statement, module)
    for name in statement.names:
        if name.name == "*":
            stars.append(origin)
        else:
            target = f"{origin}.{name.name}" if origin else name.name
            yield name.asname or name.name, Binding(Binds.IMPORT, statement, target=target)


def absolute_module(statement: ast.ImportFrom, module: str) -> str:
    """Return the dotted module of a ``from`` import, relative ones resolved against ``module``.

    ``module`` is the importing file's own dotted name, ``package.__init__`` for a package.
    A relative import that climbs out of the tree gives what is left of the name.
    """
    if not statement.level:
        return statement.module or ""
    parts = module.split(".")
    base = parts[: len(parts) - statement.level] if statement.level <= len(parts) else []
    return ".".join([*base, *([statement.module] if statement.module else [])])
