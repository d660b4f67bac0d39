from textwrap import dedent, indent

import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL904", path="alembic/versions/0002_change.py")
BACK = 'op.drop_column("t", "x")'
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\n"


def revision(up: str, down: str) -> str:
    """Return a revision of two bodies."""
    bodies = [indent(dedent(body).strip("\n"), "    ") for body in (up, down)]
    return f"{HEAD}def upgrade():\n{bodies[0]}\n\n\ndef «downgrade»():\n{bodies[1]}\n"


def flags(up: str, down: str, after: str | None, reason: str = "", message: str = "") -> None:
    """Assert that the downgrade is flagged, and what is in it after the fix."""
    fixed = None if after is None else revision(up, after).replace("«", "").replace("»", "")
    check.flags(revision(up, down), after=fixed, reason=reason, message=message, scope="downgrade")


def silent(up: str, down: str = "pass") -> None:
    check.clean(revision(up, down).replace("«", "").replace("»", ""))


@pytest.mark.parametrize(
    ("up", "back"),
    [
        ('op.add_column("t", sa.Column("x", sa.Text))', 'op.drop_column("t", "x")'),
        (
            'op.add_column("t", sa.Column("x", sa.Text), schema="s")',
            'op.drop_column("t", "x", schema="s")',
        ),
        ('op.create_table("t", sa.Column("x", sa.Text), schema="s")',
         'op.drop_table("t", schema="s")'),
        ('op.rename_table("t", "u", schema="s")', 'op.rename_table("u", "t", schema="s")'),
        ('op.create_index("ix", "t", ["x"])', 'op.drop_index("ix", table_name="t")'),
        (
            'op.create_index(op.f("ix"), "t", ["x"], unique=True, schema="s")',
            'op.drop_index(op.f("ix"), table_name="t", schema="s")',
        ),
        (
            'op.create_unique_constraint("uq", "t", ["x"])',
            'op.drop_constraint("uq", "t", type_="unique")',
        ),
        (
            'op.create_foreign_key("fk", "t", "o", ["x"], ["id"], source_schema="s")',
            'op.drop_constraint("fk", "t", type_="foreignkey", schema="s")',
        ),
        (
            'op.create_check_constraint(op.f("ck"), "t", "x > 0")',
            'op.drop_constraint(op.f("ck"), "t", type_="check")',
        ),
        (
            'op.create_primary_key("pk", "t", ["x"])',
            'op.drop_constraint("pk", "t", type_="primary")',
        ),
        (
            'op.create_exclude_constraint("ex", "t", ("x", "="))',
            'op.drop_constraint("ex", "t")',
        ),
        (
            'op.alter_column("t", "x", existing_type=sa.Text(), nullable=False)',
            'op.alter_column("t", "x", existing_type=sa.Text(), nullable=True)',
        ),
        (
            'op.alter_column("t", "x", new_column_name="y", existing_nullable=False)',
            'op.alter_column("t", "y", new_column_name="x", existing_nullable=False)',
        ),
        (
            'op.alter_column("t", "x", existing_type=sa.String(9), type_=sa.Text(), schema="s")',
            'op.alter_column("t", "x", existing_type=sa.Text(), type_=sa.String(9), schema="s")',
        ),
        (
            'op.alter_column("t", "x", server_default="1", existing_server_default=None)',
            'op.alter_column("t", "x", existing_server_default="1", server_default=None)',
        ),
        ('op.execute("ALTER TABLE s.t ADD COLUMN x int")', 'op.drop_column("t", "x", schema="s")'),
        (
            'op.execute("ALTER TABLE t ALTER COLUMN x SET NOT NULL")',
            'op.alter_column("t", "x", nullable=True)',
        ),
        (
            'op.execute("ALTER TABLE t RENAME COLUMN x TO y")',
            'op.alter_column("t", "y", new_column_name="x")',
        ),
        ('op.execute("CREATE INDEX ix ON t (x)")', 'op.drop_index(op.f("ix"), table_name="t")'),
        (
            'op.execute("ALTER TABLE t ADD CONSTRAINT ck CHECK (x > 0)")',
            'op.drop_constraint(op.f("ck"), "t", type_="check")',
        ),
    ],
)  # fmt: skip
def test_an_operation_and_its_inverse(up: str, back: str) -> None:
    flags(up, "pass", back, message="undoes nothing")
    silent(up, back)


def test_inverses_stand_in_reverse_order() -> None:
    flags(
        """
        op.create_table("t", sa.Column("id", sa.Integer))
        op.add_column("u", sa.Column("t_id", sa.Integer))
        op.create_foreign_key("fk", "u", "t", ["t_id"], ["id"])
        op.execute("UPDATE u SET t_id = 1")
        """,
        "pass",
        """
        op.drop_constraint("fk", "u", type_="foreignkey")
        op.drop_column("u", "t_id")
        op.drop_table("t")
        """,
        message="creates `t`, adds `u.t_id` and creates the foreign key `fk`",
    )


def test_batches_in_a_loop_over_a_helper() -> None:
    flags(
        """
        def add(table):
            with op.batch_alter_table(table, schema="s", recreate="always") as batch:
                batch.add_column(sa.Column("x", sa.Text))
                batch.create_index(batch.f(f"ix_{table}"), ["x"])
                batch.create_foreign_key(None, "o", ["x"], ["id"])

        for table in ("a", "b"):
            add(table)
        """,
        "...",
        """
        with op.batch_alter_table("b", schema="s", recreate="always") as batch_op:
            batch_op.drop_index(batch_op.f("ix_b"))
            batch_op.drop_column("x")
        with op.batch_alter_table("a", schema="s", recreate="always") as batch_op:
            batch_op.drop_index(batch_op.f("ix_a"))
            batch_op.drop_column("x")
        """,
    )


@pytest.mark.parametrize(
    ("down", "after"),
    [
        ("pass  # nothing", 'op.drop_column("t", "x")  # nothing'),
        ("return", 'op.drop_column("t", "x")'),
        ('"""Go back."""', '"""Go back."""\nop.drop_column("t", "x")'),
        ('"""Go back."""\npass', '"""Go back."""\nop.drop_column("t", "x")'),
        (
            "# ### commands auto generated ###\npass\n# ### end ###",
            '# ### commands auto generated ###\nop.drop_column("t", "x")\n# ### end ###',
        ),
    ],
)
def test_an_empty_downgrade(down: str, after: str) -> None:
    up = 'op.add_column("t", sa.Column("x", sa.Text))'
    flags(up, down, after)


@pytest.mark.parametrize("line", ["def «downgrade»(): pass", "def «downgrade»() -> None: ..."])
def test_a_downgrade_on_one_line(line: str) -> None:
    before = f'{HEAD}def upgrade():\n    op.add_column("t", sa.Column("x", sa.Text))\n\n\n{line}\n'
    head = line.replace("«", "").replace("»", "").rpartition(":")[0]
    first = before.partition("def «")[0]
    check.flags(before, after=f'{first}{head}:\n    op.drop_column("t", "x")\n')


def test_tabs_and_crlf_and_an_alias() -> None:
    before = (
        "from alembic import op as o\r\n\r\n\r\ndef upgrade():\r\n"
        '\twith o.batch_alter_table("t") as b:\r\n\t\tb.add_column(sa.Column("x", sa.Text))\r\n'
        "\r\n\r\ndef downgrade():\r\n\tpass\r\n"
    )
    assert check.fixed(before) == before.replace(
        "\tpass\r\n",
        '\twith o.batch_alter_table("t") as batch_op:\r\n\t\tbatch_op.drop_column("x")\r\n',
    )


def test_a_revision_without_a_downgrade() -> None:
    head = 'revision = "0002"\ndown_revision = "0001"\n\n\n'
    up = 'def «upgrade»() -> None:\n    op.add_column("t", sa.Column("x", sa.Text))\n'
    plain = up.replace("«", "").replace("»", "")
    check.flags(
        f"{HEAD}{head}{up}",
        after=f'{HEAD}{head}{plain}\n\ndef downgrade() -> None:\n    op.drop_column("t", "x")\n',
        message="there is no downgrade",
    )
    check.clean(f"{HEAD}{plain}")


UP = """
op.create_table("a", sa.Column("id", sa.Integer))
op.add_column("t", sa.Column("x", sa.Text))
op.create_index("ix", "t", ["x"])
op.add_column("t", sa.Column("y", sa.Text))
"""


@pytest.mark.parametrize(
    ("down", "after"),
    [
        (
            'op.drop_column("t", "y")\nop.drop_table("a")',
            'op.drop_column("t", "y")\nop.drop_index("ix", table_name="t")\n'
            'op.drop_column("t", "x")\nop.drop_table("a")',
        ),
        (
            'op.drop_index("ix")\nop.drop_column("t", "x")\nop.drop_column("t", "y")',
            'op.drop_index("ix")\nop.drop_column("t", "x")\nop.drop_column("t", "y")\n'
            'op.drop_table("a")',
        ),
        (
            '# first the table\nop.drop_table("a")\nop.drop_column("t", "x")',
            '# first the table\nop.drop_column("t", "y")\nop.drop_table("a")\n'
            'op.drop_column("t", "x")',
        ),
        (
            'op.drop_column("t", "x")\nop.execute("UPDATE u SET z = (SELECT y FROM t)")\n'
            'op.drop_table("a")\nreturn',
            'op.drop_column("t", "x")\nop.execute("UPDATE u SET z = (SELECT y FROM t)")\n'
            'op.drop_column("t", "y")\nop.drop_table("a")\nreturn',
        ),
    ],
)
def test_what_is_left_out_is_put_where_it_belongs(down: str, after: str) -> None:
    flags(UP, down, after, message="leaves out")


@pytest.mark.parametrize(
    ("up", "back"),
    [
        (
            'op.create_foreign_key("fk", "t", "a", ["x"], ["id"])',
            'op.drop_constraint("fk", "t", type_="foreignkey")',
        ),
        (
            'op.add_column("t", sa.Column("x", sa.Integer, sa.ForeignKey("a.id")))',
            'op.drop_column("t", "x")',
        ),
        ('op.create_table("b", sa.Column("id", sa.Integer))', 'op.drop_table("b")'),
    ],
)
def test_what_refers_to_a_table_goes_before_it(up: str, back: str) -> None:
    flags(
        f'op.create_table("a", sa.Column("id", sa.Integer))\n{up}',
        'op.drop_table("a")',
        f'{back}\nop.drop_table("a")',
    )


def test_many_things() -> None:
    lines = [f'op.add_column("t", sa.Column("{name}", sa.Text))' for name in "abcdef"]
    back = [f'op.drop_column("t", "{name}")' for name in "fedcba"]
    message = "adds `t.a`, adds `t.b`, adds `t.c` and does 3 things more"
    flags("\n".join(lines), "pass", "\n".join(back), message=message)


def test_an_order_in_which_there_is_no_place() -> None:
    flags(
        """
        op.rename_table("a", "t")
        op.add_column("t", sa.Column("y", sa.Text))
        op.create_index("iy", "t", ["y"])
        """,
        """
        op.rename_table("t", "a")
        op.drop_index("iy")
        """,
        None,
        reason="does not go back the way",
    )


@pytest.mark.parametrize(
    ("up", "reason"),
    [
        ('op.drop_column("t", "x")', "which type the column had"),
        ('op.drop_table("t")', "which columns the table had"),
        ('op.drop_index("ix", table_name="t")', "which columns the index had"),
        ('op.drop_constraint("uq", "t")', "what the constraint was"),
        ('op.create_foreign_key(None, "t", "o", ["x"], ["id"])', "no name"),
        ('op.add_column("t", sa.Column("x", sa.Text, index=True))', "naming convention"),
        ('op.add_column("t", sa.Column(name, sa.Text))', "names could be read"),
        ('op.add_column("t", sa.Column("x", sa.Text), schema=s)', "schema could not be read"),
        ('op.create_table("t", sa.Column("x", sa.Enum("a", name=e)))', "enumeration"),
        ('op.alter_column("t", "x", existing_type=sa.Text(), nullable=True)', "refuse them"),
        ('op.alter_column("t", "x", type_=sa.Text())', "existing_type="),
        (
            'op.alter_column("t", "x", type_=sa.Text(), existing_type=sa.Integer())',
            "how values become the old type",
        ),
        (
            'op.alter_column("t", "x", type_=Json(), existing_type=Mine())',
            "how values become the old type",
        ),
        (
            'op.alter_column("t", "x", type_=sa.Text(), existing_type=sa.String(9), '
            'postgresql_using="x")',
            "postgresql_using= has no certain inverse",
        ),
        ('op.alter_column("t", "x", server_default="1")', "existing_server_default="),
        (
            'd = "1"\nop.alter_column("t", "x", server_default=d, existing_server_default=None)',
            "`d` means something in the upgrade only",
        ),
        ('op.alter_column("t", "x", nullable=False, **kw)', "not written where it is called"),
        ('op.execute("ALTER TABLE t ALTER x TYPE text")', "does not say what it was"),
        (
            'with op.batch_alter_table("t", copy_from=t) as b:\n'
            '    b.add_column(sa.Column("x", sa.Text))',
            "its batch is given copy_from",
        ),
        (
            'for t in tables():\n    op.add_column("t", sa.Column("x", sa.Text))',
            "made on a condition",
        ),
        (
            'op.add_column("t", sa.Column("x", sa.Text))\nop.execute("DO $$ BEGIN END $$")',
            "could not be read",
        ),
        (
            'op.add_column("t", sa.Column("x", sa.Text))\nop.execute("CREATE VIEW v AS SELECT 1")',
            "whose inverse is not known",
        ),
        (
            'sa.Enum("a", name="e").create(op.get_bind())\n'
            'op.add_column("t", sa.Column("x", sa.Enum("a", name="e")))',
            "whose inverse is not known",
        ),
        (
            'try:\n    op.add_column("t", sa.Column("x", sa.Text))\nexcept ValueError:\n    pass',
            "tried only",
        ),
        (
            'op.add_column("t", sa.Column("x", sa.Text))\nop.drop_constraint("pk", "t")\n'
            'op.create_primary_key("pk", "t", ["x"])',
            "anew, and does not say what it was",
        ),
        ("op.add_column('t\"', sa.Column('x', sa.Text))", "not one to be written down"),
    ],
)
def test_what_has_no_certain_inverse(up: str, reason: str) -> None:
    flags(up, "pass", None, reason=reason)


def test_a_part_of_what_a_column_was() -> None:
    flags(
        'op.alter_column("t", "x", existing_type=sa.String(9), type_=sa.Text(), nullable=False)',
        'op.alter_column("t", "x", existing_type=sa.Text(), type_=sa.String(9))',
        None,
        reason="taken back in part",
        message="changes the type",
    )


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ('op.execute("UPDATE t SET x = 1")', "pass"),
        ("pass", "pass"),
        ('op.add_column("t", sa.Column("x", sa.Text))', "raise NotImplementedError"),
        ('op.add_column("t", sa.Column("x", sa.Text))', 'if t:\n    raise ValueError("no")'),
        ('op.add_column("t", sa.Column("x", sa.Text))', "refuse()"),
        ('op.add_column("t", sa.Column("x", sa.Text))', "op.execute(sql)"),
        ('op.add_column("t", sa.Column("x", sa.Text))', 'drop_everything("t")'),
        ('op.add_column("t", sa.Column("x", sa.Text))', "metadata.drop_all(op.get_bind())"),
        ('op.add_column("t", sa.Column("x", sa.Text))', 'op.execute("DROP TABLE t")'),
        ('op.add_column("t", sa.Column("x", sa.Text))', "[drop(t) for t in ('t',)]"),
        (
            'op.add_column("t", sa.Column("x", sa.Text))',
            'op.execute("ALTER TABLE public.t DROP COLUMN x")',
        ),
        (
            'op.add_column("t", sa.Column("x", sa.Text))\nop.create_index("ix", "t", ["x"])',
            'op.drop_column("t", "x")',
        ),
        (
            'op.create_index("ix", "t", ["x"])',
            'with op.batch_alter_table("t") as b:\n    b.drop_index("ix")',
        ),
        ('op.create_index("ix", Model.name, ["x"])', "op.drop_table(Model.name)"),
        (
            'op.rename_table("a", "b")\nop.add_column("b", sa.Column("x", sa.Text))',
            'op.rename_table("b", "a")\nop.drop_column("a", "x")',
        ),
        (
            'op.alter_column("t", "x", new_column_name="y")\n'
            'op.alter_column("t", "y", nullable=False)',
            'op.alter_column("t", "y", new_column_name="x")\n'
            'op.alter_column("t", "x", nullable=True)',
        ),
        ('op.drop_column("t", "x")', 'op.add_column("t", sa.Column("x", sa.Text))'),
        ('op.drop_table("t")', 'op.execute("CREATE TABLE t ()")'),
        ('op.drop_constraint("fk", "t")', 'op.create_foreign_key(None, "t", "o", ["x"], ["id"])'),
        (
            'op.drop_constraint("fk", "t")\nop.drop_column("t", "x")',
            'op.add_column("t", sa.Column("x", sa.Integer, sa.ForeignKey("o.id")))',
        ),
        ('op.create_table("t", sa.Column("x"))\nop.drop_table("t")', "pass"),
        ('op.add_column("t", sa.Column("x"))\nop.drop_column("t", "x")', "pass"),
        (
            'op.drop_constraint("fk", "t")\nop.execute("UPDATE t SET x = 1")\n'
            'op.create_foreign_key("fk", "t", "o", ["x"], ["id"])',
            "pass",
        ),
        (
            'op.add_column("t", sa.Column("new", sa.Text))\nop.drop_column("t", "x")\n'
            'op.alter_column("t", "new", new_column_name="x")',
            'op.alter_column("t", "x", type_=sa.Integer())',
        ),
        (
            'op.add_column("t", sa.Column("x", sa.Text))\n'
            'op.alter_column("t", "x", nullable=False, server_default=None)',
            'op.drop_column("t", "x")',
        ),
        (
            'op.add_column("t", sa.Column("x", sa.Text))\nop.create_index("ix", "t", ["x"])\n'
            'op.alter_column("t", "x", nullable=False)\nop.drop_column("t", "x")',
            "pass",
        ),
        (
            'op.create_table("t", sa.Column("x", sa.Text))\nop.create_index("ix", "t", ["x"])\n'
            'op.add_column("t", sa.Column("y", sa.Text))\nop.drop_table("t")',
            "pass",
        ),
        (
            'op.execute("ALTER INDEX a RENAME TO b")\nop.create_index("ix", "a", ["x"])',
            'op.execute("ALTER INDEX b RENAME TO a")\nop.execute("DROP INDEX ix")',
        ),
        ('op.drop_column("t", "x")', 'op.alter_column("t", "y", new_column_name="x")'),
        ('op.add_column("t", sa.Column("x"))', 'op.execute("ALTER TABLE t ATTACH PARTITION p")'),
        ('op.execute("CREATE TABLE IF NOT EXISTS t ()")', "pass"),
        (
            'op.execute("CREATE TABLE t (x int) PARTITION BY LIST (x)")\n'
            'op.execute("CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)")',
            'op.drop_table("t")',
        ),
        ('op.execute("DROP TABLE IF EXISTS t")', "pass"),
        ('if not there("t"):\n    op.add_column("t", sa.Column("x", sa.Text))', "pass"),
        ('if there("t"):\n    return\nop.add_column("t", sa.Column("x", sa.Text))', "pass"),
        ("op.execute(\"ALTER TYPE e ADD VALUE 'x'\")", "pass"),
        ('op.execute("CREATE EXTENSION IF NOT EXISTS vector")', "pass"),
        ('op.alter_column("t", "x", comment="y")', "pass"),
        ('op.execute("CREATE SCHEMA s; CREATE TABLE s.t ()")', 'op.execute("DROP SCHEMA s")'),
    ],
)
def test_what_is_taken_back_or_leaves_nothing(up: str, down: str) -> None:
    helpers = (
        "from elsewhere import drop_everything\n\n\ndef refuse():\n    raise ValueError\n\n\n"
        'def drop(table):\n    op.drop_column(table, "x")\n\n\n'
    )
    text = revision(up, down).replace("«", "").replace("»", "")
    check.clean(text.replace(HEAD, f"{HEAD}{helpers}"))


def test_a_helper_of_the_service() -> None:
    up = 'op.add_column("t", sa.Column("x", sa.Text))'
    text = revision(up, "log()").replace(HEAD, f"{HEAD}from app.tools import log\n\n\n")
    harmless = check.with_(others={"app/tools.py": "def log(): print(1)\n"})
    plain = text.replace("«", "").replace("»", "")
    harmless.flags(text, after=plain.replace("log()\n", f"log()\n    {BACK}\n"))
    using = check.with_(
        others={"app/tools.py": "from alembic import op\n\ndef log(): op.drop_table('t')\n"}
    )
    using.clean(text.replace("«", "").replace("»", ""))


def test_branches_that_all_do_it() -> None:
    flags(
        """
        if postgresql():
            op.add_column("t", sa.Column("x", sa.Text))
        else:
            with op.batch_alter_table("t") as batch_op:
                batch_op.add_column(sa.Column("x", sa.Text))
        """,
        "pass",
        None,
        reason="made on a condition",
    )


def test_each_database_has_its_way() -> None:
    before = f"""{HEAD}def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()


def downgrade(engine_name):
    globals()["downgrade_%s" % engine_name]()


def upgrade_billing():
    op.add_column("t", sa.Column("x", sa.Text))


def «downgrade_billing»():
    pass


def upgrade_users():
    op.add_column("u", sa.Column("x", sa.Text))


def downgrade_users():
    op.drop_column("u", "x")
"""
    plain = before.replace("«", "").replace("»", "")
    check.flags(before, after=plain.replace("pass", 'op.drop_column("t", "x")'))


def test_history_is_left_alone() -> None:
    settings = Settings(start_after="0002")
    head = 'revision = "0002"\ndown_revision = None\n\n\n'
    up = 'op.add_column("t", sa.Column("x", sa.Text))'
    text = revision(up, "pass").replace(HEAD, f"{HEAD}{head}")
    check.flags(text, after=text.replace("«", "").replace("»", "").replace("pass", BACK))
    check.with_(settings=settings).clean(text.replace("«", "").replace("»", ""))


TYPED = 'op.create_table("t", sa.Column("x", sa.Enum("a", "b", name="e")))'
DROPPED = 'sa.Enum(name="e").drop(op.get_bind())'
ON_POSTGRESQL = check.with_(others={"app/database.py": "import asyncpg\n"})


def test_a_table_that_is_missing_goes_with_its_type() -> None:
    flags(TYPED, "pass", f'op.drop_table("t")\n{DROPPED}')


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (TYPED, 'op.drop_table("t")'),
        (f"{TYPED}\nop.create_index('i', 't', ['x'])", 'op.drop_index("i")\nop.drop_table("t")'),
        (TYPED.replace("sa.Enum", "postgresql.ENUM"), 'op.drop_table("t")'),
        (TYPED.replace('"a", "b", name="e"', "states.E"), 'op.drop_table("t")'),
        ("op.execute(\"CREATE TYPE e AS ENUM ('a')\")", 'print("back")'),
    ],
)
def test_a_type_that_a_downgrade_leaves(up: str, down: str) -> None:
    before = revision(up, down).replace(
        HEAD,
        HEAD.replace("\n\n\n", "\nimport states\nfrom sqlalchemy.dialects import postgresql\n\n\n"),
    )
    after = before.replace("«", "").replace("»", "") + f"    {DROPPED}\n"
    check.flags(before, after=after, message="leaves the type `e` on PostgreSQL, and the next")


def test_a_type_that_a_downgrade_leaves_before_its_return() -> None:
    ON_POSTGRESQL.flags(
        revision(TYPED, 'op.drop_table("t")\nreturn'), after=None, reason="ends with a return"
    )


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (TYPED, f'op.drop_table("t")\n{DROPPED}'),
        (TYPED, 'op.drop_table("t")\nop.execute("DROP TYPE e")'),
        (TYPED, 'op.drop_table("t")\nstate.drop(op.get_bind())\nsa.Enum(name=e).drop(op.get_bind())'),
        (TYPED, "raise NotImplementedError"),
        (TYPED.replace('name="e"', 'name="e", native_enum=False'), 'op.drop_table("t")'),
        (TYPED.replace('name="e"', 'name="e", metadata=m'), 'op.drop_table("t")'),
        (TYPED.replace('name="e"', 'name="e", schema="s"'), 'op.drop_table("t")'),
        (TYPED.replace("sa.Enum", "postgresql.ENUM").replace('"e"', '"e", create_type=False'),
         'op.drop_table("t")'),
        (f"state = sa.Enum('a', name='e')\nstate.create(op.get_bind())\n{TYPED}", 'op.drop_table("t")'),
        (f"if there():\n    {TYPED}", 'op.drop_table("t")'),
        (f"{TYPED[:-1]}, if_not_exists=True)", 'op.drop_table("t")'),
        (f'op.execute("ALTER TYPE e RENAME TO f")\n{TYPED}', 'op.drop_table("t")'),
        (f'{TYPED}\nop.execute(statement)', 'op.drop_table("t")'),
    ],
)  # fmt: skip
def test_a_type_that_may_be_gone_or_have_been_there(up: str, down: str) -> None:
    ON_POSTGRESQL.clean(revision(up, down).replace("«", "").replace("»", ""))


def test_a_type_where_nothing_says_that_the_database_is_postgresql() -> None:
    silent(TYPED, 'op.drop_table("t")')


@pytest.mark.parametrize(
    "other",
    [
        TYPED.replace('"t"', '"other"'),
        'op.add_column("other", sa.Column("x", sa.Enum("a", "b", name="e")))',
        'sa.Enum("a", "b", name="e").create(op.get_bind())',
        "op.execute(\"CREATE TYPE e AS ENUM ('a')\")",
    ],
)
def test_a_type_that_another_revision_needs(other: str) -> None:
    text = f"{HEAD}down_revision = None\n\n\ndef upgrade():\n    {other}\n"
    beside = ON_POSTGRESQL.with_(others={"alembic/versions/0001.py": text})
    beside.clean(revision(TYPED, 'op.drop_table("t")').replace("«", "").replace("»", ""))
    beside.flags(revision(TYPED, "pass"), after=None, reason="another revision needs the type `e`")


def test_a_type_in_revisions_for_another_database() -> None:
    ON_POSTGRESQL.with_(path="alembic/versions/sqlite/0002.py").clean(
        revision(TYPED, 'op.drop_table("t")').replace("«", "").replace("»", "")
    )
