import pytest

from tests.harness import Check

check = Check("TSL907", path="alembic/versions/0002_add_status.py")
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\n"


def upgrading(*lines: str) -> str:
    return f"{HEAD}def upgrade():\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('«op.execute("DO $$ BEGIN END $$")»', "a DO block"),
        ('«op.execute("ALTER TABLE t MODIFY x int")»', "SQL that PostgreSQL cannot read"),
        ("«op.execute(statement)»", "not written where it is sent"),
        ("«op.execute(sa.text(read_file()))»", "the SQL text is not written"),
        ("«op.create_view('v')»", "op.create_view is no operation of Alembic's own"),
        ("«op.invoke(operation)»", "the operation that op.invoke is given"),
        ("«op.add_column('t', column)»", "the column that is added could not be read"),
        ("«op.add_column('t', sa.Column('x', sa.Text, nullable=n))»", "`t.x` may be NULL"),
        (
            "«op.add_column('t', sa.Column('x', sa.Text, nullable=False, server_default=d))»",
            "whether `t.x` is filled",
        ),
        ("«op.alter_column('t', 'x', nullable=n)»", "whether the column becomes NOT NULL"),
        ("«getattr(tools, name)(op)»", "a function of another file is handed the operations"),
    ],
)
def test_an_operation_that_cannot_be_read(line: str, message: str) -> None:
    check.flags(upgrading(line), after=None, reason="a person has to read it", message=message)


def test_a_helper_of_another_file() -> None:
    others = {
        "app/tools.py": "from alembic import op\n\n\n"
        "def add(table):\n    inner(table)\n\n\ndef inner(table):\n    op.add_column(table)\n\n\n"
        "def look(table):\n    return op.get_bind()\n"
    }
    check.with_(others=others).flags(
        """
        from app.tools import add, look


        def upgrade():
            look("t")
            «add("t")»
        """,
        after=None,
        message="the column that is added could not be read",
    )


ADDING = """
    import sqlalchemy as sa
    from alembic import op


    def add(table):
        op.add_column(table, sa.Column("x", sa.Text()))
"""


def test_a_helper_of_another_file_that_can_be_read() -> None:
    check.with_(others={"app/tools.py": ADDING}).clean("""
        from app.tools import add


        def upgrade():
            add("t")
    """)


@pytest.mark.parametrize(
    "helper",
    [
        # It never ends.
        "def add(table):\n    for a in range(400):\n        for b in range(400):\n"
        "            op.drop_column(table, b)\n",
        # What it is, its condition alone knows.
        "def one(table):\n    op.drop_column(table, 'x')\n\n\nadd = choose(one)\n\n\n"
        "if fast:\n    def add(table):\n        op.drop_column(table, 'x')\n"
        "else:\n    def add(table):\n        op.drop_column(table, 'y')\n",
        "from functools import wraps\n\n\ndef add(table):\n    op.drop_column(table, 'x')\n\n\n"
        "add = wraps(add)\n",
    ],
)
def test_a_helper_of_another_file_that_cannot_be_followed(helper: str) -> None:
    others = {"app/tools.py": f"from alembic import op\n\n\n{helper}"}
    check.with_(others=others).flags(
        """
        from app.tools import add


        def upgrade():
            «add("t")»
        """,
        after=None,
        message="`app.tools.add` makes its operations in another file",
    )


@pytest.mark.parametrize(
    "line",
    [
        "op.create_index(op.f('ix'), 't', ['x'])",
        "op.execute('SELECT 1')",
        "op.execute('PRAGMA foreign_keys=OFF')",
        "op.execute(sa.select(sa.column('x')))",
        "op.get_bind().execute(sa.table('t').update().values(x=1))",
        "op.execute(sa.text('UPDATE t SET a = :a WHERE b IN :b').bindparams(a=1))",
        "op.sync_enum_values('public', 'status', ['a'], [])",
        "op.add_column('t', sa.Column('x', sa.Text, nullable=n, server_default='a'))",
        "print(sa.inspect(op.get_bind()).get_columns('t'))",
    ],
)
def test_an_operation_that_can_be_read(line: str) -> None:
    check.clean(upgrading(line))


def test_a_revision_that_does_not_come_to_an_end() -> None:
    found = check.findings(
        upgrading("for a in range(400):", "    for b in range(400):", "        print(a, b)")
    )
    assert "more steps than are followed" in found[0].message
