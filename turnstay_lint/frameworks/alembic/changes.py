"""What one operation of a revision changes: the vocabulary, the same for Alembic's calls and SQL.

``None`` stands for what could not be read: an unknown name, an unknown nullability.
"""

from __future__ import annotations

import ast
from enum import Enum

from msgspec import Struct

from turnstay_lint.source.scopes import Scope

PUBLIC = "public"
UNKNOWN_SCHEMA = "?"


class Table(Struct, frozen=True):
    """A table by schema and name; a name that could not be read is None."""

    name: str | None
    schema: str | None = None

    def may_be(self, other: Table) -> bool:
        """Tell whether both can be one table: unknown parts fit all, no schema is ``public``."""
        if self.name != other.name and None not in (self.name, other.name):
            return False
        mine, theirs = self.schema or PUBLIC, other.schema or PUBLIC
        return mine == theirs or UNKNOWN_SCHEMA in (mine, theirs)

    def __str__(self) -> str:
        if self.name is None:
            return "a table"
        known = self.schema and self.schema != UNKNOWN_SCHEMA
        return f"{self.schema}.{self.name}" if known else self.name


class Given(Struct, frozen=True):
    """What Python gives a new row: a literal, what a dotted ``name`` stands for, or neither."""

    literal: str | int | float | bool | None = None
    name: str = ""


class Column(Struct, frozen=True):
    """A column as a revision declares it.

    ``filled`` says whether the database itself gives existing rows a value. ``call`` is the
    ``Column(...)`` that declares it, in ``scope``; None for SQL. ``type`` is its type as code
    that sees ``sqlalchemy`` as ``sa`` says it, empty where that is not certain; ``default`` what
    SQLAlchemy gives at an INSERT. One that is ``bound`` may not have one value in all rows: it is
    a key, unique, or refers to another table. ``indexed`` makes an index besides, an
    ``enumeration`` a type of its own on PostgreSQL, which is made with its table and called
    ``type_name`` where that is known. ``rewrites`` says what of it makes PostgreSQL
    write every row anew, empty where nothing does.
    """

    name: str | None
    nullable: bool | None
    filled: bool | None
    primary_key: bool = False
    call: ast.Call | None = None
    scope: Scope | None = None
    type: str = ""
    default: Given | None = None
    bound: bool = False
    indexed: bool = False
    enumeration: bool = False
    type_name: str = ""
    rewrites: str = ""

    @property
    def refuses_rows(self) -> bool | None:
        """Tell whether adding the column fails on a table with rows; None where unknown."""
        if self.nullable or self.filled:
            return False
        if self.nullable is None or self.filled is None:
            return None
        return True


class CreateTable(Struct, frozen=True):
    """A table is created, empty unless ``with_rows`` (CREATE TABLE AS).

    There may be more columns unless they are ``complete``. A partition goes with its ``parent``.
    Here and below, what is done ``if_needed`` (IF NOT EXISTS) may have been so before.
    """

    table: Table
    columns: tuple[Column, ...] = ()
    with_rows: bool = False
    if_needed: bool = False
    parent: Table | None = None
    complete: bool = True


class DropTable(Struct, frozen=True):
    """A table goes."""

    table: Table
    if_needed: bool = False


class RenameTable(Struct, frozen=True):
    """A table gets another name."""

    table: Table
    to: Table


class AddColumn(Struct, frozen=True):
    """A column is added to a table that exists; ``in_sql`` where SQL says so."""

    table: Table
    column: Column
    in_sql: bool = False
    if_needed: bool = False


class DropColumn(Struct, frozen=True):
    """A column goes."""

    table: Table
    name: str | None
    if_needed: bool = False


class AlterColumn(Struct, frozen=True):
    """A column changes: ``nullable`` is None where that is not touched or could not be read.

    ``besides`` names what else of it changes: its type, its server default.
    """

    table: Table
    name: str | None
    nullable: bool | None = None
    renamed_to: str | None = None
    in_sql: bool = False
    besides: tuple[str, ...] = ()


class Rows(Enum):
    """What is done to a table's rows."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class ChangeRows(Struct, frozen=True):
    """Rows are changed: in which columns, and whether in all rows (no WHERE)."""

    table: Table
    how: Rows
    columns: tuple[str, ...] = ()
    everywhere: bool = False


class Part(Struct, frozen=True):
    """An index or a constraint that is made or dropped: its kind, and its name if it has one.

    ``columns`` is None where they could not be read; ``final`` says that no naming convention adds
    to the name (``op.f``).
    """

    kind: str
    name: str | None
    made: bool
    columns: tuple[str, ...] | None = None
    final: bool = False
    if_needed: bool = False


class OtherChange(Struct, frozen=True):
    """A change of the schema that bears on no rows: an index, a constraint, a comment, a type.

    ``part`` is the index or constraint, ``type_name`` the type.
    """

    what: str
    table: Table | None = None
    part: Part | None = None
    type_name: str = ""


class Unanalyzable(Struct, frozen=True):
    """An operation that could not be read, and why.

    What is ``spelled`` in the file concerns nothing that the file does not name. ``function`` is
    the function of another file that is handed the operations, where it has a name.
    """

    reason: str
    spelled: bool = False
    function: str = ""


class CallElsewhere(Struct, frozen=True):
    """A call of a function that this file does not define; the project may know what it does.

    ``names`` are the strings that it is given: a table, perhaps. One that ``calls_back`` is given
    a function.
    """

    function: str
    names: tuple[str, ...] = ()
    calls_back: bool = False


Change = (
    CreateTable
    | DropTable
    | RenameTable
    | AddColumn
    | DropColumn
    | AlterColumn
    | ChangeRows
    | OtherChange
    | Unanalyzable
    | CallElsewhere
)
