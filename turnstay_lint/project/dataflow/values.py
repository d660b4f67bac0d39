"""The values that the forward pass tells apart: whose they are, and what is asked of them.

Everything is immutable and compared by content, so that two branches that agree are seen to. What
is not understood is ``UNKNOWN``, and nothing is concluded from it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from turnstay_lint.project.dataflow.facts import NOTHING, Facts


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which nothing is known."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Raw:
    """A value that nobody has checked: a parameter, a literal, what comes from the request.

    ``client`` says that the client of an endpoint chose it; ``schema`` is the canonical name of
    the schema that it is an instance of, or empty.
    """

    client: bool = False
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    value: object


@dataclass(frozen=True, slots=True)
class TenantId:
    """The id of the tenant that the code runs for."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """The tenant itself: the object that ``get_company`` gives."""


@dataclass(frozen=True, slots=True)
class Access:
    """The tenant-scoped access object: ``company_access``."""


@dataclass(frozen=True, slots=True)
class Session:
    """A database session; ``asynchronous`` is None where that is not known."""

    asynchronous: bool | None = None


@dataclass(frozen=True, slots=True)
class SessionMaker:
    """What makes sessions when called."""


@dataclass(frozen=True, slots=True)
class Request:
    """The request, or a part of it that the service keeps things in (``request.state``)."""

    part: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the project that is no model."""

    type: str


@dataclass(frozen=True, slots=True)
class Named:
    """A class, function, module or variable by its canonical dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of an ORM class. ``place`` is where it came from: the key of its state."""

    model: str
    place: int


@dataclass(frozen=True, slots=True)
class Field:
    """The value of a column of an object."""

    model: str
    column: str
    place: int


@dataclass(frozen=True, slots=True)
class Entity:
    """What a query reads: a class, an alias of it, or a subquery, which ``key`` tells apart.

    A subquery has no ``model``; it carries the query that it is.
    """

    model: str
    key: str
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column or relationship of an entity, in a query."""

    entity: Entity
    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """A relationship on the way to what is joined: ``M.rel.of_type(alias)``, ``M.rel.and_(...)``.

    A join that was built by itself (``join(A, B)``) has no column.
    """

    column: Column
    target: Entity | None = None
    facts: Facts = NOTHING


@dataclass(frozen=True, slots=True)
class Sql:
    """An SQL expression that is no plain column, with the columns and entities in it."""

    columns: tuple[Column, ...] = ()
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition, as what it says of whose the rows are."""

    facts: Facts = NOTHING


@dataclass(frozen=True, slots=True)
class Clause:
    """A step in the building of a query: the method, and the call that makes it."""

    method: str
    call: ast.Call


@dataclass(frozen=True, slots=True)
class Query:
    """A query as far as it is built.

    ``kind`` is ``select``, ``update``, ``delete``, ``insert``, ``text``, ``compound`` or
    ``exists``. ``columns`` is what a row holds; ``entities`` what must be scoped; ``joined`` every
    entity that takes part. ``outer`` are outer joins: the optional side, what it hangs on, and its
    ON clause. ``sends`` marks the legacy Query, which carries its session.
    """

    kind: str
    columns: tuple[Value, ...] = ()
    entities: tuple[Entity, ...] = ()
    joined: tuple[Entity, ...] = ()
    facts: Facts = NOTHING
    outer: tuple[tuple[str, tuple[str, ...], Facts], ...] = ()
    arms: tuple[Query, ...] = ()
    clauses: tuple[Clause, ...] = ()
    sends: bool = False
    sql: str = ""

    def having(self, facts: Facts) -> Query:
        """Return the query with a further condition."""
        return replace(self, facts=self.facts.also(facts))

    def then(self, method: str, call: ast.Call) -> Query:
        """Return the query with a further step remembered, up to a bound."""
        if len(self.clauses) > 60:
            return self
        return replace(self, clauses=(*self.clauses, Clause(method, call)))


@dataclass(frozen=True, slots=True)
class Result:
    """What a sent query gave: ``scalars`` when only the first column is left."""

    place: int
    columns: tuple[Value, ...]
    scalars: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """A list, tuple or set: its items in order; an ``open`` one may hold more of their kind."""

    items: tuple[Value, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A dict with known keys; an ``open`` one may hold more."""

    items: tuple[tuple[str, Value], ...] = ()
    open: bool = False

    def get(self, key: str) -> Value:
        """Return the value of a key, or UNKNOWN."""
        return next((value for name, value in reversed(self.items) if name == key), UNKNOWN)


@dataclass(frozen=True, slots=True)
class Method:
    """A method taken from a value, not yet called."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True)
class Closure:
    """A function or lambda of this file, to be called or handed on."""

    node: ast.AST = field(compare=False)
    key: int = 0


Value = (
    Unknown | Raw | Constant | TenantId | Tenant | Access | Session | SessionMaker | Request
    | Instance | Named | Object | Field | Entity | Column | Path | Sql | Condition | Query | Result
    | Collection | Record | Method | Closure
)  # fmt: skip
"""Any of the above."""

NONE = Constant(None)
