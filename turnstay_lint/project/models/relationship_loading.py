"""How relationships load, as their declarations say, and the sides that other classes declare.

https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html has the strategies. A
``backref`` makes the other side; ``back_populates`` speaks of one, which counts as declared without
``lazy=`` where the class itself does not show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from turnstay_lint.project.models.models import OrmClass, OrmModels, orm_models
from turnstay_lint.project.models.relationships import OrmRelationship
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.summaries.values import Call, Items, Literal, Name, Value
from turnstay_lint.source.positions import Span


class Strategy(Enum):
    """What happens to a relationship when an object is loaded, and when it is read."""

    ON_ACCESS = "loads when it is read"
    AHEAD = "is declared to load with the object"
    NEVER = "raises when it is read"
    WITHOUT_LOADING = "can be read without being loaded"
    UNKNOWN = "unknown"


_STRATEGIES = {
    "select": Strategy.ON_ACCESS,
    True: Strategy.ON_ACCESS,
    "selectin": Strategy.AHEAD,
    "joined": Strategy.AHEAD,
    False: Strategy.AHEAD,
    "subquery": Strategy.AHEAD,
    "immediate": Strategy.AHEAD,
    "raise": Strategy.NEVER,
    "raise_on_sql": Strategy.ON_ACCESS,
    "dynamic": Strategy.WITHOUT_LOADING,
    "write_only": Strategy.WITHOUT_LOADING,
    "noload": Strategy.WITHOUT_LOADING,
    None: Strategy.WITHOUT_LOADING,
}
_QUERIES = frozenset({"DynamicMapped", "WriteOnlyMapped"})


class Relation(Struct, frozen=True):
    """One side of a relationship, as an attribute of ``model``.

    ``many`` says whether it holds a collection, None where nothing says it. ``keys`` are the
    columns of ``model`` that refer to the target, none where the target refers to ``model``.
    ``bounded`` says that ``join_depth`` limits how deep a self-reference is loaded.
    """

    model: str
    name: str
    target: str
    strategy: Strategy
    many: bool | None
    keys: tuple[str, ...]
    path: str
    span: Span
    bounded: bool = False
    immediate: bool = False

    @property
    def loads_ahead(self) -> bool:
        """Tell whether a query loads it: a self-reference without a depth stops before it does."""
        own = self.target == self.model and not self.bounded
        return self.strategy is Strategy.AHEAD and (not own or self.immediate)


class Relations:
    """The relationships of every mapped class by attribute, inherited and reverse ones included."""

    def __init__(self, project: Project) -> None:
        """Read them of a service, a class when it is asked for."""
        self._project = project
        self._models: OrmModels = orm_models(project)
        self._known: dict[str, dict[str, Relation]] = {}
        self._reaches: dict[str, frozenset[str]] = {}
        self._reverse: dict[str, list[Relation]] = {}
        for model in self._models.classes.values():
            for relationship in model.relationships.values():
                for relation in self._other_side(model, relationship):
                    self._reverse.setdefault(relation.model, []).append(relation)

    @property
    def names(self) -> frozenset[str]:
        """Return every name that is a relationship of some class."""
        declared = {n for model in self._models.classes.values() for n in model.relationships}
        return frozenset(declared | {r.name for rs in self._reverse.values() for r in rs})

    def of(self, model: str) -> dict[str, Relation]:
        """Return the relationships of a class by attribute."""
        if model not in self._known:
            self._known[model] = dict(self._read(model))
        return self._known[model]

    def related(self, one: str, other: str) -> bool:
        """Tell whether an object of one class may be one of the other."""
        if one == other:
            return True
        classes = self._models.classes
        return any(
            b in classes[a].parents
            for a, b in ((one, other), (other, one))
            if a in classes and b in classes
        )

    def reach(self, model: str) -> frozenset[str]:
        """Return the classes whose objects are loaded along with one of ``model``."""
        if model not in self._reaches:
            found: set[str] = set()
            todo = [model]
            while todo:
                for relation in self.of(todo.pop()).values():
                    ahead = relation.strategy in (Strategy.AHEAD, Strategy.UNKNOWN)
                    if ahead and relation.target and relation.target not in found:
                        if relation.target != relation.model:
                            found.add(relation.target)
                            todo.append(relation.target)
            self._reaches[model] = frozenset(found)
        return self._reaches[model]

    def _read(self, name: str) -> Iterator[tuple[str, Relation]]:
        model = self._models.classes.get(name)
        if model is None:
            return
        for owner in (name, *model.parents):
            for relation in self._reverse.get(owner, ()):
                if relation.name not in model.columns:
                    yield relation.name, relation
        for relationship in model.relationships.values():
            yield relationship.name, self._declared(model, relationship)

    def _declared(self, model: OrmClass, relationship: OrmRelationship) -> Relation:
        inner = _inner(relationship)
        keys = self._keys(model, relationship.target)
        many = relationship.many
        if relationship.target == model.name and keys:
            many = many if many is not None else relationship.keyword("remote_side") is None
            keys = () if many else keys
        elif many is None and keys:
            many = False
        return Relation(
            model.name,
            relationship.name,
            relationship.target,
            self._strategy(inner, relationship),
            many,
            () if many else keys,
            relationship.path,
            relationship.span,
            bounded=inner.keyword("join_depth") is not None,
            immediate=inner.keyword("lazy") == Literal("immediate"),
        )

    def _keys(self, model: OrmClass, target: str) -> tuple[str, ...]:
        found = []
        for column in model.columns.values():
            referred = (self._models.referred(key, model.module) for key in column.foreign_keys)
            if any(other is not None and self.related(other.name, target) for other in referred):
                found.append(column.name)
        return tuple(found)

    def _strategy(self, inner: OrmRelationship, outer: OrmRelationship) -> Strategy:
        if outer.annotated in _QUERIES:
            return Strategy.WITHOUT_LOADING
        call = inner.call
        if call is None or not outer.target:
            return Strategy.UNKNOWN
        if call.name.rpartition(".")[2] == "dynamic_loader":
            return Strategy.WITHOUT_LOADING
        given = inner.keyword("lazy")
        if given is None:
            further = call.keyword("sa_relationship_kwargs")
            unread = further is not None and not isinstance(further, Items | Literal)
            silent = call.has_unknown_keywords or unread
            return Strategy.UNKNOWN if silent else Strategy.ON_ACCESS
        return self._said(given, inner.module)

    def _said(self, given: Value, near: str) -> Strategy:
        if isinstance(given, Name):
            symbol = self._project.find(given.name, near)
            held = symbol.definition if symbol is not None else None
            given = held.value if isinstance(held, VariableSummary) else given
        if isinstance(given, Literal) and isinstance(given.value, str | bool | None):
            return _STRATEGIES.get(given.value, Strategy.UNKNOWN)
        return Strategy.UNKNOWN

    def _other_side(self, model: OrmClass, relationship: OrmRelationship) -> Iterator[Relation]:
        """Yield what ``backref`` makes at the target, or ``back_populates`` says is there."""
        target = self._models.classes.get(relationship.target)
        name, strategy = self._named(relationship)
        if target is None or not name or name in target.relationships or name in target.columns:
            return
        many: bool | None = None
        if not relationship.has_secondary and relationship.many is not None:
            many = not relationship.many
        keys = self._keys(target, model.name) if many is False else ()
        yield Relation(
            target.name,
            name,
            model.name,
            strategy,
            True if relationship.has_secondary else many,
            keys,
            relationship.path,
            relationship.span,
        )

    def _named(self, relationship: OrmRelationship) -> tuple[str, Strategy]:
        back = relationship.text("back_populates")
        if back:
            return back, Strategy.ON_ACCESS
        match relationship.keyword("backref"):
            case Literal(value=str(name)):
                return name, Strategy.ON_ACCESS
            case Call(arguments=(Literal(value=str(name)), *_)) as made:
                given = made.keyword("lazy")
                if made.has_unknown_keywords:
                    return name, Strategy.UNKNOWN
                said = Strategy.ON_ACCESS if given is None else None
                return name, said or self._said(given or Literal(None), relationship.module)
        return "", Strategy.UNKNOWN


def _inner(relationship: OrmRelationship) -> OrmRelationship:
    """``Relationship(sa_relationship=relationship(...))`` is declared by the inner call."""
    call = relationship.call
    given = call.keyword("sa_relationship") if call is not None else None
    if given is None:
        return relationship
    return OrmRelationship(
        relationship.name,
        relationship.module,
        relationship.path,
        relationship.span,
        relationship.target,
        relationship.many,
        given if isinstance(given, Call) else None,
    )


@project_fact
def relations(project: Project) -> Relations:
    """Return how the relationships of a service load."""
    return Relations(project)


@noted_fact
def left_by_queries(project: Project) -> frozenset[str]:
    """Return the names of relationships that no query loads unless it is told to."""
    found = relations(project)
    return frozenset(
        name
        for model in orm_models(project).classes
        for name, relation in found.of(model).items()
        if not relation.loads_ahead
    )
