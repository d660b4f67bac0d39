"""Reads of relationships: whether anything loaded what an attribute, a schema or a route reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import LazyRead
from turnstay_lint.project.dataflow.loading import LoadState
from turnstay_lint.project.dataflow.serialising import Serialising, Wanted
from turnstay_lint.project.dataflow.values import (
    Access,
    Collection,
    Object,
    Session,
    Tenant,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.models.relationship_loading import Relation, Strategy, relations
from turnstay_lint.source.types import Type

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

VALIDATORS = frozenset({"model_validate", "from_orm"})


class Reading:
    """Judges what an evaluator reads, and records what nothing loaded."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Read for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words
        self._relations = relations(evaluator.words.project)
        self._serialising = Serialising(evaluator.words.project)

    def attribute(self, owner: Object, node: ast.Attribute, environment: Environment) -> None:
        """Record ``account.company`` where nothing loaded it."""
        if owner.place not in environment.loading.objects:
            return
        relation = self._relations.of(owner.model).get(node.attr)
        if relation is not None:
            found = [(owner, relation)] if self._unloaded(owner, relation, environment) else []
            self._record(node, found, node.value, environment)

    def assigned(self, owner: Object, node: ast.Attribute, environment: Environment) -> None:
        """``company.accounts = [...]`` reads what was there, to know what is to go."""
        if self._relations.of(owner.model)[node.attr].many:
            self.attribute(owner, node, environment)

    def returned(self, node: ast.Return, value: Value, environment: Environment) -> None:
        """Record ``return account`` from a route whose response model reads what is not loaded."""
        if not environment.loading.objects or node.value is None:
            return
        model = self._evaluator.response_model()
        if model is None:
            return
        near = self._evaluator.scope.module
        for schema, object_ in _pairs(model, value):
            owner = node.value if isinstance(value, Object) else None
            self._validated_by(schema, near, object_, node, owner, environment)

    def validated(self, dotted: str, name: str, given: Given, environment: Environment) -> bool:
        """Record ``Schema.model_validate(account)``; tell whether it was such a call."""
        if name not in VALIDATORS or not self._serialising.is_schema(dotted):
            return False
        if given.positional and isinstance(given.positional[0], Object) and given.call.args:
            owner = given.call.args[0]
            object_ = given.positional[0]
            self._validated_by(Type(dotted), "", object_, given.call, owner, environment)
        return True

    def _validated_by(
        self,
        schema: Type,
        near: str,
        object_: Object,
        node: ast.Return | ast.Call,
        owner: ast.expr | None,
        environment: Environment,
    ) -> None:
        if object_.place not in environment.loading.objects:
            return
        wanted = self._serialising.wanted(schema, near, object_)
        missing = list(self._missing(wanted, environment))
        # The first step that is missing is loaded first; what lies below it, afterwards.
        shallow = min((len(o.path) for o, _ in missing), default=0)
        found = [pair for pair in missing if len(pair[0].path) == shallow]
        found = [pair for pair in found if pair[0] == found[0][0]]
        if found:
            below = self._below(object_, found[0][0])
            reader = schema.name.rpartition(".")[2]
            paths = tuple((*o.path, r.name) for o, r in missing)
            self._record(node, found, owner, environment, reader, below, paths)

    def _below(self, start: Object, end: Object) -> tuple[str, ...] | None:
        """Return the single steps from one object to another, None where a collection is one."""
        steps = end.path[len(start.path) :]
        model = start.model
        for step in steps:
            relation = self._relations.of(model)[step]
            if relation.many is not False:
                return None
            model = relation.target
        return steps

    def _missing(
        self, wanted: Iterable[Wanted], environment: Environment
    ) -> Iterator[tuple[Object, Relation]]:
        for one in wanted:
            if self._unloaded(one.owner, one.relation, environment):
                yield one.owner, one.relation

    def _record(
        self,
        node: ast.Attribute | ast.Return | ast.Call,
        found: list[tuple[Object, Relation]],
        owner: ast.expr | None,
        environment: Environment,
        reader: str = "",
        below: tuple[str, ...] | None = (),
        paths: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        recorder, scope = self._evaluator.recorder, self._evaluator.scope
        if not found or not _is_asynchronous(scope.function):
            return
        object_ = found[0][0]
        loading = environment.loading
        places = frozenset((object_.place, (*object_.path, r.name)) for _, r in found)
        if places <= loading.reported and not recorder.is_read(node):
            return
        environment.loading = replace(loading, reported=loading.reported | places)
        state = loading.objects[object_.place]
        root = object_.model if not object_.path else "".join(state.roots)
        root = root if object_.path == () or len(state.roots) == 1 else ""
        relations = tuple(relation for _, relation in found)
        recorder.read(
            LazyRead(
                node,
                scope,
                root,
                object_.path,
                relations,
                state.source,
                owner,
                self._session(environment),
                state.new and not object_.path,
                reader,
                below,
                paths or tuple((*object_.path, relation.name) for relation in relations),
            )
        )

    def _session(self, environment: Environment) -> str:
        """Return how the session is called here: a variable of its own, or that of the access."""
        here: Environment | None = environment
        through = ""
        while here is not None:
            for name, value in here.names.items():
                if isinstance(value, Session) and value.asynchronous is not False:
                    return name
                if isinstance(value, Access) and not through:
                    through = name
            here = here.outer
        attribute = self._words.access_session if through else ""
        return f"{through}.{attribute}" if attribute else ""

    def _unloaded(self, owner: Object, relation: Relation, environment: Environment) -> bool:
        """Tell whether nothing can have loaded a relationship of an object."""
        state = environment.loading.objects.get(owner.place)
        path = (*owner.path, relation.name)
        if state is None or "?" in path or state.may_have(path):
            return False
        if not environment.loading.anywhere.isdisjoint({"*", relation.name}):
            return False
        if relation.strategy in (Strategy.UNKNOWN, Strategy.WITHOUT_LOADING):
            return False
        if not self._arrived(owner, state) or self._is_ahead(owner, relation, state):
            return False
        if state.expired and not owner.path and not state.refreshed:
            return True
        if state.new and not owner.path and not _has_key(self._words, relation, state):
            return False
        if relation.many is True or relation.strategy is Strategy.NEVER:
            return True
        return not self._may_be_at_hand(owner, relation, state, environment)

    def _arrived(self, owner: Object, state: LoadState) -> bool:
        """Tell whether an object is certainly of the database, with all steps to it loaded."""
        if state.new and not state.flushed:
            return False
        for depth in range(len(owner.path)):
            if owner.path[: depth + 1] not in state.loaded and state.new:
                return False
        return True

    @staticmethod
    def _is_ahead(owner: Object, relation: Relation, state: LoadState) -> bool:
        """A self-reference without a depth is declared to load ahead, and does not."""
        if relation.strategy is not Strategy.AHEAD:
            return False
        if state.new and not owner.path and not state.refreshed:
            return False
        return relation.loads_ahead or bool(owner.path)

    def _may_be_at_hand(
        self, owner: Object, relation: Relation, state: LoadState, environment: Environment
    ) -> bool:
        """A single object that the session holds already is found there, without a query.

        Below the first step nobody knows the classes between, so those of all roots count.
        """
        if owner.path and not state.roots:
            return True
        found = self._held(environment, owner.place)
        if state.several:
            found.add(owner.model)
        if owner.path:
            found |= state.roots | {m for root in state.roots for m in self._relations.reach(root)}
        if not state.new or state.refreshed:
            found |= self._loaded_beside(owner, relation)
        found |= {self._loaded_target(owner.model, path) for path in state.loaded}
        return any(self._relations.related(model, relation.target) for model in found if model)

    def _loaded_beside(self, owner: Object, relation: Relation) -> set[str]:
        """Return the classes of what was loaded along with the owner."""
        return {
            target
            for name, other in self._relations.of(owner.model).items()
            if name != relation.name and other.strategy is Strategy.AHEAD
            if other.target and other.target != owner.model
            for target in (other.target, *self._relations.reach(other.target))
        }

    def _loaded_target(self, model: str, path: tuple[str, ...]) -> str:
        for name in path:
            relation = self._relations.of(model).get(name)
            model = relation.target if relation is not None else ""
        return model

    def _held(self, environment: Environment, place: int) -> set[str]:
        """Return the classes of objects that variables hold, with what is loaded with them."""
        found: set[str] = set()
        here: Environment | None = environment
        while here is not None:
            for value in here.names.values():
                found |= self._models_of(value, place)
            here = here.outer
        return found | {model for held in found for model in self._relations.reach(held)}

    def _models_of(self, value: Value, place: int) -> set[str]:
        match value:
            case Object(model=model, place=other) if other != place:
                return {model}
            case Tenant() | Access():
                return set(self._words.tenancy.tenant_models)
            case Collection(items=items):
                return {model for item in items for model in self._models_of(item, place)}
        return set()


def _has_key(words: Vocabulary, relation: Relation, state: LoadState) -> bool:
    """Tell whether a new object refers to anything: with no key set, nothing is asked for."""
    if relation.many is not False:
        return relation.many is True
    columns = words.models.classes[relation.model].columns if relation.keys else {}
    for key in relation.keys:
        column = columns.get(key)
        required = column is not None and (column.nullable is False or column.primary_key)
        if key not in state.given and not required:
            return False
    return True


def _pairs(model: Type, value: Value) -> Iterator[tuple[Type, Object]]:
    """Yield the schemas in a response model with the objects that they serialise."""
    for member in model.members:
        if isinstance(value, Object) and not _is_list(member):
            yield member, value
        elif isinstance(value, Collection) and _is_list(member):
            for item in value.items:
                if isinstance(item, Object):
                    yield member.arguments[0], item


def _is_list(type_: Type) -> bool:
    last = type_.name.rpartition(".")[2]
    return bool(type_.arguments) and last in ("list", "List", "Sequence", "set", "Page")


def _is_asynchronous(function: object) -> bool:
    node = getattr(function, "node", None)
    return node is None or isinstance(node, ast.AsyncFunctionDef)
