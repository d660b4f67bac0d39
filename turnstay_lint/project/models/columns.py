"""Columns, read from the attributes of a mapped class or from its table."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.models.orm_names import mapped_type, sqlalchemy_name
from turnstay_lint.project.models.relationships import (
    RELATIONSHIPS,
    OrmRelationship,
    read_relationship,
)
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import AttributeSummary, VariableSummary
from turnstay_lint.project.summaries.values import (
    UNKNOWN,
    Call,
    Items,
    Literal,
    Name,
    Value,
    calls_within,
)
from turnstay_lint.source.positions import Span
from turnstay_lint.source.types import UNKNOWN as UNKNOWN_TYPE
from turnstay_lint.source.types import Type

_COLUMNS = frozenset({"Column", "mapped_column", "MappedColumn"})
_OTHER_MEMBERS = frozenset(
    {
        "association_proxy", "column_property", "composite", "deferred", "hybrid_property",
        "query_expression", "synonym",
    }
)  # fmt: skip
_NO_TYPES = frozenset(
    {"CheckConstraint", "Computed", "FetchedValue", "ForeignKey", "Identity", "Sequence"}
)
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})


class ForeignKey(Struct, frozen=True):
    """What a column refers to: a table and its column, or the class when that is what was said.

    ``ondelete`` is what it says of a deleted target, in capitals: ``CASCADE``, ``SET NULL``.
    """

    table: str
    column: str
    model: str = ""
    ondelete: str = ""


class OrmColumn(Struct, frozen=True):
    """A column by its attribute: the Python type of ``Mapped[...]`` and the SQL type, if said.

    ``type`` has canonical names. ``nullable`` is None where neither the call nor the annotation
    says it. ``key`` is the column's name in the table, ``default`` what Python gives a new row.
    ``late`` says that an object may have to ask the database for the value: it is deferred, or set
    by the database on every update.
    """

    name: str
    key: str
    module: str
    path: str
    span: Span
    type: Type = UNKNOWN_TYPE
    sql_type: Value = UNKNOWN
    foreign_keys: tuple[ForeignKey, ...] = ()
    primary_key: bool = False
    nullable: bool | None = None
    late: bool = False
    unique: bool = False
    default: Value | None = None

    @property
    def may_be_none(self) -> bool:
        """Tell whether a row may have no value; a column is nullable where nothing is said."""
        return self.nullable is not False and not self.primary_key

    @property
    def outlives(self) -> bool:
        """Tell whether a row stays when what it refers to is deleted: the key becomes NULL."""
        keys = self.foreign_keys
        return self.nullable is not False and any(key.ondelete == "SET NULL" for key in keys)


def read_member(
    project: Project, owner: Symbol, attribute: AttributeSummary, sqlmodel: bool
) -> OrmColumn | OrmRelationship | None:
    """Return what an attribute of a class declares, or None where it is something else.

    In a ``sqlmodel`` every annotated attribute is a column.
    """
    if attribute.name.startswith("__"):
        return None
    near = owner.module.name
    call = attribute.value if isinstance(attribute.value, Call) else None
    called = sqlalchemy_name(project, call.name, near) if call is not None else ""
    if called in RELATIONSHIPS and call is not None:
        return read_relationship(project, owner, attribute, call)
    if called in _OTHER_MEMBERS:
        return None
    mapped = mapped_type(project, attribute.type, near)
    if called in _COLUMNS or mapped is not None:
        return _column(project, owner, attribute, mapped or UNKNOWN_TYPE, call)
    if sqlmodel and attribute.type is not None:
        if attribute.type.name not in ("typing.ClassVar",):
            return _column(project, owner, attribute, attribute.type, call)
    return None


def _column(
    project: Project, owner: Symbol, attribute: AttributeSummary, type_: Type, call: Call | None
) -> OrmColumn:
    near = owner.module.name
    plain, extra = _unaliased(project, type_, near)
    calls = [c for c in (call, *extra) if c is not None]
    inner = next((c for c in map(_sa_column, calls) if c is not None), None)
    if inner is not None:
        calls.insert(0, inner)
    return OrmColumn(
        name=attribute.name,
        key=next(filter(None, map(_key, calls)), attribute.name),
        module=near,
        path=owner.module.path,
        span=attribute.span,
        type=project.canonical_type(plain, near) if plain is not UNKNOWN_TYPE else plain,
        sql_type=next((t for c in calls for t in _sql_types(project, c, near)), UNKNOWN),
        foreign_keys=tuple(k for c in calls for k in _foreign_keys(project, c, near)),
        primary_key=any(c.keyword("primary_key") == Literal(True) for c in calls),
        nullable=_nullable(calls, plain),
        late=any(_is_late(project, c, near) for c in calls),
        unique=any(c.keyword("unique") == Literal(True) for c in calls),
        default=next((d for c in calls if (d := _default(c)) is not None), None),
    )


def _default(call: Call) -> Value | None:
    return call.keyword("default") or call.keyword("insert_default")


def _sa_column(call: Call) -> Call | None:
    inner = call.keyword("sa_column")
    return inner if isinstance(inner, Call) else None


def _unaliased(project: Project, type_: Type, near: str) -> tuple[Type, list[Call]]:
    """``CompanyKey = Annotated[int, mapped_column(ForeignKey(...))]`` says more than its type."""
    symbol = project.find(type_.name, near) if "." in type_.name else None
    if symbol is None or not isinstance(symbol.definition, VariableSummary):
        return type_, []
    value = symbol.definition.value
    if not isinstance(value, Call) or value.name not in _ANNOTATED or not value.arguments:
        return type_, []
    first = value.arguments[0]
    plain = Type(first.name) if isinstance(first, Name) else UNKNOWN_TYPE
    return plain, [further for further in value.arguments[1:] if isinstance(further, Call)]


def _key(call: Call) -> str:
    """A column's own name is its first argument, or ``name=``."""
    named = call.keyword("name") or (call.arguments[0] if call.arguments else None)
    return named.value if isinstance(named, Literal) and isinstance(named.value, str) else ""


def _sql_types(project: Project, call: Call, near: str) -> Iterator[Value]:
    given = [*call.arguments, call.keyword("type_"), call.keyword("sa_type")]
    for argument in given:
        if isinstance(argument, Name) or (
            isinstance(argument, Call)
            and sqlalchemy_name(project, argument.name, near) not in _NO_TYPES
        ):
            yield argument


def _foreign_keys(project: Project, call: Call, near: str) -> Iterator[ForeignKey]:
    direct = call.keyword("foreign_key")
    if direct is not None:
        yield from _foreign_key(project, direct, near, _ondelete(call))
    for inner in calls_within(call):
        if inner.arguments and sqlalchemy_name(project, inner.name, near) == "ForeignKey":
            yield from _foreign_key(project, inner.arguments[0], near, _ondelete(inner))


def _ondelete(call: Call) -> str:
    said = call.keyword("ondelete")
    return said.value.upper() if isinstance(said, Literal) and isinstance(said.value, str) else ""


def _foreign_key(
    project: Project, target: Value, near: str, ondelete: str = ""
) -> Iterator[ForeignKey]:
    if isinstance(target, Literal) and isinstance(target.value, str):
        table, _, column = target.value.rpartition(".")
        if table:
            yield ForeignKey(table, column, "", ondelete)
        elif column:
            yield ForeignKey(column, "", "", ondelete)
    elif isinstance(target, Name):
        head, _, column = target.name.rpartition(".")
        symbol = project.find(head.removesuffix(".__table__.c").removesuffix(".c"), near)
        if symbol is not None and isinstance(symbol.definition, VariableSummary):
            made = symbol.definition.value
            table = _key(made) if isinstance(made, Call) else ""
            if table:
                yield ForeignKey(table, column, "", ondelete)
        elif symbol is not None:
            yield ForeignKey("", column, symbol.name, ondelete)


def _is_late(project: Project, call: Call, near: str) -> bool:
    """A function that is given to ``onupdate`` runs in Python, a call makes SQL of it."""
    if call.keyword("deferred") == Literal(True) or call.keyword("server_onupdate") is not None:
        return True
    if isinstance(call.keyword("onupdate"), Call):
        return True
    return any(
        isinstance(argument, Call) and sqlalchemy_name(project, argument.name, near) == "Computed"
        for argument in call.arguments
    )


def _nullable(calls: list[Call], type_: Type) -> bool | None:
    for call in calls:
        said = call.keyword("nullable")
        if isinstance(said, Literal) and isinstance(said.value, bool):
            return said.value
        if call.keyword("primary_key") == Literal(True):
            return False
    if type_ is UNKNOWN_TYPE:
        return None
    return type_.without_none != type_


def columns_of_table(project: Project, owner: Symbol, table: Value | None) -> Iterator[OrmColumn]:
    """Yield the columns of a ``Table(...)``, given itself or by the name of its variable."""
    if isinstance(table, Name):
        found = project.find(table.name, owner.module.name)
        if found is not None and isinstance(found.definition, VariableSummary):
            owner, table = found, found.definition.value
    if not isinstance(table, Call):
        return
    for argument in table.arguments:
        if isinstance(argument, Call) and _key(argument):
            if sqlalchemy_name(project, argument.name, owner.module.name) == "Column":
                span = getattr(owner.definition, "span", Span(1, 0, 1, 0))
                named = argument.keyword("key")
                name = named.value if isinstance(named, Literal) else _key(argument)
                member = AttributeSummary(str(name), span, None, argument)
                yield _column(project, owner, member, UNKNOWN_TYPE, argument)


def read_primary_key(project: Project, owner: Symbol, arguments: Items) -> Iterator[str]:
    """Yield the columns of a ``PrimaryKeyConstraint`` in ``__table_args__``."""
    for call in arguments.items:
        if isinstance(call, Call):
            if sqlalchemy_name(project, call.name, owner.module.name) == "PrimaryKeyConstraint":
                for named in call.arguments:
                    if isinstance(named, Literal) and isinstance(named.value, str):
                        yield named.value


def read_constraints(
    project: Project, owner: Symbol, arguments: Items
) -> Iterator[tuple[str, tuple[ForeignKey, ...]]]:
    """Yield column and key for each pair of a ``ForeignKeyConstraint`` in ``__table_args__``."""
    near = owner.module.name
    for call in arguments.items:
        if not isinstance(call, Call) or len(call.arguments) < 2:
            continue
        if sqlalchemy_name(project, call.name, near) != "ForeignKeyConstraint":
            continue
        names, targets = call.arguments[:2]
        if isinstance(names, Items) and isinstance(targets, Items):
            for name, target in zip(names.items, targets.items, strict=False):
                if isinstance(name, Literal) and isinstance(name.value, str):
                    yield name.value, tuple(_foreign_key(project, target, near, _ondelete(call)))
