"""What a function does that rules ask about: queries that it sends, relationships that it reads."""

from __future__ import annotations

import ast
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.judging import Judgement
from turnstay_lint.project.dataflow.loading import Source
from turnstay_lint.project.dataflow.values import Access, Query, Tenant, TenantId
from turnstay_lint.project.models.relationship_loading import Relation
from turnstay_lint.source.scopes import Scope


class TenantName(Struct, frozen=True):
    """An expression that is the tenant's id where a query is sent, and what it was taken from."""

    expression: str
    kind: str


class Sent(Struct, frozen=True):
    """A query sent to the database by ``call`` in ``scope``.

    ``method`` is the session's method, or ``helper`` for a function that the query is handed to;
    ``session`` the name of the session's variable, empty where it is no plain name. ``checked``
    says that the owner of what came back is compared with the tenant afterwards. ``tenants`` are
    the names of the tenant in scope.
    """

    call: ast.Call
    scope: Scope
    method: str
    query: Query
    judgement: Judgement
    session: str = ""
    tenants: tuple[TenantName, ...] = ()
    checked: bool = False


class LazyRead(Struct, frozen=True):
    """A read, in async code, of relationships that nothing loaded.

    ``node`` is the attribute, the return statement or the validating call; ``owner`` the expression
    that is the object, None for one of several in a list; ``below`` leads from there to the object
    that lacks something, None where collections lie between. ``path`` leads to it from the object
    that ``source`` gave, whose class is ``root``, empty where that is not known; ``paths`` lead
    from there to all that is to be loaded, for schemas below schemas as well. ``session`` is how
    the session is called, empty where none is at hand; ``reader`` the schema that reads, empty for
    the code itself.
    """

    node: ast.Attribute | ast.Return | ast.Call
    scope: Scope
    root: str
    path: tuple[str, ...]
    relations: tuple[Relation, ...]
    source: Source
    owner: ast.expr | None
    session: str
    new: bool = False
    reader: str = ""
    below: tuple[str, ...] | None = ()
    paths: tuple[tuple[str, ...], ...] = ()


class Recorder:
    """Gathers what a pass over a function finds; a place that is passed again is judged again."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._sent: dict[int, Sent] = {}
        self._reads: dict[ast.AST, LazyRead] = {}
        self.checked: set[int] = set()
        self.inserted: set[str] = set()
        self.founded: set[str] = set()
        self.has_stored = False

    def send(self, place: int, sent: Sent) -> None:
        """Remember a query that was sent."""
        self._sent[place] = sent

    def read(self, read: LazyRead) -> None:
        """Remember a read of what nothing loaded."""
        self._reads[read.node] = read

    def is_read(self, node: ast.AST) -> bool:
        """Tell whether a place is held to read what nothing loaded."""
        return node in self._reads

    @property
    def reads(self) -> tuple[LazyRead, ...]:
        """Return the reads of what nothing loaded, in the order of the text."""
        place = attrgetter("node.end_lineno", "node.end_col_offset")
        return tuple(sorted(self._reads.values(), key=place))

    @property
    def has_sent(self) -> bool:
        """Tell whether any query was sent so far."""
        return bool(self._sent)

    @property
    def sent(self) -> tuple[Sent, ...]:
        """Return the queries that were sent, in the order of the text."""
        found = (
            replace(sent, checked=place in self.checked or self._founds(sent))
            for place, sent in self._sent.items()
        )
        return tuple(sorted(found, key=lambda s: (s.call.lineno, s.call.col_offset)))

    def _founds(self, sent: Sent) -> bool:
        """Whoever makes a tenant asks before whether its name is free."""
        return bool(self.founded) and self.founded.issuperset(sent.judgement.models)


def tenant_names(environment: Environment, tenant_column: str) -> tuple[TenantName, ...]:
    """Return the names in scope that are the tenant's id."""
    found: dict[str, TenantName] = {}
    here: Environment | None = environment
    while here is not None:
        for name, value in here.names.items():
            match value:
                case TenantId():
                    found.setdefault(name, TenantName(name, "id"))
                case Tenant():
                    found.setdefault(name, TenantName(f"{name}.id", "tenant"))
                case Access():
                    found.setdefault(name, TenantName(f"{name}.{tenant_column}", "access"))
        here = here.outer
    return tuple(found[name] for name in sorted(found))
