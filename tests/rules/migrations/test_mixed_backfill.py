"""TSL903: rows and schema changed in one revision, and the revisions that it is parted into."""

from __future__ import annotations

import pytest

from tests.change_sets import changed
from tests.harness import Check, unmarked
from tests.rules.migrations.revision_chains import FOLDER, chain, revision, walk
from turnstay_lint.project.settings import Settings

check = Check("TSL903", path=f"{FOLDER}/b2_change.py")
ADD = 'op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))'
FILL = "op.execute(\"UPDATE accounts SET status = 'ACTIVE'\")"
REQUIRE = (
    'with op.batch_alter_table("accounts") as batch_op:',
    '    batch_op.alter_column("status", existing_type=sa.String(50), nullable=False)',
)
DROP = 'op.drop_column("accounts", "status")'


def found(*lines: str) -> list[str]:
    return [finding.message for finding in check.findings(revision("b2", "a1", *lines))]


@pytest.mark.parametrize(
    "fill",
    [
        FILL,
        "op.execute(sa.update(sa.table('accounts')).values(status='x'))",
        "op.get_bind().execute(sa.table('accounts').update().values(status='x'))",
        "op.bulk_insert(sa.table('accounts'), [{'name': 'x'}])",
        "op.execute('INSERT INTO accounts (name) SELECT name FROM guests')",
        "op.execute('DELETE FROM accounts WHERE status IS NULL')",
    ],
)
@pytest.mark.parametrize(
    "schema",
    [
        ADD,
        DROP,
        "op.create_index('ix', 'accounts', ['status'])",
        "op.execute('ALTER TABLE accounts ADD COLUMN status text')",
        "op.drop_table('old')",
        "op.rename_table('old', 'older')",
    ],
)
def test_both_in_one_upgrade(fill: str, schema: str) -> None:
    assert len(found(schema, fill)) == len(found(fill, schema)) == 1


def test_the_place_and_what_is_said() -> None:
    lines = (ADD, "x = 1", f"«{FILL}»", "op.execute('UPDATE guests SET age = 1')")
    text, spans = unmarked(revision("b2", "a1", *lines))
    (finding,) = check.findings(text)
    assert [finding.span] == spans
    assert finding.message == (
        "rows of `accounts` and `guests` are changed in a revision that changes the schema of "
        "`accounts`"
    )
    assert [place.message for place in finding.related] == ["the schema is changed here"]


def test_another_table_is_locked_as_long() -> None:
    assert len(found(ADD, "op.execute('UPDATE guests SET age = 1')")) == 1


def test_rows_of_a_query_that_get_new_values() -> None:
    lines = ("for account in Session(op.get_bind()).query(Account):", "    account.status = 'x'")
    assert len(found("from sqlalchemy.orm import Session", ADD, *lines)) == 1


@pytest.mark.parametrize(
    "lines",
    [
        (ADD,),
        (FILL, "op.execute('UPDATE guests SET age = 1')"),
        ("t = op.create_table('kinds', sa.Column('x'))", "op.bulk_insert(t, [{'x': 1}])", ADD),
        ("op.create_table('kinds')", "op.execute('INSERT INTO kinds VALUES (1)')", DROP),
        ("op.create_table('accounts')", ADD, FILL),
        ("op.execute('DELETE FROM accounts')", "op.create_table('x')"),
        ("op.execute('CREATE EXTENSION citext')", FILL),
        ("op.execute('ALTER TYPE kind ADD VALUE 1')", FILL),
        ("op.get_bind().execute(sa.select(sa.table('accounts')))", ADD),
        ("if op.get_bind().dialect.name == 'x':", f"    {ADD}", "else:", f"    {FILL}"),
        ("op.create_table('a', sa.Column('b'))", "op.create_index('ix', 'a', ['b'])", FILL),
    ],
)
def test_what_is_silent(lines: tuple[str, ...]) -> None:
    assert found(*lines) == []


def test_downgrades_are_not_looked_at() -> None:
    assert check.findings(revision("b2", "a1", ADD, down=(FILL, DROP))) == []


def test_history_is_left_alone() -> None:
    history = check.with_(settings=Settings(start_after="b2"))
    assert history.findings(revision("b2", "a1", ADD, FILL)) == []


def test_three_kinds_of_steps_are_three_revisions() -> None:
    service = chain(ADD, "# Those that are there pay.", FILL, *REQUIRE, down=(DROP,))
    files = changed(service, "TSL903").files
    assert set(files) == {
        f"{FOLDER}/{name}.py"
        for name in ("b2_change", "b2b_backfill_change", "b2c_require_change", "c3_later")
    }
    assert files[f"{FOLDER}/b2_change.py"].endswith(
        f"def upgrade():\n    {ADD}\n\n\ndef downgrade():\n    {DROP}\n"
    )
    assert files[f"{FOLDER}/b2b_backfill_change.py"] == (
        '"""Backfill accounts.status.\n\nRevision ID: b2b\nRevises: b2\n"""\n\n'
        "from alembic import op\n\n"
        'revision = "b2b"\ndown_revision = "b2"\nbranch_labels = None\ndepends_on = None\n\n\n'
        "def upgrade():\n    # Those that are there pay.\n"
        f"    {FILL}\n\n\n"
        'def downgrade():\n    """The values stay: nothing tells which rows had none."""\n'
    )
    assert 'down_revision = "b2b"' in files[f"{FOLDER}/b2c_require_change.py"]
    assert 'down_revision = "b2c"' in files[f"{FOLDER}/c3_later.py"]
    walked = walk({**service, **files})
    assert walked.order == ["a1", "b2", "b2b", "b2c", "c3"]
    values = [walked.rows[name][0]["status"] for name in ("b2", "b2b", "b2c")]
    assert values == [None, "ACTIVE", "ACTIVE"]
    assert ["status" in walked.required[name] for name in ("b2b", "b2c")] == [False, True]


def test_the_downgrade_is_parted_as_well() -> None:
    service = chain(
        'op.add_column("accounts", sa.Column("label", sa.Text(), nullable=True))',
        'op.execute("UPDATE accounts SET label = name")',
        'op.drop_column("accounts", "name")',
        down=(
            'op.add_column("accounts", sa.Column("name", sa.Text(), nullable=True))',
            'op.execute("UPDATE accounts SET name = label")',
            'op.drop_column("accounts", "label")',
        ),
    )
    files = changed(service, "TSL903").files
    down = {
        path.partition("versions/")[2][:3]: text.partition("def downgrade():\n")[2]
        for path, text in files.items()
    }
    assert down["b2_"] == '    op.drop_column("accounts", "label")\n'
    assert down["b2b"] == '    op.execute("UPDATE accounts SET name = label")\n'
    assert "op.add_column" in down["b2c"]
    walked = walk({**service, **files})
    assert [set(walked.rows[name][0]) for name in ("b2b", "b2c")] == [
        {"id", "name", "label"},
        {"id", "label"},
    ]
    assert walked.rows["b2c"][0]["label"] == "x"


def test_what_moves_brings_along_what_it_uses() -> None:
    before = 'STATUS = "ACTIVE"  # the usual\naccounts = sa.table("accounts", sa.column("status"))'
    service = chain(
        "connection = op.get_bind()",
        ADD,
        "connection.execute(accounts.update().values(status=STATUS))",
        before=before,
        down=(DROP,),
    )
    files = changed(service, "TSL903").files
    filling = files[f"{FOLDER}/b2b_backfill_change.py"]
    assert f"{before}\n\n\ndef upgrade():\n    connection = op.get_bind()\n" in filling
    assert "accounts = " not in files[f"{FOLDER}/b2_change.py"]
    assert "connection" not in files[f"{FOLDER}/b2_change.py"]
    assert walk({**service, **files}).rows["b2b"][0]["status"] == "ACTIVE"


def test_helpers_and_imports_come_along() -> None:
    before = (
        "import json\n\n\n"
        "def fill(connection):\n"
        '    """Say what is there."""\n'
        "    connection.execute(\n"
        '        sa.text("UPDATE accounts SET status = :s"), {"s": json.dumps(["x"])}\n'
        "    )"
    )
    service = chain(ADD, "fill(op.get_bind())", before=before, down=(DROP,))
    files = changed(service, "TSL903").files
    filling = files[f"{FOLDER}/b2b_backfill_change.py"]
    assert "import json" in filling
    assert "import json" not in files[f"{FOLDER}/b2_change.py"]
    assert walk({**service, **files}).rows["b2b"][0]["status"] == '["x"]'


FROZEN = """from sqlalchemy import orm


class Base(orm.DeclarativeBase):
    '''What models here derive from.'''


class Town(Base):
    __tablename__ = "towns"
    id = sa.Column(sa.Integer, primary_key=True)


class Company(Base):
    __tablename__ = "companies"
    id = sa.Column(sa.Integer, primary_key=True)


class Note(Base):
    '''Is used by nothing, not even by a Company.'''

    __tablename__ = "notes"
    id = sa.Column(sa.Integer, primary_key=True)


class Account(Base):
    __tablename__ = "accounts"
    id = sa.Column(sa.Integer, primary_key=True)
    status = sa.Column(sa.String(50))
    company_id = sa.Column(sa.Integer, sa.ForeignKey("companies.id"))
    town_id = sa.Column(sa.Integer, sa.ForeignKey("towns.id"))
    company = orm.relationship("Company")""".replace("\\", "")


def test_models_that_others_name_in_strings_come_along() -> None:
    service = chain(
        ADD,
        'op.get_bind().execute(sa.update(Account).values(status="ACTIVE"))',
        before=FROZEN,
        down=(DROP,),
    )
    files = changed(service, "TSL903").files
    filling = files[f"{FOLDER}/b2b_backfill_change.py"]
    for name in ("Base", "Town", "Company", "Account"):
        assert f"class {name}(" in filling
    assert "class Note(" not in filling
    assert walk({**service, **files}).rows["b2b"][0]["status"] == "ACTIVE"


def test_a_model_that_is_named_in_strings_where_it_was_stays_there_as_well() -> None:
    left = "\n\n\nclass Bill(Base):\n" + FROZEN.partition("class Account(Base):\n")[2].replace(
        "accounts", "bills"
    )
    service = chain(
        ADD,
        "print(sa.orm.configure_mappers(), Bill)",
        'op.get_bind().execute(sa.update(Account).values(status="ACTIVE"))',
        before=FROZEN + left,
        down=(DROP,),
    )
    files = changed(service, "TSL903").files
    stays = files[f"{FOLDER}/b2_change.py"]
    assert "class Bill(" in stays and "class Company(" in stays and "class Account(" not in stays
    assert walk({**service, **files}).rows["b2b"][0]["status"] == "ACTIVE"


def test_data_first_stays_and_the_schema_moves() -> None:
    service = chain(
        "op.execute('DELETE FROM accounts WHERE id = 2')",
        'op.create_index("ix_name", "accounts", ["name"], unique=True)',
        down=('op.drop_index("ix_name", table_name="accounts")',),
    )
    files = changed(service, "TSL903").files
    later = files[f"{FOLDER}/b2c_finish_change.py"]
    assert later.startswith('"""Finish what b2 begins.')
    assert 'op.drop_index("ix_name"' in later
    assert files[f"{FOLDER}/b2_change.py"].endswith("def downgrade():\n    pass\n")
    assert walk({**service, **files}).order == ["a1", "b2", "b2c", "c3"]


def test_order_is_kept_where_a_variable_is_read_later() -> None:
    service = chain(
        ADD,
        "connection = op.get_bind()",
        'names = connection.execute(sa.text("SELECT name FROM accounts")).scalars().all()',
        "print(names)",
        "for name in names:",
        '    connection.execute(sa.text("UPDATE accounts SET status = :n"), {"n": name})',
        down=(DROP,),
    )
    files = changed(service, "TSL903").files
    filling = files[f"{FOLDER}/b2b_backfill_change.py"]
    places = [filling.index(part) for part in ("names = ", "print(", "for name in")]
    assert places == sorted(places)
    assert walk({**service, **files}).rows["b2b"][0]["status"] == "x"


def reason(service: dict[str, str]) -> str:
    made = changed(service, "TSL903")
    assert made.files == {}
    return made.reasons[0]


@pytest.mark.parametrize(
    ("up", "down", "said"),
    [
        ((ADD, FILL, ADD, FILL), (DROP,), "alternate too often"),
        ((f"for _ in [1]: {ADD}; {FILL}",), (DROP,), "both rows and the schema"),
        ((ADD, FILL, "op.drop_column('accounts', 'name')"), (DROP,), "does not undo all"),
        ((ADD, FILL, 'op.execute("DO $$ BEGIN END $$")'), (DROP,), "could not be read"),
        (
            (ADD, FILL, "op.drop_column('accounts', 'x')"),
            ("for c in ['x', 'status']:", "    op.add_column('accounts', sa.Column(c))",
             "    op.drop_column('accounts', c)"),
            "undoes several of its steps",
        ),
        (
            ("n = op.get_bind().scalar(sa.text('SELECT 1'))", ADD, f"print(n) or {FILL}"),
            (DROP,),
            "`n` is handed from one statement to the next",
        ),
        ((ADD, f"{FILL}; print()"), (DROP,), "is not written a statement a line"),
    ],
)  # fmt: skip
def test_why_it_is_not_parted(up: tuple[str, ...], down: tuple[str, ...], said: str) -> None:
    assert said in reason(chain(*up, down=down))


def test_a_session_that_is_committed_at_the_end() -> None:
    service = chain(
        "session = sa.orm.Session(op.get_bind())",
        "session.query(Account).update({'name': 'x'})",
        ADD,
        "session.commit()",
        before="import sqlalchemy.orm",
        down=(DROP,),
    )
    assert "a session is flushed" in reason(service)


def test_what_would_leave_another_finding_is_tried_again_when_that_is_gone() -> None:
    """Parted first, the last of three revisions would let go of a NOT NULL in its downgrade."""
    made = changed(
        chain(
            'op.add_column("accounts", sa.Column("token", sa.Uuid(), nullable=True))',
            'op.execute("UPDATE accounts SET token = gen_random_uuid()")',
            'op.alter_column("accounts", "token", existing_type=sa.Uuid(), nullable=False)',
            'op.create_unique_constraint("uq_token", "accounts", ["token"])',
            down=(
                'op.drop_constraint("uq_token", "accounts")',
                'op.drop_column("accounts", "token")',
            ),
        ),
        *("TSL902", "TSL903", "TSL904"),
    )
    assert made.report.findings == ()
    assert len(made.files) == 5
