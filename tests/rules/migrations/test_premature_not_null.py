"""TSL902: a column that is made NOT NULL with its ADD, or before anything has filled it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.change_sets import changed
from tests.harness import Check, unmarked
from tests.rules.migrations.revision_chains import FOLDER, chain, revision, walk
from turnstay_lint.project.settings import Settings

check = Check("TSL902", path=f"{FOLDER}/b2_change.py")
ADD = 'op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))'
FILL = "op.execute(\"UPDATE accounts SET status = 'ACTIVE' WHERE status IS NULL\")"
REQUIRE = 'op.alter_column("accounts", "status", nullable=False)'
BATCH = (
    'with op.batch_alter_table("accounts") as batch_op:',
    '    batch_op.alter_column("status", existing_type=sa.String(50), nullable=False)',
)


def found(*lines: str, above: dict[str, str] | None = None) -> list[str]:
    """Return what is said of a revision with these lines that follows others."""
    others = {f"{FOLDER}/{name}.py": text for name, text in (above or {}).items()}
    source = revision("b2", sorted(above)[-1] if above else None, *lines)
    return [f.message for f in check.with_(others=others).findings(source)]


@pytest.mark.parametrize(
    "require",
    [
        REQUIRE,
        'op.alter_column("accounts", "status", existing_type=sa.String(50), nullable=False)',
        "op.execute('ALTER TABLE accounts ALTER COLUMN status SET NOT NULL')",
        'op.alter_column(column_name="status", table_name="accounts", nullable=False)',
        "\n    ".join(BATCH),
        "[op.alter_column('accounts', name, nullable=False) for name in ['status']]",
        'from alembic.operations.ops import AlterColumnOp\n    op.invoke(AlterColumnOp("accounts", '
        '"status", modify_nullable=False))',
    ],
)
def test_every_spelling_in_the_revision_that_adds_the_column(require: str) -> None:
    assert found(ADD, FILL, require) == [
        "`accounts.status` becomes NOT NULL in the revision that adds it"
    ]
    assert found(ADD, require)[0].endswith(", with nothing to fill it")


def test_the_place() -> None:
    text, spans = unmarked(revision("b2", None, ADD, f"«{REQUIRE}»"))
    assert [finding.span for finding in check.findings(text)] == spans


CREATED = 'op.create_table("accounts", sa.Column("status", sa.Text()))'


@pytest.mark.parametrize(
    "above",
    [
        {"a": revision("a", None, ADD)},
        {"a": revision("a", None, CREATED)},
        {"a": revision("a", None, ADD), "b": revision("b", "a", "pass")},
        {
            "a": revision("a", None, ADD),
            "b": revision("b", "a", "op.execute('UPDATE accounts SET name = 1')"),
        },
        {
            "a": revision("a", None, ADD),
            "b": revision("b", "a", "op.execute('UPDATE guests SET status = 1')"),
        },
        {"a": revision("a", None, FILL), "b": revision("b", "a", ADD)},
        {
            "a": revision("a", None, ADD.replace("accounts", "old")),
            "b": revision("b", "a", "op.rename_table('old', 'accounts')"),
        },
        {
            "a": revision("a", None, ADD.replace("status", "state")),
            "b": revision(
                "b", "a", "op.alter_column('accounts', 'state', new_column_name='status')"
            ),
        },
    ],
)
def test_nothing_fills_it_up_the_chain(above: dict[str, str]) -> None:
    (message,) = found(REQUIRE, above=above)
    assert message.startswith("`accounts.status` becomes NOT NULL, and no revision has filled it")


def test_it_is_called_what_it_is_called_there() -> None:
    rename = "op.alter_column('accounts', 'status', new_column_name='state')"
    assert found(ADD, rename, REQUIRE.replace("status", "state"))[0].startswith("`accounts.state`")


def test_a_column_that_was_made_nullable_again() -> None:
    above = {
        "a": revision("a", None, ADD.replace("nullable=True", "server_default='x'")),
        "b": revision("b", "a", "op.alter_column('accounts', 'status', nullable=True)"),
    }
    assert found(REQUIRE, above=above)[0].endswith("since b made it nullable")


ORM = (
    "session = sa.orm.Session(op.get_bind())",
    "for account in session.query(Account):",
    "    account.status = 'ACTIVE'",
)


@pytest.mark.parametrize(
    "filling",
    [
        (FILL,),
        ("op.execute(sa.update(sa.table('accounts')).values(status='x'))",),
        ("op.execute('DELETE FROM accounts WHERE status IS NULL')",),
        ("op.execute('DO $$ BEGIN UPDATE accounts SET status = 1; END $$')",),
        ("op.execute(f'UPDATE {t} SET status = 1')",),
        ORM,
        ("from app.backfills import fill_accounts", "fill_accounts(op.get_bind())"),
    ],
)
def test_something_fills_it_or_may(filling: tuple[str, ...]) -> None:
    above = {"a": revision("a", None, ADD), "b": revision("b", "a", *filling)}
    assert found(REQUIRE, above=above) == []
    assert found(*filling, REQUIRE, above={"a": revision("a", None, ADD)}) == []


@pytest.mark.parametrize(
    "lines",
    [
        (ADD.replace("nullable=True", "server_default='x'"), REQUIRE),
        (ADD.replace("nullable=True", "nullable=False, server_default='x'"), REQUIRE),
        (CREATED, REQUIRE),
        (ADD, "op.execute('DELETE FROM accounts')", REQUIRE),
        (ADD, "op.alter_column('accounts', 'status', nullable=True)"),
        (ADD, "op.alter_column('accounts', 'status', comment='x')"),
        (ADD, "op.alter_column('guests', 'status', nullable=False)"),
        (ADD, "op.alter_column('accounts', name_of(1), nullable=False)"),
        (REQUIRE,),
    ],
)
def test_what_is_silent_in_one_revision(lines: tuple[str, ...]) -> None:
    assert found(*lines) == []


@pytest.mark.parametrize(
    "above",
    [
        {"a": revision("a", None, ADD.replace("nullable=True", "server_default='x'"))},
        {"a": revision("a", None, CREATED.replace("sa.Text()", "sa.Text(), nullable=False"))},
        {"a": revision("a", None, ADD), "b": revision("b", "a", REQUIRE)},
        {"a": revision("a", None, "pass")},
    ],
)
def test_what_is_silent_along_the_chain(above: dict[str, str]) -> None:
    messages = [m for m in found(REQUIRE, above=above) if "b2" in m or "becomes" in m]
    assert messages == []


def test_the_backfill_on_one_way_of_a_merge() -> None:
    merge = revision("b2", None, REQUIRE).replace("= None\nbranch", '= ("b", "c")\nbranch', 1)
    others = {
        f"{FOLDER}/a.py": revision("a", None, ADD),
        f"{FOLDER}/b.py": revision("b", "a", "pass"),
        f"{FOLDER}/c.py": revision("c", "a", FILL),
    }
    assert check.with_(others=others).findings(merge) == []


def test_history_is_left_alone() -> None:
    history = check.with_(settings=Settings(start_after="b2"))
    assert history.findings(revision("b2", None, ADD, REQUIRE)) == []


def test_it_moves_to_a_revision_of_its_own() -> None:
    down = ('op.drop_column("accounts", "status")',)
    service = chain(ADD, FILL, "# None is without.", *BATCH, down=down)
    files = changed(service, "TSL902").files
    assert set(files) == {
        f"{FOLDER}/{name}.py" for name in ("b2_change", "b2c_require_change", "c3_later")
    }
    assert "alter_column" not in files[f"{FOLDER}/b2_change.py"]
    assert "# None is without." not in files[f"{FOLDER}/b2_change.py"]
    assert files[f"{FOLDER}/b2c_require_change.py"].endswith("""\
def upgrade():
    # None is without.
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.alter_column("status", existing_type=sa.String(50), nullable=False)


def downgrade():
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.alter_column("status", existing_type=sa.String(50), nullable=True)
""")
    assert 'down_revision = "b2c"' in files[f"{FOLDER}/c3_later.py"]
    walked = walk({**service, **files})
    assert walked.order == ["a1", "b2", "b2c", "c3"]
    assert [row["status"] for row in walked.rows["b2"]] == ["ACTIVE"]
    assert ["status" in walked.required[name] for name in ("b2", "b2c")] == [False, True]


def test_out_of_a_batch_with_others() -> None:
    service = chain(
        ADD,
        FILL,
        'with op.batch_alter_table("accounts") as batch_op:',
        '    batch_op.alter_column("name", existing_type=sa.Text(), new_column_name="label")',
        '    batch_op.alter_column("status", existing_type=sa.String(50), nullable=False)',
        down=(
            'with op.batch_alter_table("accounts") as batch_op:',
            '    batch_op.alter_column("label", existing_type=sa.Text(), new_column_name="name")',
            'op.drop_column("accounts", "status")',
        ),
    )
    files = changed(service, "TSL902").files
    assert 'new_column_name="label"' in files[f"{FOLDER}/b2_change.py"]
    assert '"label"' not in files[f"{FOLDER}/b2c_require_change.py"]
    assert "status" in walk({**service, **files}).required["c3"]


def test_what_else_the_operation_changes_stays() -> None:
    service = chain(
        ADD,
        FILL,
        'with op.batch_alter_table("accounts") as batch_op:',
        "    # As long as they like.",
        "    batch_op.alter_column(",
        '        "status",',
        "        existing_type=sa.String(50),",
        "        type_=sa.Text(),",
        "        nullable=False,",
        "        server_default=sa.text(\"'OPEN'\"),",
        "    )",
        down=('op.drop_column("accounts", "status")',),
    )
    files = changed(service, "TSL902").files
    assert files[f"{FOLDER}/b2_change.py"].endswith("""\
    with op.batch_alter_table("accounts") as batch_op:
        # As long as they like.
        batch_op.alter_column(
            "status",
            existing_type=sa.String(50),
            type_=sa.Text(),
            server_default=sa.text("'OPEN'"),
        )


def downgrade():
    op.drop_column("accounts", "status")
""")
    assert files[f"{FOLDER}/b2c_require_change.py"].endswith("""\
def upgrade():
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.alter_column(
            "status",
            existing_type=sa.Text(),
            nullable=False,
            existing_server_default=sa.text("'OPEN'"),
        )


def downgrade():
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.alter_column(
            "status",
            existing_type=sa.Text(),
            nullable=True,
            existing_server_default=sa.text("'OPEN'"),
        )
""")
    walked = walk({**service, **files})
    assert ["status" in walked.required[name] for name in ("b2", "b2c")] == [False, True]


def test_an_operation_outside_of_a_batch_is_parted_too() -> None:
    service = chain(
        ADD,
        FILL,
        'op.alter_column("accounts", "status", nullable=False, comment="a state")',
        down=('op.drop_column("accounts", "status")',),
    )
    files = changed(service, "TSL902").files
    assert (
        'op.alter_column("accounts", "status", comment="a state")'
        in files[f"{FOLDER}/b2_change.py"]
    )
    require = 'op.alter_column("accounts", "status", nullable=False, existing_comment="a state")'
    assert require in files[f"{FOLDER}/b2c_require_change.py"].replace("\n        ", "").replace(
        "\n    )", ")"
    )


def test_a_backfill_is_written_where_the_default_says_how() -> None:
    add = ADD.replace("nullable=True", 'nullable=True, default="ACTIVE"')
    service = chain(add, *BATCH, down=('op.drop_column("accounts", "status")',))
    with pytest.raises(sa.exc.IntegrityError):
        walk(service)
    files = changed(service, "TSL902").files
    walked = walk({**service, **files})
    assert walked.order == ["a1", "b2", "b2b", "b2c", "c3"]
    assert [walked.rows[name][0]["status"] for name in ("b2", "b2b")] == [None, "ACTIVE"]


MODEL = """
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, default="nobody")
"""


def test_a_backfill_is_written_before_the_revision_that_requires_the_column() -> None:
    require = (
        'with op.batch_alter_table("accounts") as batch_op:',
        '    batch_op.alter_column("name", existing_type=sa.Text(), nullable=False)',
    )
    release = (require[0], require[1].replace("False", "True"))
    service = {**chain(*require, down=release), "app/models.py": MODEL}
    files = changed(service, "TSL902").files
    assert set(files) == {f"{FOLDER}/a1b_backfill_change.py", f"{FOLDER}/b2_change.py"}
    assert 'down_revision = "a1b"' in files[f"{FOLDER}/b2_change.py"]
    assert "SET name = 'nobody' WHERE name IS NULL" in files[f"{FOLDER}/a1b_backfill_change.py"]
    del service["app/models.py"]
    assert "name" in walk({**service, **files}).required["c3"]


def reasons(service: dict[str, str]) -> list[str]:
    made = changed(service, "TSL902")
    assert made.files == {}
    return made.report.findings[0].unfixable.split("; ") if made.report.findings else []


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((ADD, REQUIRE), "neither the migration nor the model gives `accounts.status` a literal"),
        ((ADD, FILL, REQUIRE.replace("False", "False, new_column_name='x'")), "renames the column"),
        ((ADD, FILL, REQUIRE.replace("False", "False, whatever=1")), "than can be parted"),
        (
            (
                ADD.replace("nullable=True", "default='a'"),
                REQUIRE.replace("False", "False, type_=sa.Text()"),
            ),
            "the operation changes the column's type as well",
        ),
        ((ADD, FILL, "if op.get_bind():", f"    {REQUIRE}"), "on a condition"),
        ((ADD, FILL, "for _ in [1]:", f"    {REQUIRE}"), "within a loop"),
        ((ADD, FILL, REQUIRE, "op.drop_column('accounts', 'status')"), "renames or drops"),
        ((ADD, FILL, f"{REQUIRE}; print()"), "is not written a statement a line"),
        ((ADD, "op.execute('ALTER TABLE accounts ALTER status SET NOT NULL')"), "SQL is not"),
    ],
)
def test_why_it_does_not_move(lines: tuple[str, ...], reason: str) -> None:
    assert reason in reasons(chain(*lines))[0]


def test_it_does_not_move_where_the_chain_branches() -> None:
    service = chain(ADD, FILL, REQUIRE, d4_other=revision("d4", "b2"))
    assert "the chain branches after b2" in reasons(service)[0]
