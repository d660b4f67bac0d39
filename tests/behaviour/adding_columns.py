"""Ways to add a column, and whether a table with rows takes it.

``faulty`` is what TSL901 says. Where a database does otherwise, ``sqlite`` or ``postgresql`` says
why; the rule's page tells its readers as well.
"""

from __future__ import annotations

from msgspec import Struct

TABLES = (
    "CREATE TABLE guests (id INTEGER PRIMARY KEY, name VARCHAR(50))",
    "CREATE TABLE accounts (id INTEGER, name VARCHAR(50), guest_id INTEGER)",
    "INSERT INTO guests VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO accounts VALUES (1, 'one', 1), (2, 'two', 2)",
)
HEAD = """import contextlib
import functools

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, func


"""
NOT_CONSTANT = "SQLite adds no column whose default it would have to compute for the rows"
NO_IDENTITY = "SQLite has no identity columns: SQLAlchemy leaves the clause out"
NO_PRIMARY_KEY = "SQLAlchemy adds no primary key to SQLite's table, only NOT NULL"
NO_STORED = "SQLite adds no stored generated column"
NO_CAST = "SQLite does not see that what is cast is NULL, and has NULL in a NOT NULL column"
NO_FOREIGN_KEY = "Alembic adds foreign keys to SQLite's tables in a batch only"
NO_SERIAL = "SQLite knows no SERIAL: it is a type like any other"
BY_THE_READER = "TSL907 lists it: only the run knows"


class Spelling(Struct, frozen=True):
    """A way to write an upgrade: its lines, what stands before it in the module, other files."""

    name: str
    lines: str
    before: str = ""
    faulty: bool = True
    sqlite: str = ""
    postgresql: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """Return the revision."""
        before = f"{self.before.strip()}\n\n\n" if self.before else ""
        lines = [f"    {line}" if line else "" for line in self.lines.strip().split("\n")]
        return f"{HEAD}{before}def upgrade():\n" + "\n".join(lines) + "\n"

    def differs(self, database: str) -> str:
        """Return why a database does otherwise than the rule says, empty where it does not."""
        return self.sqlite if database == "sqlite" else self.postgresql


def column(arguments: str) -> str:
    """Return the line that adds a column with these arguments behind its name."""
    return f'op.add_column("accounts", sa.Column("x", {arguments}))'


X = 'sa.Column("x", sa.Text(), nullable=False)'
ADD = f'op.add_column("accounts", {X})'

FAULTS = (
    Spelling("nothing fills it", column("sa.String(50), nullable=False")),
    Spelling("default= is Python's", column('sa.String(50), nullable=False, default="a"')),
    Spelling("insert_default= as well", column('sa.Text(), nullable=False, insert_default="a"')),
    Spelling("a default that is called", column("sa.Text(), nullable=False, default=dict")),
    Spelling(
        "a default of SQL at INSERT", column("sa.DateTime(), nullable=False, default=func.now()")
    ),
    Spelling(
        "autoincrement= without a key", column("sa.Integer(), nullable=False, autoincrement=True")
    ),
    Spelling("server_default=None", column("sa.Text(), nullable=False, server_default=None")),
    Spelling(
        "the default is NULL", column('sa.Text(), nullable=False, server_default=sa.text("NULL")')
    ),
    Spelling(
        "the default is sa.null()", column("sa.Text(), nullable=False, server_default=sa.null()")
    ),
    Spelling(
        "the default is a cast NULL",
        column("sa.Text(), nullable=False, server_default=sa.cast(sa.null(), sa.Text())"),
        sqlite=NO_CAST,
    ),
    Spelling(
        "FetchedValue()", column("sa.Text(), nullable=False, server_default=sa.FetchedValue()")
    ),
    Spelling(
        "server_onupdate=", column("sa.Text(), nullable=False, server_onupdate=sa.FetchedValue()")
    ),
    Spelling("nullable=None", column("sa.Text(), nullable=None")),
    Spelling("nullable=0", column("sa.Text(), nullable=0")),
    Spelling("nullable=not True", column("sa.Text(), nullable=not True")),
    Spelling("a primary key of text", column("sa.Text(), primary_key=True")),
    Spelling(
        "a key that another table has",
        'with op.batch_alter_table("accounts") as batch_op:\n    batch_op.add_column(sa.Column("x", sa.Integer(), sa.ForeignKey("guests.id", name="fk"), nullable=False))',
    ),
    Spelling(
        "an enumeration with a default",
        column('sa.Enum("a", "b", name="letters", native_enum=False), nullable=False, default="a"'),
    ),
    Spelling(
        "a sequence for Python", column('sa.Integer(), sa.Sequence("numbers"), nullable=False')
    ),
    Spelling(
        "name and type as keywords",
        'op.add_column("accounts", sa.Column(name="x", type_=sa.Text(), nullable=False))',
    ),
    Spelling("all as keywords", f'op.add_column(column={X}, table_name="accounts")'),
    Spelling(
        "sa.schema.Column",
        'op.add_column("accounts", sa.schema.Column("x", sa.Text(), nullable=False))',
    ),
    Spelling(
        "Column by itself", 'op.add_column("accounts", Column("x", sa.Text(), nullable=False))'
    ),
    Spelling("op by another name", f'o.add_column("accounts", {X})', "from alembic import op as o"),
    Spelling("op by its package", f'alembic.op.add_column("accounts", {X})', "import alembic.op"),
    Spelling("a method in a variable", f'add = op.add_column\nadd("accounts", {X})'),
    Spelling("partial", f'functools.partial(op.add_column, "accounts")({X})'),
    Spelling(
        "in a batch",
        f'with op.batch_alter_table("accounts") as batch_op:\n    batch_op.add_column({X})',
    ),
    Spelling(
        "in a batch on an exit stack",
        f'with contextlib.ExitStack() as stack:\n    batch = stack.enter_context(op.batch_alter_table("accounts"))\n    batch.add_column({X})',
    ),
    Spelling(
        "in a batch that rebuilds",
        f'with op.batch_alter_table("accounts", recreate="always") as batch_op:\n    batch_op.add_column({X})',
    ),
    Spelling(
        "op.invoke",
        f'op.invoke(AddColumnOp("accounts", {X}))',
        "from alembic.operations.ops import AddColumnOp",
    ),
    Spelling("in an autocommit block", f"with op.get_context().autocommit_block():\n    {ADD}"),
    Spelling("the column in a variable", 'op.add_column("accounts", COLUMN)', f"COLUMN = {X}"),
    Spelling(
        "the column from a function",
        'op.add_column("accounts", column("x"))',
        "def column(name):\n    return sa.Column(name, sa.Text(), nullable=False)",
    ),
    Spelling("the table in a variable", f"op.add_column(TABLE, {X})", 'TABLE = "accounts"'),
    Spelling("nullable in a variable", column("sa.Text(), nullable=NULLABLE"), "NULLABLE = False"),
    Spelling("options in a dict", column("sa.Text(), **OPTIONS"), 'OPTIONS = {"nullable": False}'),
    Spelling("a copied column", f'op.add_column("accounts", {X}._copy())'),
    Spelling("a helper", 'add("accounts")', f"def add(table):\n    op.add_column(table, {X})"),
    Spelling(
        "a helper that is handed op",
        "add(op)",
        f'def add(operations):\n    operations.add_column("accounts", {X})',
    ),
    Spelling(
        "a class of the revision",
        'Change("accounts").up()',
        f"class Change:\n    def __init__(self, table):\n        self.table = table\n\n    def up(self):\n        op.add_column(self.table, {X})",
    ),
    Spelling(
        "a variable of the module that a helper sets",
        "choose()\nop.add_column(TABLE, column())",
        f'TABLE = "nowhere"\n\n\ndef choose():\n    global TABLE\n    TABLE = "accounts"\n\n\ndef column():\n    return {X}',
    ),
    Spelling(
        "a nested helper", f'def add(table):\n    op.add_column(table, {X})\n\nadd("accounts")'
    ),
    Spelling(
        "a loop over tables", f'for table in ("guests", "accounts"):\n    op.add_column(table, {X})'
    ),
    Spelling(
        "a loop over pairs",
        "for table, name in COLUMNS.items():\n    op.add_column(table, sa.Column(name, sa.Text(), nullable=False))",
        'COLUMNS = {"accounts": "x", "guests": "y"}',
    ),
    Spelling(
        "a list that is built",
        f'columns = []\ncolumns.append({X})\nfor column in columns:\n    op.add_column("accounts", column)',
    ),
    Spelling("a comprehension", f'[op.add_column(table, {X}) for table in ["accounts"]]'),
    Spelling("SQL", 'op.execute("ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL")'),
    Spelling("SQL in small letters", 'op.execute("alter table accounts add x text not null")'),
    Spelling(
        "SQL in sa.text", 'op.execute(sa.text("ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL"))'
    ),
    Spelling(
        "SQL that is formatted",
        'for t in ("accounts", "guests"):\n    op.execute(f"ALTER TABLE {t} ADD COLUMN x TEXT NOT NULL")',
    ),
    Spelling(
        "SQL on the connection",
        'connection = op.get_bind()\nconnection.execute(sa.text("ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL"))',
    ),
    Spelling(
        "SQL for the driver",
        'op.get_bind().exec_driver_sql("ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL")',
    ),
    Spelling(
        "SQL with DEFAULT NULL",
        'op.execute("ALTER TABLE accounts ADD COLUMN x TEXT DEFAULT NULL NOT NULL")',
    ),
    Spelling("SQL as DDL", 'op.execute(sa.DDL("ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL"))'),
    Spelling(
        "told NOT NULL afterwards",
        'column = sa.Column("x", sa.Text())\ncolumn.nullable = False\nop.add_column("accounts", column)',
    ),
    Spelling("getattr", f'getattr(op, "add_column")("accounts", {X})'),
    Spelling("all arguments spread", f'op.add_column(*("accounts", {X}))'),
    Spelling(
        "a column of a dict", 'op.add_column("accounts", COLUMNS["x"])', f'COLUMNS = {{"x": {X}}}'
    ),
    Spelling(
        "a slice of a list",
        'for column in COLUMNS[:1]:\n    op.add_column("accounts", column)',
        f"COLUMNS = [{X}]",
    ),
    Spelling(
        "taken apart with a star",
        f'table, *columns = "accounts", {X}\nfor column in columns:\n    op.add_column(table, column)',
    ),
    Spelling(
        "a generator",
        'for column in columns():\n    op.add_column("accounts", column)',
        f"def columns():\n    yield {X}",
    ),
    Spelling("map", f'list(map(lambda table: op.add_column(table, {X}), ["accounts"]))'),
    Spelling("a function by its name", 'globals()["add"]()', f"def add():\n    {ADD}"),
    Spelling(
        "recursion",
        'add(["accounts"])',
        f"def add(tables):\n    if tables:\n        op.add_column(tables[0], {X})\n        add(tables[1:])",
    ),
    Spelling(
        "the operation's own method",
        f'AddColumnOp.add_column(Operations(op.get_context()), "accounts", {X})',
        "from alembic.operations import Operations\nfrom alembic.operations.ops import AddColumnOp",
    ),
    Spelling(
        "a statement of Alembic's",
        f'op.execute(AddColumn("accounts", {X}))',
        "from alembic.ddl.base import AddColumn",
    ),
    Spelling(
        "options merged",
        column("sa.Text(), **{**A, **B}"),
        'A = {"nullable": True}\nB = dict(nullable=False)',
    ),
    Spelling(
        "SQL in a list",
        "for sql in STATEMENTS:\n    op.execute(sql)",
        'STATEMENTS = ["SELECT 1", "ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL"]',
    ),
    Spelling(
        "SQL by lines",
        "for sql in SQL.splitlines():\n    op.execute(sql)",
        'SQL = "SELECT 1\\nALTER TABLE accounts ADD COLUMN x TEXT NOT NULL"',
    ),
    Spelling(
        "SQL by format_map",
        'op.execute("ALTER TABLE {t} ADD COLUMN x TEXT NOT NULL".format_map({"t": "accounts"}))',
    ),
    Spelling(
        "SQL on a session",
        'session = Session(op.get_bind())\nsession.execute(sa.text("ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL"))',
        "from sqlalchemy.orm import Session",
    ),
)

TWINS = (
    Spelling("nullable", column("sa.Text(), nullable=True"), faulty=False),
    Spelling("nullable unsaid", column("sa.Text()"), faulty=False),
    Spelling(
        "nullable with a NULL default", column("sa.Text(), server_default=sa.null()"), faulty=False
    ),
    Spelling(
        "a default in the database",
        column('sa.Integer(), nullable=False, server_default="0"'),
        faulty=False,
    ),
    Spelling(
        "an empty string", column('sa.Text(), nullable=False, server_default=""'), faulty=False
    ),
    Spelling(
        "the word NULL", column('sa.Text(), nullable=False, server_default="NULL"'), faulty=False
    ),
    Spelling(
        "sa.false()",
        column("sa.Boolean(), nullable=False, server_default=sa.false()"),
        faulty=False,
    ),
    Spelling(
        "sa.text",
        column("sa.Text(), nullable=False, server_default=sa.text(\"'a'\")"),
        faulty=False,
    ),
    Spelling(
        "DefaultClause by position",
        column('sa.Text(), sa.DefaultClause("a"), nullable=False'),
        faulty=False,
    ),
    Spelling(
        "now",
        column("sa.DateTime(), nullable=False, server_default=func.now()"),
        faulty=False,
        sqlite=NOT_CONSTANT,
    ),
    Spelling(
        "an expression",
        column("sa.Integer(), nullable=False, server_default=sa.text('(1 + 1)')"),
        faulty=False,
        sqlite=NOT_CONSTANT,
    ),
    Spelling(
        "computed",
        column('sa.Integer(), sa.Computed("id + 1", persisted=True), nullable=False'),
        faulty=False,
        sqlite=NO_STORED,
    ),
    Spelling(
        "identity",
        column("sa.Integer(), sa.Identity(), nullable=False"),
        faulty=False,
        sqlite=NO_IDENTITY,
    ),
    Spelling(
        "a primary key that counts",
        column("sa.Integer(), primary_key=True"),
        faulty=False,
        sqlite=NO_PRIMARY_KEY,
    ),
    Spelling(
        "a key that another table has, nullable",
        column('sa.Integer(), sa.ForeignKey("guests.id"), nullable=True'),
        faulty=False,
        sqlite=NO_FOREIGN_KEY,
    ),
    Spelling(
        "in a batch with a default",
        'with op.batch_alter_table("accounts") as batch_op:\n    batch_op.add_column(sa.Column("x", sa.Text(), nullable=False, server_default="a"))',
        faulty=False,
    ),
    Spelling(
        "SQL with a default",
        "op.execute(\"ALTER TABLE accounts ADD COLUMN x TEXT NOT NULL DEFAULT 'a'\")",
        faulty=False,
    ),
    Spelling("SQL, nullable", 'op.execute("ALTER TABLE accounts ADD COLUMN x TEXT")', faulty=False),
    Spelling(
        "SQL with SERIAL",
        'op.execute("ALTER TABLE accounts ADD COLUMN x SERIAL NOT NULL")',
        faulty=False,
        sqlite=NO_SERIAL,
    ),
    Spelling(
        "SQL with NOT NULL in a comment",
        'op.execute("ALTER TABLE accounts ADD COLUMN x TEXT /* NOT NULL */")',
        faulty=False,
    ),
    Spelling(
        "options in a dict",
        column("sa.Text(), **OPTIONS"),
        'OPTIONS = {"nullable": True}',
        faulty=False,
    ),
    Spelling(
        "another's add_column",
        f'Notes().add_column("accounts", {X})',
        "class Notes:\n    def add_column(self, *columns):\n        return columns",
        faulty=False,
    ),
    Spelling(
        "told nullable afterwards",
        'column = sa.Column("x", sa.Text(), nullable=False)\ncolumn.nullable = True\nop.add_column("accounts", column)',
        faulty=False,
    ),
    Spelling("a helper that nobody calls", "pass", f"def add():\n    {ADD}", faulty=False),
    Spelling(
        "what only the run knows",
        column("sa.Text(), nullable=bool(op.get_bind() is None)"),
        faulty=False,
        sqlite=BY_THE_READER,
        postgresql=BY_THE_READER,
    ),
)

CREATE = 'op.create_table("new", sa.Column("id", sa.Integer()))'
ADD_NEW = f'op.add_column("new", {X})'
INSERT_NEW = 'op.execute("INSERT INTO new (id) VALUES (1)")'

ORDERS = (
    Spelling("created before", f"{CREATE}\n{ADD_NEW}", faulty=False),
    Spelling("created before, with rows", f"{CREATE}\n{INSERT_NEW}\n{ADD_NEW}"),
    Spelling(
        "created before, rows by bulk_insert",
        f'new = {CREATE}\nop.bulk_insert(new, [{{"id": 1}}])\n{ADD_NEW}',
    ),
    Spelling(
        "created before, rows later",
        f"{CREATE}\n{ADD_NEW}\nop.execute(\"INSERT INTO new (id, x) VALUES (1, 'a')\")",
        faulty=False,
    ),
    Spelling(
        "created before in a loop",
        f'for name in ("new", "newer"):\n    op.create_table(name, sa.Column("id", sa.Integer()))\n    op.add_column(name, {X})',
        faulty=False,
    ),
    Spelling(
        "created before from a query",
        f'op.execute("CREATE TABLE new AS SELECT id FROM accounts")\n{ADD_NEW}',
    ),
    Spelling(
        "created before by SQL",
        f'op.execute("CREATE TABLE new (id INTEGER)")\n{ADD_NEW}',
        faulty=False,
    ),
    Spelling("another is created before", f"{CREATE}\n{ADD}"),
    Spelling("emptied before", f'op.execute("DELETE FROM accounts")\n{ADD}', faulty=False),
    Spelling("emptied after", f'{ADD}\nop.execute("DELETE FROM accounts")'),
    Spelling("emptied in part", f'op.execute("DELETE FROM accounts WHERE id = 1")\n{ADD}'),
    Spelling(
        "emptied, filled again",
        f'op.execute("DELETE FROM accounts")\nop.execute("INSERT INTO accounts (id) SELECT id FROM guests")\n{ADD}',
    ),
    Spelling("another is emptied", f'op.execute("DELETE FROM guests")\n{ADD}'),
    Spelling(
        "emptied within the batch",
        f'with op.batch_alter_table("accounts") as batch_op:\n    batch_op.add_column({X})\n    op.execute("DELETE FROM accounts")',
        faulty=False,
    ),
    Spelling(
        "dropped and created again",
        f'op.drop_table("accounts")\nop.create_table("accounts", sa.Column("id", sa.Integer()))\n{ADD}',
        faulty=False,
    ),
    Spelling(
        "created and renamed",
        f'{CREATE}\nop.rename_table("new", "newer")\nop.add_column("newer", {X})',
        faulty=False,
    ),
    Spelling("renamed", f'op.rename_table("accounts", "clients")\nop.add_column("clients", {X})'),
    Spelling(
        "renamed, another takes its name",
        f'op.rename_table("accounts", "clients")\nop.create_table("accounts", sa.Column("id", sa.Integer()))\n{ADD}',
        faulty=False,
    ),
    Spelling(
        "filled by Python's doing after", f"{ADD}\nop.execute(\"UPDATE accounts SET x = 'a'\")"
    ),
    Spelling(
        "nullable, filled, required",
        'op.add_column("accounts", sa.Column("x", sa.Text()))\nop.execute("UPDATE accounts SET x = \'a\'")\nwith op.batch_alter_table("accounts") as batch_op:\n    batch_op.alter_column("x", existing_type=sa.Text(), nullable=False)',
        faulty=False,
    ),
    Spelling("added and dropped", f'{ADD}\nop.drop_column("accounts", "x")'),
    Spelling(
        "in the branch that is taken",
        f'if op.get_context().dialect.name in ("sqlite", "postgresql"):\n    {ADD}',
    ),
    Spelling(
        "behind a return",
        f"if op.get_bind() is not None:\n    return\n{ADD}",
        sqlite="the rule follows every branch: the upgrade fails in offline mode's SQL",
        postgresql="the rule follows every branch: the upgrade fails in offline mode's SQL",
    ),
    Spelling("behind what is never true", f"if False:\n    {ADD}", faulty=False),
    Spelling("tried, the error let go", f"try:\n    {ADD}\nexcept ValueError:\n    pass"),
)

OPS = f"""import sqlalchemy as sa
from alembic import op


def add(table, nullable=False):
    op.add_column(table, sa.Column("x", sa.Text(), nullable=nullable))


def fill(bind, table):
    bind.execute(sa.text(f"UPDATE {{table}} SET x = 'a'"))


def empty(table):
    op.execute(f"DELETE FROM {{table}}")


def require(table, column="x"):
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column, existing_type=sa.Text(), nullable=False)


def each(operations, tables, column):
    for table in tables:
        operations.add_column(table, column)


def among(tables, do):
    for table in tables:
        do(table)


def made():
    return {X}


class Change:
    def __init__(self, table):
        self.table = table

    def up(self, nullable=False):
        add(self.table, nullable)
"""
FILES = (
    ("shared_steps/__init__.py", "from .again import add as put\n"),
    ("shared_steps/again.py", "from shared_steps.steps import *\n"),
    ("shared_steps/steps.py", OPS),
)
STEPS = "from shared_steps.steps import Change, add, among, each, empty, fill, made, require"


def elsewhere(name: str, lines: str, *, faulty: bool = True, before: str = "") -> Spelling:
    """Return an upgrade that does its work in functions of other files."""
    return Spelling(name, lines, f"{STEPS}\n{before}".rstrip(), faulty, others=FILES)


ELSEWHERE = (
    elsewhere("a helper of another file", 'add("accounts")'),
    elsewhere("by keyword", 'add(table="accounts", nullable=False)'),
    elsewhere("what it is told", 'add("accounts", nullable=True)', faulty=False),
    elsewhere("handed op", f'each(op, ["accounts"], {X})'),
    elsewhere("a column from there", 'op.add_column("accounts", made())'),
    elsewhere("a function handed over", 'among(["accounts"], lambda table: add(table))'),
    elsewhere(
        "its own function handed over",
        'among(["accounts"], put)',
        before=f"\n\ndef put(table):\n    op.add_column(table, {X})",
    ),
    elsewhere("a class of another file", 'Change("accounts").up()'),
    elsewhere("a class that is told", 'Change("accounts").up(nullable=True)', faulty=False),
    elsewhere("emptied there", f'empty("accounts")\n{ADD}', faulty=False),
    elsewhere("emptied there after", f'{ADD}\nempty("accounts")'),
    elsewhere(
        "all three there",
        'add("accounts", True)\nfill(op.get_bind(), "accounts")\nrequire("accounts")',
        faulty=False,
    ),
    elsewhere(
        "a table made here",
        f'op.create_table("t", {X})\nadd("t")'.replace('"x"', '"y"', 1),
        faulty=False,
    ),
    Spelling(
        "handed on through a package",
        'put("accounts")',
        "from shared_steps import put",
        others=FILES,
    ),
    Spelling(
        "by the package's name",
        'shared_steps.steps.add("accounts")',
        "import shared_steps.steps",
        others=FILES,
    ),
)

SPELLINGS = (*FAULTS, *TWINS, *ORDERS, *ELSEWHERE)
