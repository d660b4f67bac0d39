"""The values that the forward pass tells apart: whose they are, and what is asked of them.

Everything is immutable and compared by content, so that two branches that agree are seen to. What
is not understood is ``UNKNOWN``, and nothing is concluded from it.
"""

from __future__ import annotations

import ast

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.project.dataflow.facts import NOTHING, UNDERSTOOD_BY_NOBODY, Facts


class Unknown(Struct, frozen=True):
    """A value of which nothing is known."""


UNKNOWN = Unknown()


class Checked(Struct, frozen=True):
    """What somebody sent, found to be what the caller may have."""


CHECKED = Checked()


class Dump(Struct, frozen=True):
    """The fields of a schema in a dict of it: all but ``excluded``, or ``only`` these.

    ``excluded`` are those too that were given another value than the client's. ``set_only`` says
    that fields which the client left out are left out here too. ``call`` made the dict. ``given``
    are keys that were given another value than the client's.
    """

    excluded: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    set_only: bool = False
    call: ast.Call | None = None
    given: frozenset[str] = frozenset()

    def holds(self, field: str) -> bool:
        """Tell whether a field of the schema can be in the dict."""
        return field not in self.excluded and (self.only is None or field in self.only)


class Raw(Struct, frozen=True):
    """A value that nobody has checked: a parameter, a literal, what comes from the request.

    ``client`` says that the client of an endpoint chose it; ``schema`` is the canonical name of
    the schema that it is an instance of, or empty. ``origin`` is where it came from, a parameter
    and the way from there (``request_data.account_id``, ``request_data.lines[].account_id``).
    A ``dump`` is a dict of the schema, ``part`` what of it: its ``items``, a ``key`` or a
    ``value`` of them, or ``list`` for several of the schema. ``alias`` says that its type has a
    name in the service, so that what it identifies only the caller knows.
    """

    client: bool = False
    schema: str = ""
    origin: str = ""
    dump: Dump | None = None
    part: str = ""
    alias: bool = False

    @property
    def is_body(self) -> bool:
        """Tell whether it is a body that no schema describes: ``await request.json()``."""
        return self.client and not self.schema and self.dump is not None and not self.part


class Constant(Struct, frozen=True):
    """A literal."""

    value: object


class TenantId(Struct, frozen=True):
    """The id of the tenant that the code runs for."""


class Tenant(Struct, frozen=True):
    """The tenant itself: the object that ``get_company`` gives."""


class Access(Struct, frozen=True):
    """The tenant-scoped access object: ``company_access``."""


class Session(Struct, frozen=True):
    """A database session; ``asynchronous`` is None where that is not known."""

    asynchronous: bool | None = None


class SessionMaker(Struct, frozen=True):
    """What makes sessions when called."""


class Request(Struct, frozen=True):
    """The request, or a part of it that the service keeps things in (``request.state``)."""

    part: str = ""


class Instance(Struct, frozen=True):
    """An object of a class of the project that is no model."""

    type: str


class Named(Struct, frozen=True):
    """A class, function, module or variable by its canonical dotted name."""

    name: str


class Object(Struct, frozen=True):
    """An instance of an ORM class. ``place`` is where it came from: the key of its state.

    ``path`` are the relationships that were followed from the object that came from there.
    """

    model: str
    place: int
    path: tuple[str, ...] = ()


class Field(Struct, frozen=True):
    """The value of a column of an object."""

    model: str
    column: str
    place: int


class Entity(Struct, frozen=True):
    """What a query reads: a class, an alias of it, or a subquery, which ``key`` tells apart.

    A subquery has no ``model``; it carries the query that it is.
    """

    model: str
    key: str
    query: Query | None = None


class Column(Struct, frozen=True):
    """A column or relationship of an entity, in a query."""

    entity: Entity
    name: str


class SomeColumn(Struct, frozen=True):
    """A column of an entity by a name that only runs know: ``getattr(M, field)``."""

    entity: Entity


class Path(Struct, frozen=True):
    """A relationship on the way to what is joined: ``M.rel.of_type(alias)``, ``M.rel.and_(...)``.

    A join that was built by itself (``join(A, B)``) has no column.
    """

    column: Column
    target: Entity | None = None
    facts: Facts = NOTHING


class Sql(Struct, frozen=True):
    """An SQL expression that is no plain column, with the columns and entities in it."""

    columns: tuple[Column, ...] = ()
    entities: tuple[Entity, ...] = ()


class Condition(Struct, frozen=True):
    """An SQL condition, as what it says of whose the rows are."""

    facts: Facts = NOTHING


class LoaderOption(Struct, frozen=True):
    """What ``selectinload(M.rel)`` and its like ask for: paths of relationships to load.

    ``path`` is where a further step begins. ``("*",)`` among ``loads`` stands for any.
    """

    path: tuple[str, ...] = ()
    loads: frozenset[tuple[str, ...]] = frozenset()


class Clause(Struct, frozen=True):
    """A step in the building of a query: the method, and the call that makes it."""

    method: str
    call: ast.Call


class Query(Struct, frozen=True):
    """A query as far as it is built.

    ``kind`` is ``select``, ``update``, ``delete``, ``insert``, ``text``, ``compound`` or
    ``exists``. ``columns`` is what a row holds; ``entities`` what must be scoped; ``joined`` every
    entity that takes part. ``outer`` are outer joins: the optional side, what it hangs on, and its
    ON clause. ``sends`` marks the legacy Query, which carries its session. ``loads`` are the paths
    of relationships that its loader options name, ``("*",)`` where they cannot be read.
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
    loads: frozenset[tuple[str, ...]] = frozenset()

    def handed_on(self) -> Query:
        """Return the query after somebody may have added anything to it."""
        return replace(self.having(UNDERSTOOD_BY_NOBODY), loads=self.loads | {("*",)})

    def having(self, facts: Facts) -> Query:
        """Return the query with a further condition."""
        return replace(self, facts=self.facts.also(facts))

    def then(self, method: str, call: ast.Call) -> Query:
        """Return the query with a further step remembered, up to a bound."""
        if len(self.clauses) > 60:
            return self
        return replace(self, clauses=(*self.clauses, Clause(method, call)))


class Result(Struct, frozen=True):
    """What a sent query gave: ``scalars`` when only the first column is left."""

    place: int
    columns: tuple[Value, ...]
    scalars: bool = False


class Collection(Struct, frozen=True):
    """A list, tuple or set: its items in order; an ``open`` one may hold more of their kind."""

    items: tuple[Value, ...] = ()
    open: bool = False


class Record(Struct, frozen=True):
    """A dict with known keys; an ``open`` one may hold more.

    ``sometimes`` are the keys that it holds on some paths only, if those are all that it may hold
    beside its ``items``.
    """

    items: tuple[tuple[str, Value], ...] = ()
    open: bool = False
    sometimes: tuple[tuple[str, Value], ...] = ()

    @property
    def is_known(self) -> bool:
        """Tell whether every key that it may hold is known."""
        return not self.open or bool(self.sometimes)

    def having(self, key: str, value: Value) -> Record:
        """Return the dict with a key set."""
        known = self.without(key)
        return Record((*known.items, (key, value)), known.open, known.sometimes)

    def without(self, key: str) -> Record:
        """Return the dict without a key."""
        items = tuple(pair for pair in self.items if pair[0] != key)
        sometimes = tuple(pair for pair in self.sometimes if pair[0] != key)
        return Record(items, self.open and (bool(sometimes) or not self.is_known), sometimes)

    def opened(self) -> Record:
        """Return the dict after somebody may have set any key."""
        return Record(self.items, open=True)

    def get(self, key: str) -> Value:
        """Return the value of a key, or UNKNOWN."""
        return next((value for name, value in reversed(self.items) if name == key), UNKNOWN)


class Method(Struct, frozen=True):
    """A method taken from a value, not yet called."""

    owner: Value
    name: str


class Closure(Struct, frozen=True):
    """A function or lambda of this file, to be called or handed on."""

    node: ast.AST
    key: int = 0


Value = (
    Unknown | Checked | Raw | Constant | TenantId | Tenant | Access | Session | SessionMaker
    | Request | Instance | Named | Object | Field | Entity | Column | Path | Sql | Condition | Query
    | SomeColumn | Result | Collection | Record | Method | Closure | LoaderOption
)  # fmt: skip
"""Any of the above."""

NONE = Constant(None)
