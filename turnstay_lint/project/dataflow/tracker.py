"""Follows which relationships are loaded, on the objects that a function comes by.

What SQLAlchemy does is held against the real thing in ``tests/rules/database``: a query loads what
is declared to load ahead and what its options name; a constructor loads nothing, so that a new
object raises as soon as it is flushed; a refresh loads what it names, or what loads ahead.
"""

from __future__ import annotations

import ast
from collections.abc import Collection as Models
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given, flat
from turnstay_lint.project.dataflow.callees import callees
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.loading import (
    EVERYTHING,
    LoadState,
    Source,
    expired,
    reloaded,
)
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.project.dataflow.reading import Reading
from turnstay_lint.project.dataflow.values import (
    Collection,
    Constant,
    Entity,
    Instance,
    Object,
    Query,
    Raw,
    Record,
    Session,
    Value,
)
from turnstay_lint.project.models.expiring import expires_on_commit
from turnstay_lint.project.models.relationship_loading import relations
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.project.summaries.fetching import ANYTHING, PLAIN_REFRESH, loaded_by
from turnstay_lint.project.summaries.summary import FunctionSummary

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_FLUSHING = frozenset({"flush", "commit"})
_FORGETTING = frozenset({"close", "expire_all", "expunge_all", "invalidate", "reset", "rollback"})
_FORGETTING_ONE = frozenset({"delete", "expire", "expunge"})
_DATACLASS = ("sqlalchemy.orm.MappedAsDataclass", "sqlalchemy.ext.asyncio.MappedAsDataclass")


class Tracker:
    """Keeps the loading of an evaluator's environments, and reports what reads unloaded ones."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Track for an evaluator."""
        self._evaluator = evaluator
        self._project = evaluator.words.project
        self._callees = callees(self._project)
        self._relations = relations(self._project)
        self._expires = expires_on_commit(self._project)
        reading = Reading(evaluator)
        self.read = reading.attribute
        self.returned = reading.returned
        self.validated = reading.validated
        self._assigning = reading.assigned

    def sent(
        self,
        session: Session,
        query: Query,
        given: Given,
        environment: Environment,
        *,
        several: bool,
    ) -> None:
        """A query was sent by a session's method; its objects are loaded as it says."""
        self._reload({entity.model for entity in query.joined}, environment)
        if query.kind == "select" and not query.sends and self._is_async(session, given):
            source = Source("query", given.call, query)
            roots = frozenset(entity.model for entity in query.entities)
            state = LoadState(source, query.loads, several, roots)
            environment.loading = environment.loading.having(given.place, state)

    def got(self, session: Session, given: Given, environment: Environment) -> None:
        """``session.get(M, id, options=[...])``: options count unless the object was there."""
        if self._is_async(session, given):
            options = given.keyword("options")
            loads = options_of(options) if options is not None else frozenset()
            first = given.positional[0] if given.positional else None
            roots = frozenset({first.model} if isinstance(first, Entity) else ())
            self._reload(roots, environment)
            state = LoadState(Source("get", given.call), loads, roots=roots)
            environment.loading = environment.loading.having(given.place, state)

    def _is_async(self, session: Session, given: Given) -> bool:
        if session.asynchronous is None:
            return given.call in self._evaluator.awaited
        return session.asynchronous

    def only_one(self, place: int, environment: Environment) -> None:
        """One row was taken of a result."""
        state = environment.loading.objects.get(place)
        if state is not None and state.several:
            environment.loading = environment.loading.having(place, replace(state, several=False))

    def constructed(self, model: str, given: Given, environment: Environment) -> None:
        """An object was made: it has what it was given, and nothing is loaded."""
        if given.positional or self._has_own_constructor(model):
            return
        names, loaded = set[str](), set[tuple[str, ...]]()
        of_model = self._relations.of(model)
        for name, value in self._keywords(given):
            if name == "**":
                if not isinstance(value, Raw | Record):
                    loaded.add(EVERYTHING)
            elif name in of_model:
                loaded |= {(name,), (name, "*")}
            elif value != Constant(None):
                names.add(name)
        source = Source("new", given.call)
        state = LoadState(
            source,
            frozenset(loaded),
            roots=frozenset({model}),
            new=True,
            given=frozenset(names),
        )
        environment.loading = environment.loading.having(given.place, state)

    @staticmethod
    def _keywords(given: Given) -> Iterator[tuple[str, Value]]:
        for name, value in given.keywords:
            if name == "**" and isinstance(value, Record):
                yield from value.items
                if value.open:
                    yield "**", Instance("")
            else:
                yield name, value

    def _has_own_constructor(self, model: str) -> bool:
        """A constructor that the service wrote, or a dataclass's, may set relationships."""
        for name in self._project.ancestors(model):
            if name in _DATACLASS:
                return True
            made = self._evaluator.words.symbol(f"{name}.__init__")
            if made is not None and isinstance(made.definition, FunctionSummary):
                return True
        return False

    def session_method(self, name: str, given: Given, environment: Environment) -> None:
        """A method of a session that sends no statement: adding, flushing, refreshing."""
        first = given.positional[0] if given.positional else given.keyword("instance")
        if name in ("add", "add_all"):
            for handed in objects_in((first,) if first is not None else ()):
                self._change(handed, environment, added=True)
        elif name in _FLUSHING:
            for place, state in environment.loading.objects.items():
                if state.new and state.added:
                    changed = replace(state, flushed=True)
                    environment.loading = environment.loading.having(place, changed)
            if name == "commit" and given.call in self.awaited and self._expires:
                held = [value for value in environment.names.values() if isinstance(value, Object)]
                environment.loading = expired(environment.loading, given.call, held)
        elif name == "refresh" and isinstance(first, Object):
            self._refreshed(first, loaded_by(given.call, "refresh"), environment)
        elif name == "run_sync":
            self._anywhere(environment, {ANYTHING})
        elif name in _FORGETTING:
            environment.loading = replace(environment.loading, objects={})
        elif name in _FORGETTING_ONE and isinstance(first, Object):
            environment.loading = environment.loading.without(first.place)

    def _reload(self, models: Models[str], environment: Environment) -> None:
        related = self._relations.related
        environment.loading = reloaded(environment.loading, models, related)

    def _change(self, handed: Object, environment: Environment, *, added: bool) -> None:
        state = environment.loading.objects.get(handed.place)
        if state is not None and not handed.path:
            environment.loading = environment.loading.having(
                handed.place, replace(state, added=added)
            )

    def _refreshed(self, object_: Object, names: frozenset[str], environment: Environment) -> None:
        if PLAIN_REFRESH in names:
            state = environment.loading.objects.get(object_.place)
            if state is not None and not object_.path:
                refreshed = replace(state, refreshed=True)
                environment.loading = environment.loading.having(object_.place, refreshed)
        self.load(object_, environment, *(names - {PLAIN_REFRESH}))

    def load(self, object_: Object, environment: Environment, *names: str) -> None:
        """Note that relationships of an object may be loaded; ``*`` for any, at any depth."""
        paths = [(*object_.path, name) for name in names]
        environment.loading = environment.loading.loading(object_.place, *paths)

    def assigned(self, target: ast.Attribute, value: Value, environment: Environment) -> None:
        """``account.company = company`` sets a relationship, or a column of a new object."""
        owner = self._evaluator.value(target.value, environment)
        if not isinstance(owner, Object):
            return
        if target.attr in self._relations.of(owner.model):
            self._assigning(owner, target, environment)
            paths = (*owner.path, target.attr), (*owner.path, target.attr, "*")
            environment.loading = environment.loading.loading(owner.place, *paths)
        elif value != Constant(None):
            state = environment.loading.objects.get(owner.place)
            if state is not None and state.new and not owner.path:
                given = replace(state, given=state.given | {target.attr})
                environment.loading = environment.loading.having(owner.place, given)

    def called(self, name: str, given: Given, environment: Environment) -> None:
        """A function of the service was called: it may load, and it gives what it fetched."""
        loads = self._callees.loads(name)
        handed = list(objects_in(_values(given)))
        for object_ in handed:
            if PLAIN_REFRESH in loads:
                self._refreshed(object_, frozenset({PLAIN_REFRESH}), environment)
            state = environment.loading.objects.get(object_.place)
            if state is not None and state.new and not state.flushed and not _awaited(self, given):
                self.load(object_, environment, ANYTHING)
        self._anywhere(environment, set(loads - {PLAIN_REFRESH}))
        if self._callees.fetches(name):
            self._reload(set(), environment)
            source = Source("getter", given.call)
            own = frozenset((loaded,) for loaded in loads if loaded not in (PLAIN_REFRESH,))
            state = LoadState(source, own)
            environment.loading = environment.loading.having(given.place, state)

    @property
    def awaited(self) -> set[ast.expr]:
        """Return the calls that are awaited."""
        return self._evaluator.awaited

    def built(self, name: str, given: Given, environment: Environment) -> None:
        """An object of the service that is no model was made: what it does with others is unknown.

        A schema keeps what it is given, and loads nothing.
        """
        if not is_schema(self._project, name, ""):
            self.handed_over(given, environment)

    def handed_over(self, given: Given, environment: Environment) -> None:
        """Objects were handed to what nobody knows: it may have loaded anything."""
        if _is_harmless(given.call):
            return
        for object_ in objects_in(_values(given)):
            self.load(object_, environment, ANYTHING)

    @staticmethod
    def _anywhere(environment: Environment, names: set[str]) -> None:
        if names - environment.loading.anywhere:
            known = environment.loading.anywhere | names
            environment.loading = replace(environment.loading, anywhere=known)


_LOGGING = frozenset({"debug", "error", "exception", "info", "log", "warning"})


def _is_harmless(call: ast.Call) -> bool:
    """``logger.info("...", account)`` reads what it is given and loads nothing."""
    name = dotted_name(call.func)
    return name.rpartition(".")[2] in _LOGGING and "log" in name.lower()


def _awaited(tracker: Tracker, given: Given) -> bool:
    return given.call in tracker.awaited


def _values(given: Given) -> tuple[Value, ...]:
    return (*given.positional, *(value for _, value in given.keywords))


def objects_in(values: tuple[Value, ...]) -> Iterator[Object]:
    """Yield the mapped objects among values, those in lists and dicts included."""
    todo = list(values)
    while todo:
        match todo.pop():
            case Object() as found:
                yield found
            case Collection(items=items):
                todo.extend(items)
            case Record(items=pairs):
                todo.extend(value for _, value in pairs)


def options_of(value: Value) -> frozenset[tuple[str, ...]]:
    """Return what ``options=`` of ``session.get`` loads."""
    from turnstay_lint.project.dataflow.loader_options import loads_of

    return loads_of(flat((value,)))
