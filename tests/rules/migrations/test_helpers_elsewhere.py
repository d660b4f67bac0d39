"""Functions of other files that revisions call: read there, found at the call, changed nowhere."""

from pathlib import Path

import pytest

from tests.change_sets import changed
from tests.harness import Check
from tests.rules.migrations.revision_chains import FOLDER, chain, revision, walk
from turnstay_lint.findings import Finding
from turnstay_lint.project.settings import Settings

PATH = "alembic/versions/b2_change.py"
OPS = "app/migrations/ops.py"
COLUMN = 'sa.Column("x", sa.Text(), nullable=False)'
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\n"
ADD = f"{HEAD}def add(table):\n    op.add_column(table, {COLUMN})\n"


def check(code: str, helper: str = "", **others: str) -> Check:
    """Return a check of a revision, beside a file of helpers and others by their module."""
    files = {OPS: helper} if helper else {}
    files |= {f"{module.replace('__', '/')}.py": text for module, text in others.items()}
    return Check(code, path=PATH, others=files)


def upgrading(*lines: str, imports: str = "from app.migrations.ops import add") -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"import sqlalchemy as sa\nfrom alembic import op\n{imports}\n\n\ndef upgrade():\n{body}"


def related(finding: Finding) -> list[tuple[str, int, int]]:
    return [(one.path, one.span.line, one.span.column) for one in finding.related]


def test_a_column_that_a_function_of_another_file_adds() -> None:
    (found,) = check("TSL901", ADD).flags(
        upgrading('«add("accounts")»'),
        after=None,
        reason="the column is written in `app/migrations/ops.py`, which other revisions may use",
        message="`accounts.x` is added NOT NULL",
        scope="upgrade",
    )
    assert related(found) == [(OPS, 6, 25)]


def test_each_revision_that_calls_it_has_a_finding_of_its_own() -> None:
    for table in ("accounts", "guests"):
        found = check("TSL901", ADD).findings(upgrading(f'add("{table}")'))
        assert [f"`{table}.x`" in one.message for one in found] == [True]
        assert [one.path for one in found] == [PATH]


def test_a_finding_can_be_silenced_at_the_call() -> None:
    check("TSL901", ADD).clean(upgrading('add("accounts")  # noqa: TSL901'))


@pytest.mark.parametrize(
    ("imports", "call", "others"),
    [
        ("from app.migrations.ops import add as put", "put('accounts')", {OPS: ADD}),
        ("import app.migrations.ops", "app.migrations.ops.add('accounts')", {OPS: ADD}),
        ("from app.migrations import ops", "ops.add(table='accounts')", {OPS: ADD}),
        ("from app.migrations import add", "add('accounts')",
         {OPS: ADD, "app/migrations/__init__.py": "from .ops import add\n"}),
        ("from app.migrations import *", "add('accounts')",
         {OPS: ADD, "app/migrations/__init__.py": "from app.migrations.ops import *\n"}),
        ("from migrations_helpers import add", "add('accounts')",
         {"alembic/migrations_helpers.py": ADD}),
        ("from _shared import add", "add('accounts')", {"alembic/versions/_shared.py": ADD}),
        ("from ._shared import add", "add('accounts')", {"alembic/versions/_shared.py": ADD}),
        ("from ..shared import add", "add('accounts')", {"alembic/shared.py": ADD}),
    ],
)  # fmt: skip
def test_a_function_is_found_however_it_is_imported(
    imports: str, call: str, others: dict[str, str]
) -> None:
    named = Check("TSL901", path=PATH, others=others)
    assert len(named.findings(upgrading(call, imports=imports))) == 1


@pytest.mark.parametrize(
    ("helper", "call"),
    [
        (f"def add(op, table):\n    op.add_column(table, {COLUMN})\n", "add(op, 'accounts')"),
        (f"def add(batch):\n    batch.add_column({COLUMN})\n",
         "with op.batch_alter_table('accounts') as b: add(b)"),
        (f"def add(table, column={COLUMN}):\n    op.add_column(table, column)\n", "add('accounts')"),
        ("def add(*tables, **given):\n    for table in tables:\n"
         "        op.add_column(table, sa.Column('x', sa.Text(), **given))\n",
         "add('accounts', 'guests', nullable=False)"),
        (f"def add(table):\n    _add(table)\n\n\ndef _add(table):\n"
         f"    with op.batch_alter_table(table) as b:\n        b.add_column({COLUMN})\n",
         "add('accounts')"),
        (f"def add(tables):\n    return [op.add_column(t, {COLUMN}) for t in tables]\n",
         "add(['accounts'])"),
        (f"COLUMNS = [{COLUMN}]\n\n\ndef add(table):\n    for column in COLUMNS:\n"
         "        op.add_column(table, column.copy())\n", "add('accounts')"),
        (f"async def add(bind, table):\n    op.add_column(table, {COLUMN})\n",
         "op.run_async(add, 'accounts')"),
        (f"def add(table):\n    op.add_column(table, {COLUMN})\n", "list(map(add, ['accounts']))"),
        ("def add(table):\n    op.execute(f'ALTER TABLE {table} ADD COLUMN x text NOT NULL')\n",
         "add('accounts')"),
        ("def add(bind, table):\n    bind.execute(f'ALTER TABLE {table} ADD x text NOT NULL')\n",
         "add(op.get_bind(), 'accounts')"),
        ("from app.migrations.columns import x\n\n\ndef add(table):\n    op.add_column(table, x())\n",
         "add('accounts')"),
        ("from .inner import put as add\n", "add('accounts')"),
    ],
)  # fmt: skip
def test_a_function_is_run_with_what_it_is_given(helper: str, call: str) -> None:
    others = {
        OPS: HEAD + helper,
        "app/migrations/columns.py": f"import sqlalchemy as sa\n\n\ndef x():\n    return {COLUMN}\n",
        "app/migrations/inner.py": ADD.replace("def add", "def put"),
    }
    named = Check("TSL901", path=PATH, others=others)
    found = named.findings(upgrading(call))
    assert ["`accounts.x`" in one.message for one in found] == [True]


@pytest.mark.parametrize(
    ("helper", "call"),
    [
        ("def add(table):\n    op.add_column(table, sa.Column('x', sa.Text()))\n", "add('accounts')"),
        ("def add(table, nullable=False):\n"
         "    op.add_column(table, sa.Column('x', sa.Text(), nullable=nullable))\n",
         "add('accounts', nullable=True)"),
        (f"def add(table, wanted):\n    if wanted:\n        op.add_column(table, {COLUMN})\n",
         "add('accounts', False)"),
        (f"def add(table):\n    op.create_table(table)\n    op.add_column(table, {COLUMN})\n",
         "add('accounts')"),
        ("def add(table):\n    op.create_table(table)\n",
         f"add('accounts'); op.add_column('accounts', {COLUMN})"),
        ("def add(table):\n    op.execute(f'DELETE FROM {table}')\n",
         f"add('accounts'); op.add_column('accounts', {COLUMN})"),
    ],
)  # fmt: skip
def test_what_a_table_with_rows_takes(helper: str, call: str) -> None:
    check("TSL901", HEAD + helper).clean(upgrading(call))


def test_a_table_that_is_created_behind_the_call_is_no_excuse() -> None:
    check("TSL901", ADD).flags(
        upgrading('«add("accounts")»', 'op.create_table("accounts")'), after=None
    )


def test_what_one_revision_did_to_a_file_is_not_seen_by_another() -> None:
    helper = (
        f"{HEAD}COLUMNS = []\n\n\ndef add(table):\n    COLUMNS.append({COLUMN})\n"
        "    for column in COLUMNS:\n        op.add_column(table, column)\n"
    )
    text = upgrading('add("accounts")')
    one = check("TSL901", helper, alembic__versions__c3=text).findings(text)
    assert [finding.message.count("`accounts.x`") for finding in one] == [1]


def test_functions_that_call_each_other_come_to_an_end() -> None:
    helper = (
        f"{HEAD}from app.migrations.other import back\n\n\ndef add(table):\n"
        f"    op.add_column(table, {COLUMN})\n    back(table)\n"
    )
    other = "from app.migrations.ops import add\n\n\ndef back(table):\n    add(table)\n"
    found = check("TSL901", helper, app__migrations__other=other).findings(upgrading("add('t')"))
    assert len(found) == 1


def test_a_chain_of_functions_too_deep_to_follow_is_counted() -> None:
    steps = [f"def f{n}(table):\n    f{n + 1}(table)\n\n\n" for n in range(20)]
    helper = f"{HEAD}{''.join(steps)}def f20(table):\n    op.add_column(table, {COLUMN})\n"
    found = check("TSL907", helper).findings(
        upgrading("f0('t')", imports="from app.migrations.ops import f0")
    )
    assert ["deeper than is followed" in one.message for one in found] == [True]


def test_what_a_revision_hands_over_is_its_own_to_change() -> None:
    helper = (
        f"{HEAD}def each(tables, column):\n    for t in tables:\n        op.add_column(t, column)\n"
    )
    before = upgrading(
        f"«each(['accounts'], {COLUMN})»", imports="from app.migrations.ops import each"
    )
    check("TSL901", helper).flags(
        before,
        after=before.replace("«", "").replace("»", "").replace("nullable=False", "nullable=True"),
    )


def test_a_function_of_the_revision_that_another_file_calls() -> None:
    helper = "def each(tables, do):\n    for table in tables:\n        do(table)\n"
    before = (
        f"{HEAD[:-2]}from app.migrations.ops import each\n\n\n"
        f"def add(table):\n    «op.add_column(table, {COLUMN})»\n\n\n"
        "def upgrade():\n    each(['accounts'], add)\n"
    )
    after = before.replace("«", "").replace("»", "").replace("nullable=False", "nullable=True")
    named = check("TSL901", f"{HEAD}{helper}    op.get_bind()\n")
    named.flags(before, after=after)


def test_a_downgrade_that_adds_a_column_back_elsewhere() -> None:
    text = (
        "from app.migrations.ops import add\n\n\ndef upgrade():\n    pass\n\n\n"
        "def downgrade():\n    «add('accounts')»\n"
    )
    check("TSL905", ADD).flags(text, after=None, reason="is written in `app/migrations/ops.py`")


def test_a_column_that_is_required_elsewhere() -> None:
    helper = f"{HEAD}def require(table):\n    op.alter_column(table, 'x', nullable=False)\n"
    (found,) = check("TSL902", helper).flags(
        revision(
            "b2", "a1", "op.add_column('accounts', sa.Column('x', sa.Text()))",
            "op.execute(\"UPDATE accounts SET x = ''\")", "«require('accounts')»",
            before="from app.migrations.ops import require",
        ),
        after=None,
        reason="is made NOT NULL in `app/migrations/ops.py`, in a function that other revisions",
    )  # fmt: skip
    assert (OPS, 6, 4) in related(found)


CHAINED = 'op.add_column("accounts", sa.Column("x", sa.Text(), default="a"))'
FILL = f"{HEAD}def fill(table):\n    op.execute(f\"UPDATE {{table}} SET x = 'a'\")\n"


@pytest.mark.parametrize(("helper", "count"), [(FILL, 0), (FILL.replace("x =", "name ="), 1)])
def test_a_column_that_another_revision_fills_elsewhere(helper: str, count: int) -> None:
    text = revision("c3", "b2", 'op.alter_column("accounts", "x", nullable=False)')
    files = chain(CHAINED, "fill('accounts')", before="from app.migrations.ops import fill")
    files.pop("alembic/versions/c3_later.py")
    named = Check("TSL902", path="alembic/versions/c3.py", others={**files, OPS: helper})
    assert len(named.findings(text)) == count


def test_a_column_that_another_revision_fills_with_the_operations_it_is_handed() -> None:
    helper = "def fill(op):\n    op.execute(\"UPDATE accounts SET name = 'a'\")\n"
    text = revision("c3", "b2", 'op.alter_column("accounts", "x", nullable=False)')
    files = chain(CHAINED, "fill(op)", before="from app.migrations.ops import fill")
    files.pop("alembic/versions/c3_later.py")
    named = Check("TSL902", path="alembic/versions/c3.py", others={**files, OPS: helper})
    assert len(named.findings(text)) == 1


def test_rows_that_are_changed_elsewhere_move_with_the_call() -> None:
    files = chain(
        CHAINED,
        "fill('accounts')",
        down=('op.drop_column("accounts", "x")',),
        before="from app.migrations.ops import fill",
    )
    text = files.pop(PATH)
    named = Check("TSL903", path=PATH, others={**files, OPS: FILL}, settings=Settings())
    (found,) = named.findings(text)
    assert related(found)[-1] == (OPS, 6, 4)
    assert found.fix is not None
    moved = [part.plan for part in found.fix.elsewhere if part.created]
    assert [getattr(plan, "up", "").strip() for plan in moved] == ["fill('accounts')"]


def test_a_call_that_has_moved_still_finds_its_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "filling_steps.py").write_text(FILL)
    monkeypatch.syspath_prepend(tmp_path)
    service = chain(
        CHAINED,
        "fill('accounts')",
        down=('op.drop_column("accounts", "x")',),
        before="from filling_steps import fill",
    )
    files = changed({**service, "filling_steps.py": FILL}, "TSL903").files
    assert set(files) == {
        f"{FOLDER}/{name}.py" for name in ("b2_change", "b2b_backfill_change", "c3_later")
    }
    assert "filling_steps" not in files[PATH]
    walked = walk({**service, **files})
    assert [walked.rows[name][0]["x"] for name in ("b2", "b2b")] == [None, "a"]


def test_a_type_that_a_function_of_another_file_brings_along() -> None:
    helper = f'{HEAD}def make(table):\n    op.create_table(table, sa.Column("x", sa.Enum("a", name="e")))\n'
    named = check("TSL904", helper, app__database="import asyncpg\n")
    before = (
        f"{HEAD[:-2]}from app.migrations.ops import make\n\n\ndef upgrade():\n"
        "    make('t')\n\n\ndef «downgrade»():\n    op.drop_table('t')\n"
    )
    after = before.replace("«", "").replace("»", "")
    named.flags(before, after=f'{after}    sa.Enum(name="e").drop(op.get_bind())\n')


def one_sided(up: str, helper: str, after: str | None, reason: str = "") -> None:
    before = (
        f"{HEAD[:-2]}from app.migrations.ops import change\n\n\ndef upgrade():\n    {up}\n\n\n"
        "def «downgrade»():\n    {down}\n"
    )
    wanted = before.replace("«", "").replace("»", "").replace("{down}", after) if after else None
    check("TSL904", f"{HEAD}def change(table):\n{helper}").flags(
        before.replace("{down}", "pass"), after=wanted, reason=reason
    )


@pytest.mark.parametrize(
    ("helper", "back"),
    [
        (f"    op.add_column(table, {COLUMN})\n", 'op.drop_column("accounts", "x")'),
        ("    op.create_table(table, sa.Column('id'))\n", 'op.drop_table("accounts")'),
        ("    op.create_index(op.f(f'ix_{table}'), table, ['x'])\n",
         'op.drop_index(op.f("ix_accounts"), table_name="accounts")'),
        ("    op.create_foreign_key(f'fk_{table}', table, 'o', ['x'], ['id'])\n",
         'op.drop_constraint("fk_accounts", "accounts", type_="foreignkey")'),
        ("    op.alter_column(table, 'x', existing_type=sa.Text(), nullable=False)\n",
         'op.alter_column("accounts", "x", nullable=True)'),
        ("    op.alter_column(table, 'x', new_column_name='y')\n",
         'op.alter_column("accounts", "y", new_column_name="x")'),
        ("    with op.batch_alter_table(table) as b:\n        b.add_column(sa.Column('x'))\n",
         'with op.batch_alter_table("accounts") as batch_op:\n        batch_op.drop_column("x")'),
    ],
)  # fmt: skip
def test_what_is_done_elsewhere_is_taken_back_where_that_is_certain(helper: str, back: str) -> None:
    one_sided('change("accounts")', helper, back)


@pytest.mark.parametrize(
    ("helper", "reason"),
    [
        ("    op.alter_column(table, 'x', existing_type=sa.Text(), type_=sa.String())\n",
         "the revision does not say what it was before"),
        ("    op.alter_column(table, 'x', nullable=False, existing_nullable=nullable, y=1)\n",
         "y= has no certain inverse"),
        ("    try:\n        op.drop_column(table, 'x')\n    except ValueError:\n        pass\n",
         "is tried only, and may fail"),
        ("    with op.batch_alter_table(table, recreate='always') as b:\n"
         "        b.add_column(sa.Column('x'))\n", "its batch is given recreate in another file"),
    ],
)  # fmt: skip
def test_what_is_done_elsewhere_has_no_certain_inverse(helper: str, reason: str) -> None:
    one_sided('change("accounts")', helper, None, reason)


def test_a_downgrade_that_takes_back_elsewhere_is_whole() -> None:
    helper = f"{ADD}\n\ndef drop(table):\n    op.drop_column(table, 'x')\n"
    check("TSL904", helper).clean(
        "from app.migrations.ops import add, drop\n\n\ndef upgrade():\n    add('t')\n\n\n"
        "def downgrade():\n    drop('t')\n"
    )


def test_a_table_that_is_rewritten_elsewhere() -> None:
    helper = ADD.replace("nullable=False", "server_default=sa.text('gen_random_uuid()')")
    (found,) = check("TSL908", helper).flags(upgrading("«add('accounts')»"), after=None)
    assert related(found) == [(OPS, 6, 4)]


MODEL = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[str] = mapped_column()
    y: Mapped[str] = mapped_column()
"""


@pytest.mark.parametrize("given", ["'guests'", "op, 'guests'"])
def test_a_column_that_is_made_elsewhere_is_migrated(given: str) -> None:
    parameters = given.replace("'guests'", "table")
    helper = (
        f"{HEAD}def make({parameters}):\n    op.create_table(table, sa.Column('id', sa.Integer()))\n"
        f"    op.add_column(table, {COLUMN})\n"
    )
    start = revision("a1", None, f"make({given})", before="from app.migrations.ops import make")
    others = {OPS: helper, "alembic/versions/a1.py": start}
    found = Check("TSL909", path="app/models.py", others=others).findings(MODEL)
    assert [one.message for one in found] == ["no revision adds the column `guests.y`"]


def test_sql_that_cannot_be_read_elsewhere_may_make_what_that_file_names() -> None:
    helper = f"{HEAD}def make():\n    op.execute('DO $$ BEGIN ALTER TABLE guests ADD y; END $$')\n"
    start = revision(
        "a1", None, "op.create_table('guests', sa.Column('id', sa.Integer()))", "make()",
        before="from app.migrations.ops import make",
    )  # fmt: skip
    others = {OPS: helper, "alembic/versions/a1.py": start}
    found = Check("TSL909", path="app/models.py", others=others).findings(MODEL)
    assert [one.message for one in found] == ["no revision adds the column `guests.x`"]


STEPS = f"""{HEAD}class Steps:
    def __init__(self, table):
        self.table = table

    def __enter__(self):
        op.add_column(self.table, {COLUMN})

    @property
    def added(self):
        return self._add(self.table)

    def add(self):
        self._add(self.table)

    @staticmethod
    def _add(table):
        op.add_column(table, {COLUMN})
"""


@pytest.mark.parametrize(
    "lines",
    [
        ["steps = Steps('accounts')", "«steps.add()»"],
        ["«Steps._add('accounts')»"],
        ["with «Steps('accounts')»: pass"],
        ["steps = Steps('accounts')", "«print(steps.added)»"],
    ],
)
def test_a_class_of_another_file(lines: list[str]) -> None:
    text = upgrading(*lines, imports="from app.migrations.ops import Steps")
    (found,) = check("TSL901", STEPS).flags(text, after=None, message="`accounts.x`")
    assert related(found)[0][0] == OPS


def test_a_file_beside_the_versions_is_found_though_their_folder_is_a_package() -> None:
    others = {
        "app/__init__.py": "",
        "app/migrations/__init__.py": "",
        "app/migrations/shared.py": ADD,
    }
    named = Check("TSL901", path="app/migrations/versions/b2.py", others=others)
    text = upgrading("add('accounts')", imports="from shared import add")
    assert len(named.findings(text)) == 1


def test_rows_that_another_file_hands_over_one_by_one() -> None:
    helper = (
        f"{HEAD}def paged(session, query):\n    found = session.execute(query)\n"
        "    while True:\n        for row in found.fetchmany(9):\n            yield row[0]\n"
    )
    check("TSL903", helper).flags(
        upgrading(
            "op.add_column('accounts', sa.Column('x', sa.Text()))",
            "session = sa.orm.Session(bind=op.get_bind())",
            "for account in paged(session, session.query(accounts)):",
            "    «account.x» = 'a'",
            imports="from app.migrations.ops import paged",
        ),
        after=None,
    )
    check("TSL907", helper).clean(
        upgrading(
            "paged(op.get_bind(), session.query(accounts))",
            imports="from app.migrations.ops import paged",
        )
    )


def test_columns_of_a_table_that_only_unread_sql_may_make() -> None:
    text = revision(
        "a1",
        None,
        "op.execute('DO $$ BEGIN CREATE TABLE guests (); END $$')",
        "op.add_column('guests', sa.Column('x', sa.Text()))",
    )
    Check("TSL909", path="app/models.py", others={"alembic/versions/a1.py": text}).clean(MODEL)
