from tests.harness import Check

check = Check("TSL905", path="alembic/versions/0003_drop_legacy.py")


def test_a_column_comes_back_not_null() -> None:
    check.flags(
        """
        import sqlalchemy as sa
        from alembic import op


        def upgrade():
            op.drop_column("accounts", "legacy_code")


        def downgrade():
            «op.add_column("accounts", sa.Column("legacy_code", sa.String(20), nullable=False))»
        """,
        after="""
        import sqlalchemy as sa
        from alembic import op


        def upgrade():
            op.drop_column("accounts", "legacy_code")


        def downgrade():
            op.add_column("accounts", sa.Column("legacy_code", sa.String(20), nullable=True))
        """,
        message="`accounts.legacy_code` back NOT NULL",
        scope="downgrade",
    )


def test_a_batch_and_the_columns_of_a_list() -> None:
    check.flags(
        """
        COLUMNS = (
            sa.Column("a", sa.Text, nullable=False),
            sa.Column("b", sa.Text, nullable=False, server_default="x"),
            sa.Column("c", sa.Text, nullable=False),
        )


        def downgrade():
            with op.batch_alter_table("accounts") as batch_op:
                for column in COLUMNS:
                    «batch_op.add_column(column)»
        """,
        after="""
        COLUMNS = (
            sa.Column("a", sa.Text, nullable=True),
            sa.Column("b", sa.Text, nullable=False, server_default="x"),
            sa.Column("c", sa.Text, nullable=True),
        )


        def downgrade():
            with op.batch_alter_table("accounts") as batch_op:
                for column in COLUMNS:
                    batch_op.add_column(column)
        """,
        message="`accounts.a` and `accounts.c`",
    )


def test_sql() -> None:
    check.flags(
        """
        def downgrade():
            «op.execute("ALTER TABLE accounts ADD COLUMN x int NOT NULL")»
        """,
        after=None,
        reason="SQL is not rewritten",
    )


def test_a_table_that_the_downgrade_creates_again() -> None:
    check.clean(
        """
        def downgrade():
            op.create_table("accounts", sa.Column("id", sa.Integer, primary_key=True))
            op.add_column("accounts", sa.Column("x", sa.Integer, nullable=False))
        """
    )


def test_a_table_that_only_the_upgrade_created() -> None:
    found = check.findings(
        'def upgrade():\n    op.create_table("t")\n\n\n'
        'def downgrade():\n    op.add_column("t", sa.Column("x", sa.Integer, nullable=False))\n'
    )
    assert len(found) == 1


def test_an_upgrade_is_another_rules() -> None:
    check.clean('def upgrade():\n    op.add_column("t", sa.Column("x", sa.Text, nullable=False))\n')
