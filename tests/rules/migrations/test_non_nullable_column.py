import pytest

from tests.frameworks.column_spellings import REFUSING, TAKING, UNREADABLE
from tests.harness import Check, unmarked
from turnstay_lint.project.settings import Settings

check = Check("TSL901", path="alembic/versions/0002_add_status.py")

HEAD = "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy import func\n\n\n"


def upgrading(*lines: str, head: str = HEAD) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"{head}def upgrade():\n{body}"


def adding(column: str) -> str:
    return f'op.add_column("accounts", sa.Column("x", {column}))'


def flagged(*lines: str, head: str = HEAD) -> None:
    """What the lines mark is found; what becomes of it is another test's matter."""
    text, spans = unmarked(upgrading(*lines, head=head))
    found = check.findings(text)
    assert [finding.span for finding in found] == spans, [(f.span, f.message) for f in found]


def test_not_null_with_nothing_to_fill_it() -> None:
    check.flags(
        upgrading('op.add_column("accounts", sa.Column("status", sa.String(50), nullable=False))')
        .replace("op.add", "«op.add")
        .replace("))\n", "))»\n"),
        after=upgrading(
            'op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))'
        ),
        message="`accounts.status` is added NOT NULL with nothing to fill it",
        scope="upgrade",
    )


@pytest.mark.parametrize("column", REFUSING)
def test_columns_that_refuse_rows(column: str) -> None:
    flagged(f"«{adding(column)}»")


@pytest.mark.parametrize("column", [*TAKING, *UNREADABLE])
def test_columns_that_take_rows_or_cannot_be_read(column: str) -> None:
    check.clean(upgrading(adding(column)))


NOT_NULL = 'sa.Column("x", sa.String(50), nullable=False)'
NULL = NOT_NULL.replace("False", "True")


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("import sqlalchemy\nimport alembic\n\n\n", f"alembic.op.add_column('t', {NOT_NULL})"),
        ("from alembic import op as o\n\n\n", f"o.add_column(table_name='t', column={NOT_NULL})"),
        ("from alembic.op import add_column\n\n\n", f"add_column('t', {NOT_NULL})"),
        ("", f"op.add_column('t', {NOT_NULL})"),
        (
            "from alembic import op\nimport sqlalchemy as sa\n\n\n",
            'op.add_column("t", sa.schema.Column(name="x", type_=sa.String(50), nullable=False))',
        ),
        (
            "from alembic import op\nfrom alembic.operations.ops import AddColumnOp\n\n\n",
            f'op.invoke(AddColumnOp("t", {NOT_NULL}))',
        ),
    ],
)
def test_every_name_of_the_operation(head: str, line: str) -> None:
    source = upgrading(f"«{line}»", head=head)
    check.flags(source, after=upgrading(line.replace("=False", "=True"), head=head))


def test_columns_of_a_batch() -> None:
    check.flags(
        """
        from alembic import op
        import sqlalchemy as sa


        def upgrade():
            with op.batch_alter_table("accounts", schema="billing") as batch_op:
                batch_op.add_column(sa.Column("status", sa.String(50), nullable=True))
                «batch_op.add_column(sa.Column("kind", sa.String(50), nullable=False))»
        """,
        after="""
        from alembic import op
        import sqlalchemy as sa


        def upgrade():
            with op.batch_alter_table("accounts", schema="billing") as batch_op:
                batch_op.add_column(sa.Column("status", sa.String(50), nullable=True))
                batch_op.add_column(sa.Column("kind", sa.String(50), nullable=True))
        """,
        message="`billing.accounts.kind`",
    )


def test_a_column_made_elsewhere_is_found_where_it_is_added() -> None:
    found = check.flags(
        """
        status = sa.Column("status", sa.String(50), nullable=False)


        def upgrade():
            «op.add_column("accounts", status)»
            «op.add_column("guests", status.copy())»
        """,
        after="""
        status = sa.Column("status", sa.String(50), nullable=True)


        def upgrade():
            op.add_column("accounts", status)
            op.add_column("guests", status.copy())
        """,
    )
    assert [related.span.line for related in found[0].related] == [2]


def test_helpers_and_the_columns_that_they_return() -> None:
    check.flags(
        """
        def status_column(name="status", **options):
            return sa.Column(name, sa.String(50), nullable=False)


        def add(table, column):
            «op.add_column(table, column)»


        def upgrade():
            for table in ("accounts", "guests"):
                add(table, status_column())
            add("rooms", column=sa.Column("kind", sa.Text()))
        """,
        after="""
        def status_column(name="status", **options):
            return sa.Column(name, sa.String(50), nullable=True)


        def add(table, column):
            op.add_column(table, column)


        def upgrade():
            for table in ("accounts", "guests"):
                add(table, status_column())
            add("rooms", column=sa.Column("kind", sa.Text()))
        """,
        message="`accounts.status` and `guests.status`",
        scope="add",
    )


def test_loops_over_literals() -> None:
    check.flags(
        """
        COLUMNS = [("status", sa.String(50)), ("kind", sa.Integer())]


        def upgrade():
            for name, type_ in COLUMNS:
                «op.add_column("accounts", sa.Column(name, type_, nullable=False))»
            [«op.add_column("t", c)» for c in [sa.Column(n, sa.Text, nullable=False) for n in "ab"]]
        """.replace('"ab"', '("a", "b")'),
        after="""
        COLUMNS = [("status", sa.String(50)), ("kind", sa.Integer())]


        def upgrade():
            for name, type_ in COLUMNS:
                op.add_column("accounts", sa.Column(name, type_, nullable=True))
            [op.add_column("t", c) for c in [sa.Column(n, sa.Text, nullable=True) for n in "ab"]]
        """.replace('"ab"', '("a", "b")'),
    )


def test_a_nullability_that_others_share_is_not_rewritten() -> None:
    check.flags(
        """
        def add(table, nullable):
            «op.add_column(table, sa.Column("status", sa.String(50), nullable=nullable))»


        def upgrade():
            add("accounts", False)
            add("guests", True)
        """,
        after=None,
        reason="`nullable`, which others may share",
        message="`accounts.status` is",
    )


def test_a_column_that_a_new_table_has_too_is_not_rewritten() -> None:
    check.flags(
        """
        company = sa.Column("company_id", sa.Integer, nullable=False)


        def upgrade():
            op.create_table("rooms", company.copy())
            «op.add_column("accounts", company)»
        """,
        after=None,
        reason="also stands in a table without rows",
    )


def test_a_primary_key_that_nothing_fills() -> None:
    check.flags(
        upgrading('«op.add_column("t", sa.Column("key", sa.String(9), primary_key=True))»'),
        after=upgrading(
            'op.add_column("t", sa.Column("key", sa.String(9), primary_key=True, nullable=True))'
        ),
    )


@pytest.mark.parametrize(
    "before",
    [
        'op.create_table("accounts", sa.Column("id", sa.Integer))',
        'op.execute("CREATE TABLE accounts (id int)")',
        'op.execute("DELETE FROM accounts")',
        'op.execute(sa.text("TRUNCATE guests, public.accounts CASCADE"))',
        'op.get_bind().execute(sa.delete(sa.table("accounts")))',
        'sa.Table("accounts", sa.MetaData(), sa.Column("id", sa.Integer)).create(op.get_bind())',
        'op.create_table("people", sa.Column("id")); op.rename_table("people", "accounts")',
        "create_accounts(op.create_table)",
    ],
)
def test_a_table_that_has_no_rows_yet(before: str) -> None:
    head = f"{HEAD}def create_accounts(create):\n    create('accounts')\n\n\n"
    check.clean(upgrading(before, f'op.add_column("accounts", {NOT_NULL})', head=head))


@pytest.mark.parametrize(
    "before",
    [
        'op.create_table("accounts", schema="old")',
        'op.execute("DELETE FROM accounts WHERE id = 1")',
        'op.execute("DELETE FROM accounts USING guests WHERE guests.id = accounts.id")',
        'op.execute("CREATE TABLE accounts AS SELECT * FROM people")',
        'op.create_table("accounts"); op.execute("INSERT INTO accounts SELECT * FROM people")',
        'op.create_table("accounts"); op.bulk_insert(sa.table("accounts"), [{"id": 1}])',
        'if not exists("accounts"): op.create_table("accounts")',
        'op.execute(sa.delete(sa.table("accounts")).where(sa.column("id") == 1))',
    ],
)
def test_a_table_that_may_have_rows(before: str) -> None:
    flagged(before, f'«op.add_column("accounts", {NOT_NULL})»')


def test_a_table_that_is_created_afterwards() -> None:
    flagged(f'«op.add_column("accounts", {NOT_NULL})»', 'op.create_table("accounts")')


def test_a_table_created_in_every_arm() -> None:
    check.clean(
        upgrading(
            'if postgresql: op.create_table("accounts", sa.Column("id", sa.BigInteger))',
            'else: op.create_table("accounts", sa.Column("id", sa.Integer))',
            f'op.add_column("accounts", {NOT_NULL})',
        )
    )


def test_what_is_sent_in_a_batch_comes_before_it() -> None:
    check.clean(
        upgrading(
            'with op.batch_alter_table("accounts") as batch_op:',
            f"    batch_op.add_column({NOT_NULL})",
            '    op.execute("DELETE FROM accounts")',
        )
    )


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("ALTER TABLE accounts ADD COLUMN x varchar(5) NOT NULL")',
        'op.execute(sa.text("alter table accounts add x int not null default null"))',
        'op.get_bind().execute(sa.text("ALTER TABLE accounts ADD x text NOT NULL"))',
        'op.get_bind().exec_driver_sql("ALTER TABLE a ADD x int, ADD y int NOT NULL")',
        'op.execute(f"ALTER TABLE {table} ADD COLUMN {name} varchar({size}) NOT NULL")',
        'op.execute("ALTER TABLE %s ADD COLUMN x int NOT NULL" % table)',
        'op.execute("ALTER TABLE {} ADD COLUMN x int NOT NULL".format(table))',
        'op.execute("UPDATE t SET a = :a; ALTER TABLE t ADD COLUMN x int PRIMARY KEY")',
        'op.execute(sa.DDL("ALTER TABLE accounts ADD COLUMN x int NOT NULL"))',
        'op.execute("ALTER TABLE `accounts` ADD COLUMN `x` int NOT NULL")',
    ],
)
def test_sql(line: str) -> None:
    check.flags(upgrading(f"«{line}»"), after=None, reason="SQL is not rewritten")


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE accounts ADD COLUMN x int",
        "ALTER TABLE accounts ADD COLUMN x int NOT NULL DEFAULT 0",
        "ALTER TABLE accounts ADD COLUMN x int NOT NULL DEFAULT :value",
        "ALTER TABLE accounts ADD COLUMN x bigserial NOT NULL",
        "ALTER TABLE accounts ADD COLUMN x int GENERATED ALWAYS AS IDENTITY NOT NULL",
        "ALTER TABLE accounts ADD COLUMN x int GENERATED ALWAYS AS (id) STORED NOT NULL",
        "ALTER TABLE accounts ALTER COLUMN x SET NOT NULL",
        "ALTER TABLE accounts MODIFY x int NOT NULL",
        "DO $$ BEGIN ALTER TABLE accounts ADD COLUMN x int NOT NULL; END $$",
        "INSERT INTO notes VALUES ('ALTER TABLE accounts ADD COLUMN x int NOT NULL')",
        "CREATE TABLE accounts (x int NOT NULL)",
    ],
)
def test_sql_that_adds_no_such_column(sql: str) -> None:
    check.clean(upgrading(f'op.execute("""{sql}""")'))


def test_an_autocommit_block_and_a_try() -> None:
    flagged(
        "with op.get_context().autocommit_block():",
        f'    «op.add_column("accounts", {NOT_NULL})»',
        "try:",
        f'    «op.add_column("guests", {NOT_NULL})»',
        "finally:",
        f'    «op.add_column("rooms", {NOT_NULL})»',
    )


def test_a_fragment_at_top_level() -> None:
    check.with_(path="fragment.py").flags(
        "«op.add_column('accounts', sa.Column('required', sa.String(255), nullable=False))»\n",
        after="op.add_column('accounts', sa.Column('required', sa.String(255), nullable=True))\n",
    )


def test_every_upgrade_of_a_text_is_a_revision_of_its_own() -> None:
    check.with_(path="fragment.py").flags(
        f"""
        def upgrade():
            op.create_table("accounts")


        def upgrade():
            «op.add_column("accounts", {NOT_NULL})»
        """,
        after=f"""
        def upgrade():
            op.create_table("accounts")


        def upgrade():
            op.add_column("accounts", {NULL})
        """,
    )


def test_what_is_not_alembics() -> None:
    check.clean(
        """
        from rich.table import Table


        def upgrade():
            table = Table()
            table.add_column("x", nullable=False)
            session.query(Account).add_column(Account.id)
        """
    )


def test_a_downgrade_is_another_rules() -> None:
    check.clean(f"def downgrade():\n    op.add_column('t', {NOT_NULL})\n")


CHAIN = {
    f"alembic/versions/{name}.py": f"revision = {revision!r}\ndown_revision = {down!r}\n"
    for name, revision, down in (("a", "aaa", None), ("b", "bbb", "aaa"), ("d", "ddd", "ccc"))
}


@pytest.mark.parametrize(("start", "findings"), [("aaa", 1), ("bbb", 1), ("ccc", 0), ("ddd", 0)])
def test_history_is_left_alone(start: str, findings: int) -> None:
    head = f'{HEAD}revision = "ccc"\ndown_revision = ("bbb",)\n\n\n'
    revision = upgrading(f'op.add_column("accounts", {NOT_NULL})', head=head)
    after = check.with_(others=CHAIN, settings=Settings(start_after=start))
    assert len(after.findings(revision)) == findings


def test_a_start_that_no_revision_is_leaves_the_chain_alone() -> None:
    head = f'{HEAD}revision = "ccc"\ndown_revision = "bbb"\n\n\n'
    unknown = check.with_(others=CHAIN, settings=Settings(start_after="zzz"))
    unknown.clean(upgrading(f'op.add_column("accounts", {NOT_NULL})', head=head))


def test_comments_and_form_stay() -> None:
    check.flags(
        """
        def upgrade():
            «op.add_column(
                "accounts",
                sa.Column(
                    "status",  # of the account
                    sa.String(50),
                    # everybody has one
                    nullable=(False),
                ),
            )»  # noqa: E501
        """,
        after="""
        def upgrade():
            op.add_column(
                "accounts",
                sa.Column(
                    "status",  # of the account
                    sa.String(50),
                    # everybody has one
                    nullable=(True),
                ),
            )  # noqa: E501
        """,
    )


def test_a_call_that_fits_its_line_again() -> None:
    column = '"terms", sa.String(length=5001), nullable={}'
    check.flags(
        f"""
        def upgrade():
            «op.add_column(
                "accounts", sa.Column({column.format("False")})
            )»
        """,
        after=f"""
        def upgrade():
            op.add_column("accounts", sa.Column({column.format("True")}))
        """,
    )
