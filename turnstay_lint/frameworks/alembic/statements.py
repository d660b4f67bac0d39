"""What a statement that a revision sends changes: SQL text, or an expression of SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    Change,
    ChangeRows,
    CreateTable,
    DropTable,
    OtherChange,
    Rows,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.columns import column_of
from turnstay_lint.frameworks.alembic.values import (
    HOLE,
    Built,
    Either,
    Known,
    Mapping,
    Sequence,
    TableValue,
    Value,
    gives_rows,
    string_of,
)
from turnstay_lint.frameworks.sql import UnreadableSql, changes_in

_TEXTS = frozenset({"text", "DDL", "TextClause"})
_ROWS = {"insert": Rows.INSERT, "update": Rows.UPDATE, "delete": Rows.DELETE}
_READS = frozenset({"select", "exists", "union", "union_all", "func", "literal"})


def statement_changes(value: Value | None) -> Iterator[Change]:
    """Yield what executing a value changes; what is no statement that can be read says so."""
    match value:
        case Known(value=str(sql)):
            yield from sql_changes(sql)
        case Sequence(items=items):
            for item in items:
                yield from statement_changes(item)
        case Either(values=values):
            for one in values:
                yield from statement_changes(one)
        case Built():
            yield from _built_changes(value)
        case _:
            yield Unanalyzable("the statement is not written where it is sent")


def sql_changes(sql: str) -> Iterator[Change]:
    """Yield what SQL text changes."""
    try:
        yield from changes_in(sql)
    except UnreadableSql as reason:
        yield Unanalyzable(str(reason), spelled=HOLE not in sql)


def _built_changes(built: Built) -> Iterator[Change]:
    chain = list(_chain(built))
    root = chain[-1]
    if root.name in _TEXTS and root.receiver is None:
        text = root.arguments.get("text", 0) or root.arguments.get("statement", 0)
        if isinstance(text, Known) and isinstance(text.value, str):
            yield from sql_changes(text.value)
        else:
            yield Unanalyzable("the SQL text is not written where it is sent")
    elif root.name in _ROWS:
        yield _rows(chain, root)
    elif root.name in ("CreateTable", "DropTable"):
        table = _table_of(root.arguments.get("element", 0))
        made = CreateTable(table, complete=False)
        yield made if root.name == "CreateTable" else DropTable(table)
    elif root.name == "AddColumn":
        column = column_of(root.arguments.get("column", 1))
        named = Table(string_of(root.arguments.get("name", 0)))
        yield AddColumn(named, column) if column else Unanalyzable("a column could not be read")
    elif root.name.startswith(("Create", "Drop", "Add")):
        yield OtherChange(root.name)
    elif root.name not in _READS and not root.is_sqlalchemy and not gives_rows(built):
        yield Unanalyzable("the statement is not written where it is sent")


def _chain(built: Built) -> Iterator[Built]:
    """Yield ``update(t).where(...).values(...)`` from its last call to its first."""
    link: Value | None = built
    while isinstance(link, Built):
        yield link
        link = link.receiver


def _rows(chain: list[Built], root: Built) -> Change:
    subject = root.receiver or root.arguments.get("table", 0)
    conditional = any(link.name in ("where", "filter", "filter_by") for link in chain)
    conditional = conditional or (root.receiver is not None and bool(root.arguments.positional))
    columns = [name for link in chain if link.name in ("values", *_ROWS) for name in _names(link)]
    return ChangeRows(_table_of(subject), _ROWS[root.name], tuple(columns), not conditional)


def _names(link: Built) -> Iterator[str]:
    """Yield the columns that ``.values(a=1)`` or ``.values({"a": 1})`` sets."""
    given = link.arguments
    if link.name != "values":
        return
    yield from given.keywords
    for value in given.positional:
        if isinstance(value, Mapping):
            yield from (name for key, _ in value.pairs if (name := string_of(key)))


def _table_of(value: Value | None) -> Table:
    return value.table if isinstance(value, TableValue) else Table(None)


def query_changes(built: Built) -> Iterator[Change]:
    """Yield what ``session.query(Model).delete()`` and ``.update({...})`` change."""
    chain = list(_chain(built))
    query = next((link for link in chain if link.name == "query"), None)
    if query is None or built.name not in ("update", "delete"):
        return
    conditional = len(chain) > chain.index(query) and chain.index(query) > 1
    table = _table_of(query.arguments.get("entity", 0))
    yield ChangeRows(table, _ROWS[built.name], everywhere=not conditional)
