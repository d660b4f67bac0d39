"""What binds names: imports, definitions, assignments, loops, patterns, parameters.

Only statements are walked, and only when somebody asks, so a file of which no rule wants anything
costs nothing.
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
_WITH_PARAMETERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BINDS_NOTHING = frozenset(
    {
        ast.Expr, ast.Return, ast.Pass, ast.Raise, ast.Assert, ast.Delete, ast.Break, ast.Continue,
    }
)  # fmt: skip
_HAS_BLOCKS = frozenset(
    {
        ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
        ast.Match,
    }
)  # fmt: skip
_ONLY_BLOCKS = frozenset({ast.If, ast.While, ast.Try, ast.TryStar})
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


class Bound:
    """What one scope binds by its own statements: names, and the modules of its star imports.

    A walrus is found by whoever walks the expressions. ``elsewhere`` are the names that the scope
    declares ``global`` or ``nonlocal``. A class that only declares ``date: date`` binds nothing:
    the name goes on to mean what it means outside.
    """

    __slots__ = ("_in_class", "_module", "elsewhere", "names", "stars")

    def __init__(self, node: ScopeNode, module: str) -> None:
        self.names: dict[str, list[Binding]] = {}
        self.elsewhere: set[str] = set()
        self.stars: list[str] = []
        self._module = module
        self._in_class = isinstance(node, ast.ClassDef)
        if isinstance(node, _WITH_PARAMETERS):
            for parameter in all_parameters(node.args):
                self.add(parameter.arg, Binding(Binds.PARAMETER, parameter))
            for variable in getattr(node, "type_params", ()):
                self.add(variable.name, Binding(Binds.OTHER, variable))
        if isinstance(node, COMPREHENSIONS):
            for generator in node.generators:
                self._target(generator.target, generator, None)
        elif not isinstance(node, ast.Lambda):
            self._block(node.body)

    def add(self, name: str, binding: Binding) -> None:
        """Add a place that binds a name."""
        if name in self.names:
            self.names[name].append(binding)
        else:
            self.names[name] = [binding]

    def _block(self, body: Sequence[ast.stmt]) -> None:
        """Add what the statements of a block, and of the blocks in it, bind."""
        for statement in statements_of(body):
            kind = type(statement)
            if kind in _BINDS_NOTHING:
                continue
            if kind not in _ONLY_BLOCKS:
                self._statement(statement)
            for handler in getattr(statement, "handlers", ()):
                if handler.name:
                    self.add(handler.name, Binding(Binds.OTHER, handler))

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign():
                for target in statement.targets:
                    self._target(target, statement, statement.value)
            case ast.Import() | ast.ImportFrom():
                self._imports(statement)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.add(statement.name, Binding(Binds.FUNCTION, statement))
            case ast.ClassDef():
                self.add(statement.name, Binding(Binds.CLASS, statement))
            case ast.AnnAssign(target=target, value=None):
                if isinstance(target, ast.Name) and not self._in_class:
                    self._target(target, statement, None)
            case ast.AnnAssign():
                self._target(statement.target, statement, statement.value)
            case ast.AugAssign() | ast.For() | ast.AsyncFor():
                self._target(statement.target, statement, None)
            case ast.With() | ast.AsyncWith():
                for item in statement.items:
                    if item.optional_vars is not None:
                        self._target(item.optional_vars, statement, None)
            case ast.Match():
                for case in statement.cases:
                    self._pattern(case.pattern)
            case ast.Global() | ast.Nonlocal():
                self.elsewhere.update(statement.names)
            case _ if type(statement).__name__ == "TypeAlias":  # from Python 3.12 on
                alias: ast.Assign = statement  # type: ignore[assignment]
                self._target(alias.name, statement, alias.value)  # type: ignore[attr-defined]

    def _target(self, target: ast.expr, statement: ast.AST, value: ast.expr | None) -> None:
        match target:
            case ast.Name(id=name):
                kind = Binds.ASSIGNMENT if value is not None else Binds.OTHER
                self.add(name, Binding(kind, statement, value=value))
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self._target(element, statement, None)
            case ast.Starred(value=inner):
                self._target(inner, statement, None)

    def _pattern(self, pattern: ast.pattern) -> None:
        for part in ast.walk(pattern):
            match part:
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    self.add(name, Binding(Binds.OTHER, part))
                case ast.MatchMapping(rest=str(name)):
                    self.add(name, Binding(Binds.OTHER, part))

    def _imports(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            for name in statement.names:
                local = name.asname or name.name.partition(".")[0]
                target = name.name if name.asname else local
                self.add(local, Binding(Binds.IMPORT, statement, target=target))
            return
        origin = absolute_module(statement, self._module)
        for name in statement.names:
            if name.name == "*":
                self.stars.append(origin)
            else:
                target = f"{origin}.{name.name}" if origin else name.name
                self.add(name.asname or name.name, Binding(Binds.IMPORT, statement, target=target))


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
