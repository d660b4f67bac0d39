"""What binds names: imports, definitions, assignments, loops, patterns, parameters.

The walk of a file notes what binds something; what it binds is read when somebody asks, so a file
of which no rule wants anything costs next to nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

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
_WITH_PARAMETERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
BINDERS = frozenset(
    {
        ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.With,
        ast.AsyncWith, ast.Import, ast.ImportFrom, ast.ExceptHandler, ast.match_case, ast.Global,
        ast.Nonlocal, getattr(ast, "TypeAlias", ast.Assign),
    }
)  # fmt: skip
"""The nodes that bind names in the scope in which they stand, functions and classes apart."""
_HAS_BLOCKS = frozenset(
    {
        ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
        ast.Match,
    }
)  # fmt: skip
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


class Binding(Struct, frozen=True):
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


class Bound:
    """What one scope binds: names, and the modules of its star imports.

    ``elsewhere`` are the names that the scope declares ``global`` or ``nonlocal``. A class that
    only declares ``date: date`` binds nothing: the name goes on to mean what it means outside.
    """

    __slots__ = ("_in_class", "_module", "elsewhere", "names", "stars")

    def __init__(self, node: ScopeNode, module: str, binders: Iterable[ast.AST]) -> None:
        """Take the node of the scope, and the nodes of the kinds ``BINDERS`` that stand in it."""
        self.names: dict[str, list[Binding]] = {}
        self.elsewhere: set[str] = set()
        self.stars: list[str] = []
        self._module = module
        self._in_class = isinstance(node, ast.ClassDef)
        if isinstance(node, _WITH_PARAMETERS):
            for parameter in all_parameters(node.args):
                self._add(parameter.arg, Binding(Binds.PARAMETER, parameter))
            for variable in getattr(node, "type_params", ()):
                self._add(variable.name, Binding(Binds.OTHER, variable))
        elif isinstance(node, COMPREHENSIONS):
            for generator in node.generators:
                self._target(generator.target, generator, None)
        for binder in binders:
            self._binder(binder)

    def _add(self, name: str, binding: Binding) -> None:
        if name in self.names:
            self.names[name].append(binding)
        else:
            self.names[name] = [binding]

    def _binder(self, node: ast.AST) -> None:
        match node:
            case ast.Assign():
                for target in node.targets:
                    self._target(target, node, node.value)
            case ast.Import() | ast.ImportFrom():
                self._imports(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._add(node.name, Binding(Binds.FUNCTION, node))
            case ast.ClassDef():
                self._add(node.name, Binding(Binds.CLASS, node))
            case ast.AnnAssign(target=target, value=None):
                if isinstance(target, ast.Name) and not self._in_class:
                    self._target(target, node, None)
            case ast.AnnAssign():
                self._target(node.target, node, node.value)
            case ast.AugAssign() | ast.For() | ast.AsyncFor():
                self._target(node.target, node, None)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if item.optional_vars is not None:
                        self._target(item.optional_vars, node, None)
            case ast.NamedExpr():
                self._target(node.target, node, node.value)
            case ast.ExceptHandler(name=str(name)):
                self._add(name, Binding(Binds.OTHER, node))
            case ast.match_case():
                self._pattern(node.pattern)
            case ast.Global() | ast.Nonlocal():
                self.elsewhere.update(node.names)
            case _ if (alias := type_alias(node)) is not None:
                self._target(alias[0], node, alias[1])

    def _target(self, target: ast.expr, statement: ast.AST, value: ast.expr | None) -> None:
        match target:
            case ast.Name(id=name):
                kind = Binds.ASSIGNMENT if value is not None else Binds.OTHER
                self._add(name, Binding(kind, statement, value=value))
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self._target(element, statement, None)
            case ast.Starred(value=inner):
                self._target(inner, statement, None)

    def _pattern(self, pattern: ast.pattern) -> None:
        for part in ast.walk(pattern):
            match part:
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    self._add(name, Binding(Binds.OTHER, part))
                case ast.MatchMapping(rest=str(name)):
                    self._add(name, Binding(Binds.OTHER, part))

    def _imports(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            for name in statement.names:
                local = name.asname or name.name.partition(".")[0]
                target = name.name if name.asname else local
                self._add(local, Binding(Binds.IMPORT, statement, target=target))
            return
        origin = absolute_module(statement, self._module)
        for name in statement.names:
            if name.name == "*":
                self.stars.append(origin)
            else:
                target = f"{origin}.{name.name}" if origin else name.name
                self._add(name.asname or name.name, Binding(Binds.IMPORT, statement, target=target))


def all_parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return every parameter in the order of the signature, ``*args`` and ``**kwargs`` included."""
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        found.append(arguments.vararg)
    found.extend(arguments.kwonlyargs)
    if arguments.kwarg is not None:
        found.append(arguments.kwarg)
    return found


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


def type_alias(node: ast.AST) -> tuple[ast.Name, ast.expr] | None:
    """Return the name and the meaning of ``type X = ...``, which Python has from 3.12 on."""
    if sys.version_info >= (3, 12) and isinstance(node, ast.TypeAlias):
        return node.name, node.value
    return None


def statements_of(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield every statement that shares the scope of a block, in the order of the text."""
    todo = list(reversed(body))
    while todo:
        statement = todo.pop()
        yield statement
        if type(statement) in _HAS_BLOCKS:
            blocks = list(inner_bodies(statement))
            for block in reversed(blocks):
                todo.extend(reversed(block))


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
