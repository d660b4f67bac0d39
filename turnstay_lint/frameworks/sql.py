"""SQL text read as what it changes, by PostgreSQL's own parser.

The parser is pgparse (BSD-3-Clause, libpg_query of PostgreSQL 17), imported when the first
statement is read, in 20 ms. Weighed against it: pglast holds the same parser and has wheels for
Windows too, but is under the GPL, which a tool that others embed should not pass on, and takes
100 ms to import; sqlglot (MIT) is pure Python, takes 350 ms, and reads PostgreSQL as its authors
understood it, where the question is what PostgreSQL itself would do. pgparse has wheels for Linux
and for macOS on ARM, from Python 3.11 on, as one stable-ABI build. Where it is not installed (the
extra ``sql``), statements are unanalyzable, which the run's summary counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from turnstay_lint.frameworks.alembic.changes import (
    UNKNOWN_SCHEMA,
    AddColumn,
    AlterColumn,
    Change,
    ChangeRows,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    Part,
    RenameTable,
    Rows,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.values import HOLE
from turnstay_lint.frameworks.sql_columns import FILLER, Node, column_of, constraint_of, known
from turnstay_lint.source.patterns import regex

_BIND = regex(r"(?<![:\w\\]):([A-Za-z_]\w*)")
_EXPANDED = regex(rf"\b(IN)\s+(?::[A-Za-z_]\w*|{HOLE})", re.I)
_PERCENT_BIND = regex(r"%(?:\(\w+\))?s")
_LENGTH = regex(rf"\b(?:char|character|varchar|varying|bit|numeric|time)\w*\s*\([^()]*{HOLE}", re.I)
_HARMLESS = regex(r"\s*(?:PRAGMA|USE|(?:CREATE|DROP)\s+TRIGGER)\b", re.I)


class UnreadableSql(Exception):
    """SQL that the parser cannot read, or that there is no parser for; the message says which."""


def changes_in(sql: str) -> list[Change]:
    """Return what the statements of an SQL text change, in order.

    Bind parameters (``:name``, ``%s``) and ``HOLE`` may stand in it. Raises UnreadableSql.
    """
    if _HARMLESS.match(sql):
        return []
    return [change for statement in _parsed(sql) for change in _changes(statement)]


def _parsed(sql: str) -> list[Node]:
    try:
        pgparse: Any = import_module("pgparse")
    except ImportError as error:
        raise UnreadableSql("SQL is read with the extra `sql`, which is not installed") from error
    text = _readable(sql)
    attempts = [text.replace(HOLE, FILLER)]
    if HOLE in text:
        attempts.append(text.replace(HOLE, ""))
    if "`" in text:
        attempts.append(attempts[0].replace("`", '"'))
    for attempt in attempts:
        try:
            return [statement["stmt"] for statement in pgparse.parse(attempt)]
        except pgparse.PGQueryError as error:
            problem = error.message
    raise UnreadableSql(f"SQL that PostgreSQL cannot read ({problem})")


def _readable(sql: str) -> str:
    """Give bind parameters, and holes for numbers, a form that parses where they stand."""
    text = _BIND.sub("$1", _EXPANDED.sub(r"\1 ($1)", sql)).replace("\\:", ":")
    text = _PERCENT_BIND.sub("$1", text).replace("%%", "%").replace("\0", "")
    return _LENGTH.sub(lambda match: match.group().replace(HOLE, "1"), text)


def _changes(statement: Node) -> Iterator[Change]:
    (kind, body), *_ = statement.items()
    match kind:
        case "AlterTableStmt":
            yield from _alterations(body)
        case "CreateStmt":
            columns = tuple(
                column_of(element["ColumnDef"])
                for element in body.get("tableElts", ())
                if "ColumnDef" in element
            )
            parents = [_table(parent["RangeVar"]) for parent in body.get("inhRelations", ())]
            yield CreateTable(
                _table(body["relation"]),
                columns,
                if_needed=body.get("if_not_exists", False),
                parent=parents[0] if parents and "partbound" in body else None,
                complete=not parents and _is_spelled_out(body),
            )
        case "CreateTableAsStmt":
            into = body["into"]
            needed = body.get("if_not_exists", False)
            filled = not into.get("skipData", False)
            yield CreateTable(
                _table(into["rel"]), with_rows=filled, if_needed=needed, complete=False
            )
        case "DropStmt" if body.get("removeType") in ("OBJECT_TABLE", "OBJECT_INDEX"):
            yield from _drops(body)
        case "DropStmt" if body.get("removeType") == "OBJECT_SCHEMA":
            yield OtherChange("drop_schema")
        case "DropStmt" if body.get("behavior") == "DROP_CASCADE":
            yield OtherChange("drop_cascade")
        case "CreateEnumStmt":
            names = [known(part["String"].get("sval")) for part in body.get("typeName", ())]
            yield OtherChange("CreateEnum", type_name=(names[0] or "") if len(names) == 1 else "")
        case "IndexStmt":
            yield OtherChange("create_index", _table(body["relation"]), _index(body))
        case "RenameStmt":
            yield from _renaming(body)
        case "TruncateStmt":
            for relation in body.get("relations", ()):
                yield ChangeRows(_table(relation["RangeVar"]), Rows.DELETE, everywhere=True)
        case "DeleteStmt":
            conditional = "usingClause" in body or not _always(body.get("whereClause"))
            yield ChangeRows(_table(body["relation"]), Rows.DELETE, everywhere=not conditional)
        case "UpdateStmt":
            everywhere = "fromClause" not in body and _always(body.get("whereClause"))
            yield ChangeRows(_table(body["relation"]), Rows.UPDATE, _targets(body), everywhere)
        case "InsertStmt":
            columns_named = tuple(c["ResTarget"]["name"] for c in body.get("cols", ()))
            yield ChangeRows(_table(body["relation"]), Rows.INSERT, columns_named)
        case "CopyStmt" if body.get("is_from"):
            yield ChangeRows(_table(body["relation"]), Rows.INSERT)
        case "DoStmt":
            yield Unanalyzable("a DO block is a program of its own", spelled=True)
        case "SelectStmt" if "intoClause" in body:
            yield CreateTable(_table(body["intoClause"]["rel"]), with_rows=True, complete=False)
        case "SelectStmt" | "VariableSetStmt" | "TransactionStmt" | "ExplainStmt":
            return
        case _:
            yield OtherChange(kind.removesuffix("Stmt"))


def _is_spelled_out(body: Node) -> bool:
    return not any("TableLikeClause" in element for element in body.get("tableElts", ()))


def _always(where: Node | None) -> bool:
    if where is None:
        return True
    constant = where.get("A_Const", {})
    return bool(constant.get("boolval", {}).get("boolval"))


def _targets(body: Node) -> tuple[str, ...]:
    return tuple(
        target["ResTarget"]["name"]
        for target in body.get("targetList", ())
        if "name" in target.get("ResTarget", {})
    )


def _table(relation: Node) -> Table:
    schema = relation.get("schemaname")
    if schema is not None and FILLER in schema:
        schema = UNKNOWN_SCHEMA
    return Table(known(relation.get("relname")), schema)


def _dropped(item: Node) -> Table:
    parts = [part["String"]["sval"] for part in item.get("List", {}).get("items", ())]
    relation = dict(zip(("relname", "schemaname"), reversed(parts), strict=False))
    return _table(relation)


def _drops(body: Node) -> Iterator[Change]:
    needed = body.get("missing_ok", False)
    for item in body.get("objects", ()):
        dropped = _dropped(item)
        if body["removeType"] == "OBJECT_TABLE":
            yield DropTable(dropped, needed)
        else:
            part = Part("index", dropped.name, made=False, if_needed=needed)
            yield OtherChange("drop_index", None, part)


def _index(body: Node) -> Part:
    names = [item["IndexElem"].get("name") for item in body.get("indexParams", ())]
    columns = None if None in names else tuple(names)
    needed = body.get("if_not_exists", False)
    return Part("index", known(body.get("idxname")), True, columns, True, needed)


def _renaming(body: Node) -> Iterator[Change]:
    if "relation" not in body:
        yield OtherChange("Rename")
        return
    table = _table(body["relation"])
    if body.get("renameType") == "OBJECT_TABLE":
        yield RenameTable(table, Table(known(body["newname"]), table.schema))
    elif body.get("renameType") == "OBJECT_COLUMN":
        old, new = known(body["subname"]), known(body["newname"])
        yield AlterColumn(table, old, renamed_to=new, in_sql=True)
    else:
        yield OtherChange("Rename", table)


def _alterations(body: Node) -> Iterator[Change]:
    if body.get("objtype") not in ("OBJECT_TABLE", "OBJECT_FOREIGN_TABLE"):
        yield OtherChange("Alter")
        return
    table = _table(body["relation"])
    for command in body.get("cmds", ()):
        alteration = command["AlterTableCmd"]
        name = known(alteration.get("name"))
        match alteration.get("subtype"):
            case "AT_AddColumn":
                column = column_of(alteration["def"]["ColumnDef"])
                needed = alteration.get("missing_ok", False)
                yield AddColumn(table, column, in_sql=True, if_needed=needed)
            case "AT_SetNotNull":
                yield AlterColumn(table, name, nullable=False, in_sql=True)
            case "AT_DropNotNull":
                yield AlterColumn(table, name, nullable=True, in_sql=True)
            case "AT_DropColumn":
                yield DropColumn(table, name, alteration.get("missing_ok", False))
            case "AT_AlterColumnType":
                yield AlterColumn(table, name, in_sql=True, besides=("type",))
            case "AT_ColumnDefault":
                yield AlterColumn(table, name, in_sql=True, besides=("server_default",))
            case "AT_AddConstraint":
                yield OtherChange("create_constraint", table, constraint_of(alteration))
            case "AT_DropConstraint":
                needed = alteration.get("missing_ok", False)
                part = Part("constraint", name, made=False, if_needed=needed)
                yield OtherChange("drop_constraint", table, part)
            case _:
                yield OtherChange("AlterTable", table)
