"""Whose a row is: which models belong to a tenant, and by which foreign keys (handbook 3).

A model is tenant-owned when it has the tenant column, or foreign keys that lead to the tenant
model; the shortest such path is its scope path. The tenant model is owned by its own ``id``.

A key that becomes NULL when its target is deleted says where a row came from, and not whose it
is: of a model that no other path leads from nobody can say whether it is the tenant's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.project.models.models import OrmClass, orm_models
from turnstay_lint.project.project import Project, project_fact


class Step(Struct, frozen=True):
    """One foreign key on the way: the attribute ``column`` of ``model`` refers to ``target``."""

    model: str
    column: str
    target: str


class Ownership(Struct, frozen=True):
    """How a model belongs to its tenant.

    ``steps`` lead to the model that has the tenant's id in ``column``: none where the model has
    it itself. ``owner`` is that model's canonical name.
    """

    model: str
    steps: tuple[Step, ...]
    owner: str
    column: str
    is_tenant: bool = False

    @property
    def path(self) -> str:
        """Return the scope path as messages have it: ``Refund.payment_id → Payment.company_id``."""
        keys = [f"{_short(step.model)}.{step.column}" for step in self.steps]
        return " → ".join([*keys, f"{_short(self.owner)}.{self.column}"])


class Tenancy:
    """The tenant-owned models of a service, and what their columns say of the tenant."""

    def __init__(
        self,
        owned: Mapping[str, Ownership],
        tenant_models: frozenset[str],
        tenant_columns: Mapping[str, frozenset[str]],
        references: Mapping[tuple[str, str], str],
        unsure: frozenset[str] = frozenset(),
    ) -> None:
        """Take what ``tenancy`` found; ``unsure`` are models that may be a tenant's."""
        self.owned = owned
        self.unsure = unsure
        self.tenant_models = tenant_models
        self._tenant_columns = tenant_columns
        self._references = references

    def ownership(self, model: str) -> Ownership | None:
        """Return how a model belongs to a tenant, or None where it does not."""
        return self.owned.get(model)

    def may_belong(self, model: str) -> bool:
        """Tell whether a model is a tenant's, or may be."""
        return model in self.owned or model in self.unsure

    def is_tenant_column(self, model: str, column: str) -> bool:
        """Tell whether an attribute of a model holds the id of the tenant."""
        return column in self._tenant_columns.get(model, ())

    def tenant_columns(self, model: str) -> frozenset[str]:
        """Return the attributes of a model that hold the id of the tenant."""
        return self._tenant_columns.get(model, frozenset())

    def refers_to(self, model: str, column: str) -> str:
        """Return the name of the model that an attribute is a foreign key to, or empty."""
        return self._references.get((model, column), "")

    def references(self, model: str) -> Iterator[tuple[str, str]]:
        """Yield attribute and referred model of each foreign key of a model."""
        for (owner, column), target in self._references.items():
            if owner == model:
                yield column, target


@project_fact
def tenancy(project: Project) -> Tenancy:
    """Return the tenant-owned models of a service."""
    models = orm_models(project)
    settings = project.settings
    tenants = frozenset(name for name in models.classes if _named(name, (settings.tenant_model,)))
    references = dict(_references(project))
    via_relationship = dict(_seen_from_tenant(project, tenants))
    columns: dict[str, frozenset[str]] = {}
    for name, model in models.classes.items():
        columns[name] = frozenset(_tenant_columns(project, model, tenants, references))
        seen = via_relationship.get(name)
        if seen and not columns[name] and not model.complete:
            columns[name] = frozenset({seen})
    global_models = frozenset(
        name for name in models.classes if _named(name, settings.global_models)
    )
    keys = _Keys(references, dict(_chosen(project, references)), frozenset(_outliving(project)))
    owned = _owned(project, tenants, columns, keys, global_models)
    every = _owned(project, tenants, columns, replace(keys, outliving=frozenset()), global_models)
    return Tenancy(owned, tenants, columns, references, frozenset(every.keys() - owned.keys()))


class _Keys(Struct, frozen=True):
    """Foreign keys by model and attribute: where they lead, which are chosen, which outlive."""

    references: Mapping[tuple[str, str], str]
    chosen: Mapping[str, str]
    outliving: frozenset[tuple[str, str]]

    def tell(self, model: str, column: str) -> bool:
        """Tell whether a key says whose a row is."""
        return (model, column) not in self.outliving or self.chosen.get(model) == column

    def referring(self) -> dict[str, list[tuple[str, str]]]:
        """Return model and attribute of the keys to each model."""
        found: dict[str, list[tuple[str, str]]] = {}
        for (model, column), target in self.references.items():
            if self.tell(model, column):
                found.setdefault(target, []).append((model, column))
        return found


def _outliving(project: Project) -> Iterator[tuple[str, str]]:
    for name, model in orm_models(project).classes.items():
        for column in model.columns.values():
            if column.outlives and column.name != project.settings.tenant_column:
                yield name, column.name


def _chosen(
    project: Project, references: Mapping[tuple[str, str], str]
) -> Iterator[tuple[str, str]]:
    """``scope-via`` names the foreign key by which a model's tenant is reached."""
    for word, column in project.settings.scope_via.items():
        for name in orm_models(project).classes:
            if _named(name, (word,)) and references.get((name, column), name) != name:
                yield name, column


def _named(name: str, wanted: tuple[str, ...]) -> bool:
    """Configuration names a class by its own name, or by as much of its dotted name as it likes."""
    return any(name == word or name.endswith(f".{word}") for word in wanted)


def _references(project: Project) -> Iterator[tuple[tuple[str, str], str]]:
    models = orm_models(project)
    for name, model in models.classes.items():
        for column in model.columns.values():
            for key in column.foreign_keys:
                referred = models.referred(key, model.module)
                if referred is not None:
                    yield (name, column.name), referred.name
                    break


def _seen_from_tenant(project: Project, tenants: frozenset[str]) -> Iterator[tuple[str, str]]:
    """A tenant that has a list of a model says that the model refers to it."""
    models = orm_models(project)
    for name in tenants:
        for relationship in models.classes[name].relationships.values():
            if relationship.many and relationship.target and not relationship.has_secondary:
                yield relationship.target, project.settings.tenant_column


def _tenant_columns(
    project: Project,
    model: OrmClass,
    tenants: frozenset[str],
    references: Mapping[tuple[str, str], str],
) -> Iterator[str]:
    """The tenant column by name, and every foreign key straight to the tenant model."""
    if model.name in tenants:
        yield from model.primary_key or ("id",)
        plain = model.columns.get("id")
        if plain is not None and plain.unique:
            yield "id"
        return
    if project.settings.tenant_column in model.columns:
        yield project.settings.tenant_column
    for column in model.columns:
        if references.get((model.name, column)) in tenants:
            yield column


def _owned(
    project: Project,
    tenants: frozenset[str],
    columns: Mapping[str, frozenset[str]],
    keys: _Keys,
    global_models: frozenset[str],
) -> dict[str, Ownership]:
    """Widen from the models that have the tenant's id to those that refer to them.

    A model whose key is chosen waits for it, and goes the usual way where it leads nowhere.
    """
    direct: dict[str, Ownership] = {}
    for name, columns_held in columns.items():
        held = [column for column in columns_held if keys.tell(name, column)]
        if held and name not in global_models:
            column = min(held, key=lambda c: (c != project.settings.tenant_column, c))
            direct[name] = Ownership(name, (), name, column, is_tenant=name in tenants)
    referring = keys.referring()
    owned = {name: found for name, found in direct.items() if name not in keys.chosen}
    _widen(owned, referring, global_models, keys.chosen)
    owned = {**direct, **owned}
    _widen(owned, referring, global_models, {})
    return owned


def _widen(
    owned: dict[str, Ownership],
    referring: Mapping[str, list[tuple[str, str]]],
    global_models: frozenset[str],
    chosen: Mapping[str, str],
) -> None:
    """Add what refers to the models that are owned, the shortest way first."""
    todo = deque(sorted(owned, key=lambda name: len(owned[name].steps)))
    while todo:
        reached = owned[todo.popleft()]
        for name, column in () if reached.is_tenant else referring.get(reached.model, ()):
            if name in owned or name in global_models or chosen.get(name, column) != column:
                continue
            step = Step(name, column, reached.model)
            owned[name] = Ownership(name, (step, *reached.steps), reached.owner, reached.column)
            todo.append(name)


def _short(name: str) -> str:
    return name.rpartition(".")[2]
