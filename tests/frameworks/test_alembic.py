"""What a revision is read as: its operations in order."""

from textwrap import dedent

import pytest

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    CallElsewhere,
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
from turnstay_lint.frameworks.alembic.revision import Revision, revision_of
from turnstay_lint.source.file import SourceFile

HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\n"


def revision(text: str, path: str = "alembic/versions/0001.py") -> Revision:
    found = revision_of(SourceFile.from_text(path, text))
    assert found is not None
    return found


def changes(*lines: str, before: str = "") -> list[Change]:
    body = "".join(f"    {line}\n" for line in lines)
    read = revision(f"{HEAD}{dedent(before)}\n\ndef upgrade():\n{body}")
    return [operation.change for operation in read.upgrades[0]]


def added(*lines: str, before: str = "") -> list[str]:
    return [
        f"{change.table}.{change.column.name}"
        for change in changes(*lines, before=before)
        if isinstance(change, AddColumn)
    ]


ACCOUNTS = Table("accounts")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("op.drop_column('accounts', 'x')", DropColumn(ACCOUNTS, "x")),
        ("op.drop_table('accounts', schema='s')", DropTable(Table("accounts", "s"))),
        ("op.drop_table('accounts', schema=s)", DropTable(Table("accounts", "?"))),
        ("op.rename_table('a', 'b', schema='s')", RenameTable(Table("a", "s"), Table("b", "s"))),
        ("op.alter_column('accounts', 'x', nullable=False)", AlterColumn(ACCOUNTS, "x", False)),
        (
            "op.alter_column('accounts', 'x', new_column_name='y')",
            AlterColumn(ACCOUNTS, "x", renamed_to="y"),
        ),
        (
            "op.create_index(op.f('ix'), 'accounts', ['x'])",
            OtherChange("create_index", ACCOUNTS, Part("index", "ix", True, ("x",), final=True)),
        ),
        (
            "op.create_index('ix', 'accounts', [sa.text('lower(x)')], if_not_exists=True)",
            OtherChange("create_index", ACCOUNTS, Part("index", "ix", True, if_needed=True)),
        ),
        (
            "op.create_foreign_key('fk', 'a', 'o', ['x'], ['id'], source_schema='s')",
            OtherChange(
                "create_foreign_key", Table("a", "s"), Part("foreignkey", "fk", True, ("x",))
            ),
        ),
        (
            "op.drop_constraint('uq', 'accounts', if_exists=True)",
            OtherChange(
                "drop_constraint", ACCOUNTS, Part("constraint", "uq", False, if_needed=True)
            ),
        ),
        ("op.create_table_comment('accounts', 'x')", OtherChange("create_table_comment", ACCOUNTS)),
        (
            "op.alter_column('accounts', 'x', type_=sa.Text(), comment=None)",
            AlterColumn(ACCOUNTS, "x", besides=("type", "comment")),
        ),
        ("op.drop_column('accounts', 'x', if_exists=True)", DropColumn(ACCOUNTS, "x", True)),
        ("sa.MetaData().drop_all()", Unanalyzable("drop_all drops whatever tables are there")),
        ("op.bulk_insert(sa.table('accounts'), [{}])", ChangeRows(ACCOUNTS, Rows.INSERT)),
        (
            "op.execute(sa.update(sa.table('accounts')).values(x=1))",
            ChangeRows(ACCOUNTS, Rows.UPDATE, ("x",), True),
        ),
        (
            "op.execute(sa.table('accounts').update().where(c).values({'x': 1}))",
            ChangeRows(ACCOUNTS, Rows.UPDATE, ("x",), False),
        ),
        (
            "op.execute('UPDATE accounts SET x = 1, y = :y WHERE x IS NULL')",
            ChangeRows(ACCOUNTS, Rows.UPDATE, ("x", "y"), False),
        ),
        (
            "op.execute('WITH q AS (SELECT 1) UPDATE accounts SET x = 1')",
            ChangeRows(ACCOUNTS, Rows.UPDATE, ("x",), True),
        ),
        (
            "op.execute('ALTER TABLE accounts ALTER x SET NOT NULL')",
            AlterColumn(ACCOUNTS, "x", False, in_sql=True),
        ),
        ("op.execute('ALTER TABLE accounts DROP COLUMN x')", DropColumn(ACCOUNTS, "x")),
        (
            "op.execute('ALTER TABLE s.a RENAME TO b')",
            RenameTable(Table("a", "s"), Table("b", "s")),
        ),
        (
            "op.execute('INSERT INTO accounts (x) SELECT 1')",
            ChangeRows(ACCOUNTS, Rows.INSERT, ("x",)),
        ),
        ("op.execute('DROP TABLE IF EXISTS s.accounts')", DropTable(Table("accounts", "s"), True)),
        (
            "op.execute('CREATE INDEX CONCURRENTLY i ON a (b)')",
            OtherChange("create_index", Table("a"), Part("index", "i", True, ("b",), final=True)),
        ),
        (
            "op.execute('DROP INDEX IF EXISTS s.i')",
            OtherChange("drop_index", None, Part("index", "i", False, if_needed=True)),
        ),
        (
            "op.execute('ALTER TABLE accounts ADD CONSTRAINT c UNIQUE (x, y)')",
            OtherChange(
                "create_constraint", ACCOUNTS, Part("unique", "c", True, ("x", "y"), final=True)
            ),
        ),
        (
            "op.execute('ALTER TABLE accounts DROP CONSTRAINT c')",
            OtherChange("drop_constraint", ACCOUNTS, Part("constraint", "c", False)),
        ),
        (
            "op.execute('ALTER TABLE accounts ALTER x TYPE text')",
            AlterColumn(ACCOUNTS, "x", in_sql=True, besides=("type",)),
        ),
        (
            "op.execute('ALTER TABLE accounts ALTER x DROP DEFAULT')",
            AlterColumn(ACCOUNTS, "x", in_sql=True, besides=("server_default",)),
        ),
        ("op.execute('DROP SCHEMA s CASCADE')", OtherChange("drop_schema")),
        ("op.execute('DROP TYPE s CASCADE')", OtherChange("drop_cascade")),
        ("op.execute('DROP TYPE s')", OtherChange("Drop")),
        (
            "sa.orm.Session(op.get_bind()).query(Model).delete()",
            ChangeRows(ACCOUNTS, Rows.DELETE, everywhere=True),
        ),
        (
            "sa.orm.Session(op.get_bind()).query(Model).filter_by(a=1).delete()",
            ChangeRows(ACCOUNTS, Rows.DELETE),
        ),
        ("print_it(1)", CallElsewhere("app.tools.print_it")),
        ("create_table('a', 1)", CallElsewhere("app.tools.create_table", ("a",))),
    ],
)
def test_one_operation(line: str, expected: Change) -> None:
    model = """
    import sqlalchemy.orm
    from app.tools import create_table, print_it


    class Model(Base):
        __tablename__ = "accounts"
    """
    assert changes(line, before=model) == [expected]


def test_a_table_with_its_columns() -> None:
    (created,) = changes(
        "op.create_table('accounts', *COLUMNS)", before="COLUMNS = [sa.Column('a')]"
    )
    assert isinstance(created, CreateTable)
    assert [column.name for column in created.columns] == ["a"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["for t in TABLES: op.add_column(t, X)"], ["a.x", "b.x"]),
        (["for i, t in enumerate(TABLES): op.add_column(f'{t}{i}', X)"], ["a0.x", "b1.x"]),
        (["for t, n in PAIRS.items(): op.add_column(t, sa.Column(n))"], ["a.k", "b.l"]),
        (["for n in range(2): op.add_column('t%d' % n, X)"], ["t0.x", "t1.x"]),
        (["[op.add_column(t, X) for t in reversed(TABLES) if t != 'b']"], ["a.x"]),
        (["columns = []", "columns.append(X)", "op.add_column('t', columns[0])"], ["t.x"]),
        (["name = 'a'", "name += '_b'", "op.add_column(name, X)"], ["a_b.x"]),
        (["op.add_column('{}_{n}'.format('a', n='b'), X)"], ["a_b.x"]),
        (["op.add_column('-'.join(TABLES), X)"], ["a-b.x"]),
        (["op.add_column('t' if TABLES else 'u', X)"], ["t.x"]),
        (["if False: op.add_column('t', X)", "else: op.add_column('u', X)"], ["u.x"]),
        (["if unknown: return", "op.add_column('u', X)"], ["u.x"]),
        (["raise NotImplementedError", "op.add_column('u', X)"], []),
        (["while more(): op.add_column('t', X)"], ["t.x"]),
        (["for t in unknown(): op.add_column('t', X)"], ["t.x"]),
        (["match x:", "    case 1: op.add_column('t', X)", "    case _: pass"], ["t.x"]),
        (["add = op.add_column", "add('t', X)"], ["t.x"]),
        (["functools.partial(op.add_column, 't')(X)"], ["t.x"]),
        (["(lambda t: op.add_column(t, X))('t')"], ["t.x"]),
        (["helper('t', columns=[X])"], ["t.x"]),
        (["helper(**{'table': 't', 'columns': (X,)})"], ["t.x"]),
        (["helper(*('t', [X]))"], ["t.x"]),
        (["nested('t')"], ["t_.x"]),
        (["spread('t', X, X.copy(), unused=1)"], ["t.x", "t.x"]),
        (["op.run_async(asynchronous, 't')"], ["t.x"]),
        (["operations = Operations(context)", "operations.add_column('t', X)"], ["t.x"]),
        (["with contextlib.ExitStack() as s:", "    b = s.enter_context("
          "op.batch_alter_table('t'))", "    b.add_column(X)"], ["t.x"]),
        (["batch_of('t').add_column(X)"], ["a table.x"]),
        (["op.add_column(sa.quoted_name('t', True), X)"], ["t.x"]),
        (["recursive(3)"], ["t.x"]),
    ],
)  # fmt: skip
def test_what_is_followed(lines: list[str], expected: list[str]) -> None:
    before = """
    import contextlib
    import functools
    from alembic.operations import Operations

    TABLES = ("a", "b")
    PAIRS: dict[str, str] = {"a": "k", **{"b": "l"}}
    X = sa.Column("x", sa.Integer)


    def helper(table, columns=()):
        for column in columns:
            op.add_column(table, column)


    def nested(table):
        def inner(suffix="_"):
            return helper(table + suffix, [X])

        return inner()


    def spread(table, *columns, **options):
        for column in columns:
            op.add_column(table, column)


    async def asynchronous(connection, table):
        op.add_column(table, X)


    def recursive(n):
        op.add_column("t", X)
        recursive(n - 1)
    """
    assert added(*lines, before=before) == expected


def test_what_waits_for_the_end_of_a_batch() -> None:
    found = changes(
        "with op.batch_alter_table('accounts') as batch_op:",
        "    batch_op.drop_column('x')",
        "    op.execute('UPDATE accounts SET y = 1')",
        "    batch_op.alter_column('y', nullable=False)",
        "op.drop_table('t')",
    )
    kinds = [type(change) for change in found]
    assert kinds == [ChangeRows, DropColumn, AlterColumn, DropTable]


def test_branches_tell_in_which_arm_an_operation_lies() -> None:
    read = revision(
        f"{HEAD}def upgrade():\n"
        "    if postgresql():\n        op.drop_table('a')\n"
        "    else:\n        op.drop_table('b')\n"
        "    op.drop_table('c')\n"
    )
    arms = [[(a.number, a.count) for a in o.arms] for o in read.upgrades[0] if o.arms]
    assert arms == [[(0, 2)], [(1, 2)]]


def test_what_waits_in_a_batch_keeps_its_branch_and_its_batch() -> None:
    read = revision(
        f"{HEAD}def upgrade():\n"
        "    with op.batch_alter_table('a') as batch_op:\n"
        "        if postgresql():\n            batch_op.drop_column('x')\n"
        "    op.drop_column('a', 'y')\n"
    )
    batched, plain = read.upgrades[0]
    assert [(arm.number, arm.count) for arm in batched.arms] == [(0, 2)]
    assert batched.batch is not None and batched.batch.call.lineno == 6
    assert plain.batch is None and not plain.arms


@pytest.mark.parametrize(
    ("lines", "guarded"),
    [
        (["if known(): return", "op.drop_table('t')"], [True]),
        (["if not known(): raise ValueError", "op.drop_table('t')"], [False]),
        (["for x in 'ab': pass", "op.drop_table('t')"], [False]),
        (
            ["for x in ['a', 'b']:", "    if known(x): continue", "    op.drop_table(x)",
             "op.drop_table('t')"],
            [True, True, False],
        ),
        (["helper('a')", "op.drop_table('t')"], [True, False]),
        (
            ["found = []", "for x in unknown(): found.append(x)", "if not found: return",
             "for x in found: op.drop_table(x)", "op.drop_table('t')"],
            [True, True],
        ),
    ],
)  # fmt: skip
def test_what_comes_after_a_branch_that_may_have_left(
    lines: list[str], guarded: list[bool]
) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    helper = "def helper(t):\n    if known(t):\n        return\n    op.drop_table(t)\n\n\n"
    read = revision(f"{HEAD}{helper}def upgrade():\n{body}")
    assert [operation.guarded for operation in read.upgrades[0]] == guarded


def test_the_calls_that_lead_to_an_operation() -> None:
    read = revision(
        f"{HEAD}def drop(table):\n    op.drop_table(table)\n\n\ndef upgrade():\n    drop('t')\n"
    )
    (operation,) = read.upgrades[0]
    assert operation.call.lineno == 6
    assert [caller.lineno for caller in operation.callers] == [10]
    assert operation.scope.qualname == "drop"


def test_a_string_with_a_hole_keeps_what_is_known() -> None:
    (changed,) = changes("op.execute(f'DELETE FROM {schema}.accounts WHERE id IN {ids}')")
    assert changed == ChangeRows(Table("accounts", "?"), Rows.DELETE)


@pytest.mark.parametrize(
    "text",
    [
        "def upgrade():\n    pass\n",
        "import alembic\n\nx = 1\n",
        "from app import op\n\nop.add_column('t', 'x')\n",
        "class Table:\n    def upgrade(self): ...\n",
    ],
)
def test_what_is_no_revision(text: str) -> None:
    assert revision_of(SourceFile.from_text("app/module.py", text)) is None


def test_the_template_for_several_databases() -> None:
    read = revision(
        f"{HEAD}def upgrade(engine_name):\n    globals()['upgrade_%s' % engine_name]()\n\n\n"
        "def upgrade_billing():\n    op.drop_table('t')\n"
    )
    assert [[o.change for o in way] for way in read.upgrades] == [[], [DropTable(Table("t"))]]


@pytest.mark.parametrize(
    "line",
    [
        "x = 1 / 0",
        "x = [][3]",
        "x = {}['a']",
        "f(*a, **b)",
        "op.add_column()",
        "op.execute()",
        "op.invoke()",
        "op.create_table(*unknown)",
        "with a as (b, c): pass",
        "for a, *b in [(1, 2, 3)]: op.drop_table(b)",
        "del x",
        "global y; y = 1",
        "op.execute('\\x00')",
        "op.execute(b'SELECT')",
        "op.execute('%s %(a)s' % {})",
        "op.execute('{a.b} {0[1]} {!r:>{w}}'.format(1))",
        "'a'.join(1)",
        "range('a'); range(0, 9, 0); zip(); enumerate(3)",
        "x: int",
        "a.b = c[d] = op",
        "try: pass\n    except* ValueError: op.drop_table('t')",
    ],
)
def test_nothing_makes_it_fail(line: str) -> None:
    assert isinstance(changes(line), list)


def test_without_a_parser_sql_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pgparse", None)
    (change,) = changes("op.execute('ALTER TABLE t ADD COLUMN x int NOT NULL')")
    assert isinstance(change, Unanalyzable)
    assert "the extra `sql`" in change.reason


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ("for a in session.query(Model): a.x = 1", ("x",)),
        ("for a in session.query(Model).filter(Model.y == 1).all(): a.x = 1", ("x",)),
        ("for a in paged(session.query(Model)): a.x = 1", ("x",)),
        ("for a in session.scalars(sa.select(Model)): a.x = 1", ("x",)),
        ("session.query(Model).first().x = 1", ("x",)),
        ("session.bulk_update_mappings(Model, [{}])", ()),
    ],
)
def test_rows_of_a_query_that_get_new_values(line: str, columns: tuple[str, ...]) -> None:
    before = """
    import sqlalchemy.orm
    from sqlalchemy.orm import Session

    from app.paging import paged

    session = Session(op.get_bind())
    """
    found = [c for c in changes(line, before=before) if not isinstance(c, CallElsewhere)]
    assert found == [ChangeRows(Table(None), Rows.UPDATE, columns)]


def test_attributes_of_what_no_query_gave() -> None:
    assert changes("for column in COLUMNS: column.nullable = True", before="COLUMNS = [X()]") == []


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        (
            "class Steps:\n    def __init__(self, table):\n        self.table = table\n\n"
            "    def add(self, name):\n        op.add_column(self.table, self.column(name))\n\n"
            "    def column(self, name):\n        return sa.Column(name, sa.Text())\n",
            ["Steps('t').add('x')"],
        ),
        (
            "class Steps:\n    table = 't'\n\n    @staticmethod\n    def make():\n"
            "        return sa.Column('x')\n\n    @classmethod\n    def add(cls):\n"
            "        op.add_column(cls.table, cls.make())\n",
            ["Steps.add()"],
        ),
        (
            "class Base:\n    def add(self):\n        op.add_column(self.table, sa.Column('x'))\n\n\n"
            "class Steps(Base):\n    @property\n    def table(self):\n        return 't'\n",
            ["steps = Steps()", "steps.add()"],
        ),
        (
            "from dataclasses import dataclass\n\n\n@dataclass\nclass Steps:\n    table: str\n"
            "    name: str = 'x'\n\n    def add(self):\n"
            "        op.add_column(self.table, sa.Column(self.name))\n",
            ["for steps in [Steps('t')]: steps.add()"],
        ),
        (
            "class Steps:\n    def __call__(self, *, table):\n        self.table = table\n\n"
            "    def __enter__(self):\n        return self\n\n"
            "    def __exit__(self, *given):\n"
            "        op.add_column(self.table, sa.Column('x'))\n",
            ["with Steps() as steps: steps(table='t')"],
        ),
        (
            "TABLE = 'u'\n\n\ndef choose():\n    global TABLE\n    TABLE = 't'\n",
            ["choose()", "op.add_column(TABLE, sa.Column('x'))"],
        ),
        (
            "TABLE = ''\n\n\ndef more():\n    global TABLE\n    TABLE += 't'\n",
            ["more()", "op.add_column(TABLE, sa.Column('x'))"],
        ),
        (
            "def around():\n    name = 'u'\n\n    def inner():\n        nonlocal name\n"
            "        name = 't'\n\n    inner()\n    op.add_column(name, sa.Column('x'))\n",
            ["around()"],
        ),
    ],
)
def test_classes_of_a_revision_and_variables_of_the_module(before: str, lines: list[str]) -> None:
    assert added(*lines, before=before) == ["t.x"]


def test_a_class_that_derives_from_something_else_is_followed_where_it_can_be() -> None:
    before = (
        "from tools import Steps\n\n\nclass Own(Steps):\n    def add(self):\n"
        "        op.add_column('t', sa.Column('x'))\n"
    )
    assert [type(change) for change in changes("Own().add()", "Own().drop()", before=before)] == [
        AddColumn,
        CallElsewhere,
    ]
