"""What a class says of its table: the name, with its schema, and imperative mapping."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.models.mapping import SQLMODEL, Lineage
from turnstay_lint.project.models.orm_names import sqlalchemy_name
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ClassSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Items, Literal, Name, Value


def table_name(project: Project, lineage: Lineage, imperative: Value | None) -> str:
    """Return the table of a class with its schema before it, empty where it is computed.

    ``imperative`` is the table that ``map_imperatively`` gave it.
    """
    for symbol in lineage.classes:
        assert isinstance(symbol.definition, ClassSummary)
        named = symbol.definition.attribute("__tablename__")
        if named is not None:
            value = _constant(project, symbol, named.value)
            schema = _schema(symbol.definition)
            return f"{schema}.{value}" if schema and value else value
        declared = symbol.definition.attribute("__table__")
        table = declared.value if declared is not None else imperative
        if table is not None:
            return _named_table(project, symbol, table)
    if SQLMODEL in lineage.outside:
        return lineage.classes[0].qualname.rpartition(".")[2].lower()
    return ""


def _constant(project: Project, symbol: Symbol, value: Value | None) -> str:
    if isinstance(value, Name):
        found = project.find(value.name, symbol.module.name)
        if found is not None and isinstance(found.definition, VariableSummary):
            value = found.definition.value
    return _text(value)


def _text(value: Value | None) -> str:
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else ""


def _schema(definition: ClassSummary) -> str:
    """``__table_args__ = {"schema": "billing"}``, alone or last in a tuple."""
    arguments = definition.attribute("__table_args__")
    if arguments is None or not isinstance(arguments.value, Items):
        return ""
    pairs = list(arguments.value.items)
    if pairs and isinstance(pairs[-1], Items):
        pairs += pairs[-1].items
    for pair in pairs:
        if isinstance(pair, Items) and len(pair.items) == 2 and pair.items[0] == Literal("schema"):
            named = pair.items[1]
            return _text(named)
    return ""


def _named_table(project: Project, symbol: Symbol, table: Value) -> str:
    if isinstance(table, Name):
        found = project.find(table.name, symbol.module.name)
        if found is not None and isinstance(found.definition, VariableSummary):
            table = found.definition.value
    if isinstance(table, Call) and table.arguments:
        return _constant(project, symbol, table.arguments[0])
    return ""


def imperative_tables(project: Project) -> Iterator[tuple[str, Value]]:
    """Yield class and table of each ``registry.map_imperatively(Account, account_table)``."""
    for module in project.modules.values():
        for statement in module.statements:
            if (
                isinstance(statement, Call)
                and statement.name.rpartition(".")[2] in ("map_imperatively", "mapper")
                and len(statement.arguments) >= 2
                and isinstance(statement.arguments[0], Name)
            ):
                symbol = project.find(statement.arguments[0].name, module.name)
                if symbol is not None:
                    yield symbol.name, statement.arguments[1]


def tables_alone(project: Project) -> Iterator[Symbol]:
    """Yield the variables that hold a ``Table(...)``, whether a class maps it or not.

    Tables frozen in a migration are not the service's.
    """
    for module in project.modules.values():
        for variable in () if is_apart(module.path) else module.variables.values():
            made = variable.value
            if isinstance(made, Call) and made.name.rpartition(".")[2] == "Table":
                if sqlalchemy_name(project, made.name, module.name) == "Table":
                    symbol = project.find(f"{module.name}.{variable.name}")
                    if symbol is not None and symbol.definition is variable:
                        yield symbol


def table_of(project: Project, symbol: Symbol) -> str:
    """Return the name of the table that a variable holds."""
    assert isinstance(symbol.definition, VariableSummary)
    return _named_table(project, symbol, symbol.definition.value)
