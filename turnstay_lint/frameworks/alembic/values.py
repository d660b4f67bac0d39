"""What expressions of a revision are worth, as far as its own file tells.

A string in which something could not be read keeps its known parts, with a ``HOLE`` for the rest.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec import Struct, field

from turnstay_lint.frameworks.alembic.changes import Table
from turnstay_lint.source.scopes import FunctionNode, Scope

if TYPE_CHECKING:
    from turnstay_lint.frameworks.alembic.operations import Operation
    from turnstay_lint.source.file import SourceFile

HOLE = "\ue000"


class Known(Struct, frozen=True, eq=False):
    """A constant, with the literal that says it where it is a single one.

    A name is ``final`` where ``op.f`` says so.
    """

    value: object
    node: ast.expr | None = None
    final: bool = False


class Sequence(Struct, frozen=True, eq=False):
    """A list, tuple or set; a list grows as the revision appends to it.

    One that is ``open`` grew in a loop over something unknown: it may be empty, or longer.
    """

    items: list[Value]
    open: bool = False


class Mapping(Struct, frozen=True, eq=False):
    """A dict."""

    pairs: list[tuple[Value, Value]]

    def get(self, key: object) -> Value | None:
        """Return the value of a constant key, the last that was given."""
        found = [v for k, v in self.pairs if isinstance(k, Known) and k.value == key]
        return found[-1] if found else None


class Reference(Struct, frozen=True, eq=False):
    """A dotted name: ``sqlalchemy.Column``."""

    name: str


class Arguments(Struct, frozen=True, eq=False):
    """What a call is given; ``complete`` unless a ``*`` or ``**`` could not be read."""

    positional: tuple[Value, ...]
    keywords: dict[str, Value]
    complete: bool = True

    def get(self, name: str, position: int | None = None) -> Value | None:
        """Return an argument by name or position, None where it is not given."""
        if name in self.keywords:
            return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None


class Built(Struct, frozen=True, eq=False):
    """The result of a call that is kept as it is written: ``sa.Column(...)``, ``table.update()``.

    ``callee`` is the dotted name called, or the method of ``receiver``.
    """

    callee: str
    arguments: Arguments
    node: ast.Call
    scope: Scope
    receiver: Value | None = None

    @property
    def name(self) -> str:
        """Return the last part of what is called."""
        return self.callee.rpartition(".")[2]

    @property
    def is_sqlalchemy(self) -> bool:
        """Tell whether it comes from SQLAlchemy, SQLModel or a thing made by one of them."""
        if isinstance(self.receiver, Built):
            return self.receiver.is_sqlalchemy
        return self.callee.startswith(("sqlalchemy", "sqlmodel"))


class Method(Struct, frozen=True, eq=False):
    """A method taken from a value, called or not."""

    receiver: Value
    name: str


class Function(Struct, frozen=True, eq=False):
    """A function, with the names that it sees."""

    node: FunctionNode | ast.Lambda
    environment: Environment


class Batch(Struct, frozen=True, eq=False):
    """The call that begins a batch, and the scope in which it is written."""

    call: ast.Call
    scope: Scope


class Class(Struct, frozen=True, eq=False):
    """A class that the file defines: its dotted name, its bases, and what its body binds.

    One that is ``open`` derives from something else as well.
    """

    name: str
    names: dict[str, Value]
    bases: tuple[Class, ...] = ()
    fields: tuple[str, ...] = ()
    open: bool = False

    def attribute(self, name: str) -> Value | None:
        """Return what the class, or one that it derives from, binds to a name."""
        if name in self.names:
            return self.names[name]
        inherited = (base.attribute(name) for base in self.bases)
        return next((value for value in inherited if value is not None), None)


class Instance(Struct, frozen=True, eq=False):
    """An object of a class of the file, with the attributes that were set."""

    cls: Class
    names: dict[str, Value]


class Bound(Struct, frozen=True, eq=False):
    """A method with the object, or the class, that it is called on."""

    function: Function
    receiver: Value


class Operations(Struct, frozen=True, eq=False):
    """``op``, or within ``batch_alter_table`` the batch: its table, and what waits for its end.

    ``batch`` is the call that begins it.
    """

    table: Table | None = None
    queue: list[Operation] | None = None
    batch: Batch | None = None


class TableValue(Struct, frozen=True, eq=False):
    """A table object or a model that the revision declares for itself."""

    table: Table
    columns: tuple[Value, ...] = ()


class Row(Struct, frozen=True, eq=False):
    """A row that a query of the ORM gave: what its attributes are given goes to the table."""


class Either(Struct, frozen=True, eq=False):
    """One of several values: which, only the run will tell."""

    values: tuple[Value, ...]


class Nothing(Struct, frozen=True, eq=False):
    """A value that could not be read."""


Value = (
    Known
    | Sequence
    | Mapping
    | Reference
    | Built
    | Method
    | Function
    | Class
    | Instance
    | Bound
    | Operations
    | TableValue
    | Row
    | Either
    | Nothing
)
UNKNOWN = Nothing()


class Environment(Struct, eq=False):
    """The names that a block sees, innermost first; the outermost has the file as ``source``."""

    scope: Scope
    parent: Environment | None = None
    names: dict[str, Value] = field(default_factory=dict)
    source: SourceFile | None = None

    @property
    def module(self) -> Environment:
        """Return the outermost environment: the file's own names."""
        environment = self
        while environment.parent is not None:
            environment = environment.parent
        return environment

    @property
    def file(self) -> SourceFile:
        """Return the file whose names these are."""
        source = self.module.source
        assert source is not None
        return source

    def lookup(self, name: str) -> Value | None:
        """Return what a name is bound to, or None."""
        environment: Environment | None = self
        while environment is not None:
            if name in environment.names:
                return environment.names[name]
            environment = environment.parent
        return None


def gives_rows(value: Value) -> bool:
    """Tell whether a value is what a query of the ORM gave, perhaps through a function."""
    link: Value | None = value
    while isinstance(link, Built):
        if link.name in ("query", "scalars"):
            return True
        if any(gives_rows(given) for given in link.arguments.positional):
            return True
        link = link.receiver
    return isinstance(link, Row)


def text_of(value: Value) -> str:
    """Return how a value reads within a string; ``HOLE`` where that is unknown."""
    if isinstance(value, Known) and isinstance(value.value, str | int | float):
        return str(value.value)
    return HOLE


def string_of(value: Value | None) -> str | None:
    """Return a string that is known in full, else None."""
    if isinstance(value, Known) and isinstance(value.value, str) and HOLE not in value.value:
        return value.value
    return None


def truth_of(value: Value) -> bool | None:
    """Return whether a value is true; None where that is unknown."""
    match value:
        case Known(value=constant):
            return None if isinstance(constant, str) and HOLE in constant else bool(constant)
        case Sequence(items=items, open=False):
            return bool(items)
        case Mapping(pairs=pairs):
            return bool(pairs)
    return None


def items_of(value: Value) -> list[Value] | None:
    """Return what iterating over a value gives, or None where that is unknown."""
    match value:
        case Sequence(items=items):
            return list(items)
        case Mapping(pairs=pairs):
            return [key for key, _ in pairs]
    return None
