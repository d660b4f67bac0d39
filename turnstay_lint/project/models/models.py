"""The ORM classes of the service: what each maps, whichever of SQLAlchemy's ways it says it in.

A class is mapped when it derives from a declarative base, or when it names its table or declares
columns and its base is not of the project, so that nothing says that it is a mixin. Columns and
relationships are those of the class and of all it derives from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.project.models.columns import (
    ForeignKey,
    OrmColumn,
    columns_of_table,
    read_constraints,
    read_member,
    read_primary_key,
)
from turnstay_lint.project.models.mapping import (
    SQLMODEL,
    Lineage,
    is_known_base,
    is_mapped,
    lineage_of,
    names_table,
)
from turnstay_lint.project.models.mapping_candidates import candidates
from turnstay_lint.project.models.relationships import OrmRelationship
from turnstay_lint.project.models.tables import (
    imperative_tables,
    table_name,
    table_of,
    tables_alone,
)
from turnstay_lint.project.modules import shared_parts
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary, VariableSummary
from turnstay_lint.project.summaries.values import Items, Value
from turnstay_lint.source.positions import Span

__all__ = [
    "ForeignKey",
    "OrmClass",
    "OrmColumn",
    "OrmModels",
    "OrmRelationship",
    "orm_class",
    "orm_classes",
    "orm_models",
]


class OrmClass(Struct, frozen=True):
    """A mapped class: ``name`` is canonical, ``table`` empty where it cannot be read.

    ``columns`` and ``relationships`` are by attribute, inherited ones included. ``complete`` says
    that every base was found, so that there are no others. ``is_table`` is no class but a
    ``Table`` that none maps, by the name of its variable.
    """

    name: str
    module: str
    path: str
    span: Span
    table: str
    columns: Mapping[str, OrmColumn] = field(default_factory=dict)
    relationships: Mapping[str, OrmRelationship] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    complete: bool = True
    is_table: bool = False

    @property
    def short(self) -> str:
        """Return the class's own name, as messages say it."""
        return self.name.rpartition(".")[2]

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Return the attributes of the primary key; ``id`` where none is seen and one may be."""
        keys = tuple(name for name, column in self.columns.items() if column.primary_key)
        return keys or (("id",) if not self.complete or "id" in self.columns else ())


class OrmModels:
    """Every mapped class of a service, by canonical name and by table; tables without one too."""

    def __init__(self, classes: Mapping[str, OrmClass]) -> None:
        """Join the classes and tables, whose foreign keys still name tables."""
        self.classes = classes
        self._of_tables: dict[tuple[str, str], OrmClass | None] = {}

    @cached_property
    def by_table(self) -> Mapping[str, tuple[OrmClass, ...]]:
        """Return the classes of each table, that which declares it before its subclasses.

        A schema before the table's name is left out as well.
        """
        found: dict[str, list[OrmClass]] = {}
        for model in self.classes.values():
            for table in dict.fromkeys((model.table, model.table.rpartition(".")[2])):
                if table:
                    found.setdefault(table, []).append(model)
        return {
            table: tuple(sorted(models, key=lambda m: len(m.parents)))
            for table, models in found.items()
        }

    def of_table(self, table: str, near: str) -> OrmClass | None:
        """Return the class that maps a table, the nearest where several services have one."""
        key = (table, near)
        if key not in self._of_tables:
            self._of_tables[key] = self._of_table(table, near)
        return self._of_tables[key]

    def _of_table(self, table: str, near: str) -> OrmClass | None:
        models = self.by_table.get(table) or self.by_table.get(table.rpartition(".")[2], ())
        if not models:
            return self._conventional(table, near)
        return max(
            models, key=lambda model: (shared_parts(model.module, near), -len(model.parents))
        )

    def _conventional(self, table: str, near: str) -> OrmClass | None:
        """Where a base computes the names of tables, a class is found by its own name."""
        bare = _squeezed(table.rpartition(".")[2])
        named = self._computed.get(bare, ())
        return max(named, key=lambda model: shared_parts(model.module, near), default=None)

    @cached_property
    def _computed(self) -> Mapping[str, tuple[OrmClass, ...]]:
        found: dict[str, tuple[OrmClass, ...]] = {}
        for model in self.classes.values():
            if not model.table:
                stem = _squeezed(model.short)
                for name in (stem, f"{stem}s", f"{stem}es", f"{stem.removesuffix('y')}ies"):
                    found[name] = (*found.get(name, ()), model)
        return found

    def referred(self, key: ForeignKey, near: str) -> OrmClass | None:
        """Return the class that a foreign key points to, or None."""
        if key.model:
            return self.classes.get(key.model)
        return self.of_table(key.table, near)


def orm_class(project: Project, dotted: str, near: str) -> OrmClass | None:
    """Return the mapped class that ``dotted`` means in the module ``near``, or None."""
    symbol = project.find(dotted, near)
    found = orm_models(project).classes.get(symbol.name) if symbol is not None else None
    return found if found is not None and not found.is_table else None


def orm_classes(project: Project) -> Iterator[OrmClass]:
    """Yield every mapped class of the service."""
    yield from (m for m in orm_models(project).classes.values() if not m.is_table)


@project_fact
def orm_models(project: Project) -> OrmModels:
    """Return the mapped classes of a service."""
    imperative = dict(imperative_tables(project))
    found: dict[str, OrmClass] = {}
    for symbol in candidates(project, imperative):
        model = _model(project, symbol, imperative.get(symbol.name))
        if model is not None:
            found[model.name] = model
    mapped = OrmModels(dict(found))
    for symbol in tables_alone(project):
        table = _table(project, symbol)
        if table.table not in mapped.by_table:
            found[table.name] = table
    return OrmModels(found)


def _table(project: Project, symbol: Symbol) -> OrmClass:
    assert isinstance(symbol.definition, VariableSummary)
    columns = columns_of_table(project, symbol, symbol.definition.value)
    return OrmClass(
        name=symbol.name,
        module=symbol.module.name,
        path=symbol.module.path,
        span=symbol.definition.span,
        table=table_of(project, symbol),
        columns={column.name: column for column in columns},
        is_table=True,
    )


def _model(project: Project, symbol: Symbol, table: Value | None) -> OrmClass | None:
    definition = symbol.definition
    if not isinstance(definition, ClassSummary):
        return None
    lineage = lineage_of(project, symbol)
    if not is_mapped(project, lineage, table is not None):
        return None
    columns, relationships = _members(project, lineage, table)
    if not columns and not relationships and not names_table(lineage):
        return None
    return OrmClass(
        name=symbol.name,
        module=symbol.module.name,
        path=symbol.module.path,
        span=definition.span,
        table=table_name(project, lineage, table),
        columns=columns,
        relationships=relationships,
        parents=tuple(s.name for s in lineage.classes[1:]),
        complete=all(is_known_base(project, name, symbol) for name in lineage.outside),
    )


def _members(
    project: Project, lineage: Lineage, table: Value | None
) -> tuple[dict[str, OrmColumn], dict[str, OrmRelationship]]:
    """Gather what the class and its bases declare; the nearest declaration counts."""
    columns: dict[str, OrmColumn] = {}
    relationships: dict[str, OrmRelationship] = {}
    sqlmodel = SQLMODEL in lineage.outside
    for symbol in lineage.classes:
        assert isinstance(symbol.definition, ClassSummary)
        for attribute in symbol.definition.attributes:
            member = read_member(project, symbol, attribute, sqlmodel)
            if isinstance(member, OrmColumn):
                columns.setdefault(member.name, member)
            elif isinstance(member, OrmRelationship):
                relationships.setdefault(member.name, member)
        declared = symbol.definition.attribute("__table__")
        given = table if symbol is lineage.classes[0] else None
        for tabled in (declared.value if declared else None, given):
            for column in columns_of_table(project, symbol, tabled):
                columns.setdefault(column.name, column)
    for name in _primary_keys(project, lineage):
        if name in columns:
            columns[name] = replace(columns[name], primary_key=True)
    for name, keys in _constraints(project, lineage):
        if name in columns:
            columns[name] = replace(
                columns[name], foreign_keys=(*columns[name].foreign_keys, *keys)
            )
    return columns, relationships


def _primary_keys(project: Project, lineage: Lineage) -> Iterator[str]:
    for symbol, arguments in _table_arguments(lineage):
        yield from read_primary_key(project, symbol, arguments)


def _constraints(
    project: Project, lineage: Lineage
) -> Iterator[tuple[str, tuple[ForeignKey, ...]]]:
    for symbol, arguments in _table_arguments(lineage):
        yield from read_constraints(project, symbol, arguments)


def _table_arguments(lineage: Lineage) -> Iterator[tuple[Symbol, Items]]:
    for symbol in lineage.classes:
        assert isinstance(symbol.definition, ClassSummary)
        arguments = symbol.definition.attribute("__table_args__")
        if arguments is not None and isinstance(arguments.value, Items):
            yield symbol, arguments.value


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()
