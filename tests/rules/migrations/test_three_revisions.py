"""TSL901's change set: the column nullable, a revision that fills it, one that makes it NOT NULL."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.change_sets import Changed, changed
from tests.engine.services import write
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.services.service import Services

HEAD = '''"""Accounts get a status.

Revision ID: {revision}
Revises: {revises}
Create Date: 2024-05-01 12:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


'''
COLUMN = 'sa.Column("status", sa.String(50), nullable=False{})'
ADDS = f'op.add_column("accounts", {COLUMN.format(", default=" + chr(34) + "ACTIVE" + chr(34))})'
FOLDER = "alembic/versions"


def revision(name: str, revises: str | None, *lines: str, down: str = "", head: str = HEAD) -> str:
    """Return a revision whose upgrade has these lines."""
    given = down or (f'"{revises}"' if revises else "None")
    top = head.format(revision=name, revises=revises, down=given)
    body = "\n    ".join(lines or ("pass",))
    return f"{top}def upgrade():\n    {body}\n\n\ndef downgrade():\n    pass\n"


def chain(*lines: str, adding: str = "b2", **files: str) -> dict[str, str]:
    """Return three revisions of which the second has these lines; ``files`` add to them."""
    return {
        f"{FOLDER}/a1_start.py": revision("a1", None),
        f"{FOLDER}/{adding}_add_status.py": revision(adding, "a1", *lines),
        f"{FOLDER}/c3_later.py": revision("c3", adding),
        **files,
    }


def mended(service: dict[str, str], settings: str = "") -> Changed:
    return changed(service, "TSL901", settings=settings)


def backfilled(service: dict[str, str]) -> str:
    """Return the statements of the upgrade that fills columns."""
    files = mended(service).files
    (text,) = [text for path, text in files.items() if "b2b_backfill" in path]
    return text.partition("def upgrade():\n")[2].partition("\n\n\n")[0]


def unwritten(service: dict[str, str]) -> str:
    """Return why the two revisions are not written; the column is nullable all the same."""
    made = mended(service)
    assert not [path for path in made.files if "backfill" in path], made.files
    (adding,) = [text for path, text in made.files.items() if "add_status" in path]
    assert "nullable=True" in adding
    return help_of(service)


def help_of(service: dict[str, str]) -> str:
    """Return what the finding's help says."""
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {**service, "pyproject.toml": ""})
        options = Options(Services(select=("TSL901",)), jobs=1)
        return " ".join(finding.help for finding in check([folder], options).findings)


def test_three_revisions_linked_and_the_child_follows_the_last() -> None:
    files = mended(chain(ADDS)).files
    assert set(files) == {
        f"{FOLDER}/b2_add_status.py",
        f"{FOLDER}/b2b_backfill_status.py",
        f"{FOLDER}/b2c_require_status.py",
        f"{FOLDER}/c3_later.py",
    }
    assert "nullable=True" in files[f"{FOLDER}/b2_add_status.py"]
    assert (
        files[f"{FOLDER}/b2b_backfill_status.py"]
        == '''"""Backfill accounts.status.

Revision ID: b2b
Revises: b2
Create Date: 2024-05-01 12:00:00
"""

from alembic import op

revision = "b2b"
down_revision = "b2"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("UPDATE accounts SET status = 'ACTIVE' WHERE status IS NULL")


def downgrade():
    """The values stay: nothing tells which rows had none."""
'''
    )
    assert (
        files[f"{FOLDER}/b2c_require_status.py"]
        == '''"""Require accounts.status.

Revision ID: b2c
Revises: b2b
Create Date: 2024-05-01 12:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "b2c"
down_revision = "b2b"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("accounts", "status", existing_type=sa.String(50), nullable=False)


def downgrade():
    op.alter_column("accounts", "status", existing_type=sa.String(50), nullable=True)
'''
    )
    later = files[f"{FOLDER}/c3_later.py"]
    assert 'down_revision = "b2c"' in later
    assert "Revises: b2c\n" in later


def test_safe_fixes_alone_make_the_first_step() -> None:
    files = changed(chain(ADDS), "TSL901", unsafe=False).files
    assert set(files) == {f"{FOLDER}/b2_add_status.py"}


def test_the_head_of_the_chain_has_no_child() -> None:
    service = chain(ADDS)
    del service[f"{FOLDER}/c3_later.py"]
    assert len(mended(service).files) == 3


def test_several_columns_share_the_new_revisions() -> None:
    files = mended(
        chain(
            ADDS,
            'op.add_column("guests", sa.Column("age", sa.Integer(), nullable=False, default=0))',
            'op.add_column("guests", sa.Column("born", sa.Date(), nullable=False))',
        )
    ).files
    filling = files[f"{FOLDER}/b2b_backfill_status.py"]
    requiring = files[f"{FOLDER}/b2c_require_status.py"]
    assert len(files) == 4
    assert files[f"{FOLDER}/b2_add_status.py"].count("nullable=True") == 3
    assert "SET age = 0 WHERE age IS NULL" in filling
    assert "SET status = 'ACTIVE'" in filling
    assert "born" not in filling + requiring
    assert requiring.count("nullable=False") == requiring.count("nullable=True") == 2


def test_one_that_is_silenced_stays_as_it_is() -> None:
    silenced = 'op.add_column("guests", sa.Column("age", sa.Integer(), nullable=False, default=0))'
    files = mended(chain(ADDS, f"{silenced}  # noqa: TSL901")).files
    assert "nullable=False, default=0))  # noqa" in files[f"{FOLDER}/b2_add_status.py"]
    assert "age" not in files[f"{FOLDER}/b2b_backfill_status.py"]


def test_a_batch_stays_one() -> None:
    batch = 'with op.batch_alter_table("accounts", schema="billing") as batch_op:'
    column = COLUMN.format(', default="ACTIVE"')
    files = mended(chain(batch, f"    batch_op.add_column({column})")).files
    assert """
    with op.batch_alter_table("accounts", schema="billing") as batch_op:
        batch_op.alter_column("status", existing_type=sa.String(50), nullable=False)
""" in files[f"{FOLDER}/b2c_require_status.py"]
    assert "UPDATE billing.accounts SET" in files[f"{FOLDER}/b2b_backfill_status.py"]


def test_a_schema_outside_of_a_batch() -> None:
    adds = ADDS.removesuffix(")") + ', schema="billing")'
    requiring = mended(chain(adds)).files[f"{FOLDER}/b2c_require_status.py"]
    assert 'schema="billing",\n    )' in requiring


MODEL = """
import enum
from sqlalchemy import Boolean, Enum, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from app import constants


class Status(enum.Enum):
    ACTIVE = "active"


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: {}
"""


def modelled(declared: str, type_: str = "sa.String(50)") -> dict[str, str]:
    """Return a chain that adds a column whose model is declared so."""
    return {
        **chain(f'op.add_column("accounts", sa.Column("status", {type_}, nullable=False))'),
        "app/__init__.py": "",
        "app/constants.py": 'ACTIVE = "A"\n',
        "app/models.py": MODEL.format(declared),
    }


ENUM = 'sa.Enum("ACTIVE", "CLOSED", name="status")'
VALUES = 'sa.Enum("active", "closed", name="status")'


@pytest.mark.parametrize(
    ("declared", "type_", "value"),
    [
        ('Mapped[str] = mapped_column(default="it\'s on")', "sa.Text", "'it''s on'"),
        ("Mapped[str] = mapped_column(insert_default=constants.ACTIVE)", "sa.String", "'A'"),
        ("Mapped[bool] = mapped_column(default=False)", "sa.Boolean()", "false"),
        ("Mapped[bool] = mapped_column(default=True)", "sa.Integer()", "1"),
        ("Mapped[int] = mapped_column(default=-3)", "sa.BigInteger()", "-3"),
        ("Mapped[float] = mapped_column(default=0.5)", "sa.Numeric(10, 2)", "0.5"),
        ("Mapped[Status] = mapped_column(default=Status.ACTIVE)", ENUM, "'ACTIVE'"),
        ("Mapped[Status] = mapped_column(default=Status.ACTIVE)", VALUES, "'active'"),
        ("Mapped[str] = mapped_column(default=Status.ACTIVE.value)", "sa.Text()", "'active'"),
    ],
)
def test_the_models_default_as_sql_says_it(declared: str, type_: str, value: str) -> None:
    assert f"SET status = {value} WHERE" in backfilled(modelled(declared, type_))


@pytest.mark.parametrize(
    ("declared", "type_"),
    [
        ("Mapped[str]", "sa.String(50)"),
        ("Mapped[str] = mapped_column(default=None)", "sa.String(50)"),
        ("Mapped[str] = mapped_column(default=lambda: 'x')", "sa.String(50)"),
        ("Mapped[str] = mapped_column(default=make_status)", "sa.String(50)"),
        ("Mapped[str] = mapped_column(default='2024-05-01')", "sa.Date()"),
        ("Mapped[dict] = mapped_column(default='x')", "sa.JSON()"),
        ("Mapped[str] = mapped_column(default='x')", "own_types.Encrypted()"),
        ("Mapped[str] = mapped_column(default='at :time')", "sa.String(50)"),
        ("Mapped[Status] = mapped_column(default=Status.ACTIVE)", "sa.Enum('other', name='s')"),
    ],
)
def test_without_a_literal_value_the_first_step_alone(declared: str, type_: str) -> None:
    assert "`default=` that SQL can say" in unwritten(modelled(declared, type_))


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ("Mapped[str | None] = mapped_column(default='x')", "the model lets `accounts.status`"),
        ("Mapped[str] = mapped_column(default='x', unique=True)", "is a key, unique"),
    ],
)
def test_what_the_model_says_against_it(declared: str, reason: str) -> None:
    assert reason in unwritten(modelled(declared))


@pytest.mark.parametrize(
    "column",
    [
        'sa.Column("status", sa.String(50), nullable=False, default="x", unique=True)',
        'sa.Column("x", sa.Integer, sa.ForeignKey("t.id"), nullable=False, default=1)',
    ],
)
def test_a_column_that_cannot_have_one_value_everywhere(column: str) -> None:
    assert "no one value fits" in unwritten(chain(f'op.add_column("accounts", {column})'))


def test_a_column_on_a_condition() -> None:
    assert "on a condition" in unwritten(chain(f"if op.get_bind().dialect.name: {ADDS}"))


@pytest.mark.parametrize(
    "then",
    [
        'op.rename_table("accounts", "customers")',
        'op.alter_column("accounts", "status", new_column_name="state")',
        'op.drop_column("accounts", "status")',
    ],
)
def test_a_column_that_the_revision_takes_away_again(then: str) -> None:
    assert "renames or drops the table or the column" in unwritten(chain(ADDS, then))


FILLS = "op.execute(\"UPDATE accounts SET status = 'X' WHERE status IS NULL\")"


def test_a_later_revision_that_fills_the_column() -> None:
    service = chain(ADDS, **{f"{FOLDER}/d4_fill.py": revision("d4", "c3", FILLS)})
    assert "revision d4 fills `accounts.status` already" in unwritten(service)


def test_one_that_requires_it_and_none_that_fills_it() -> None:
    requires = 'op.alter_column("accounts", "status", nullable=False)'
    service = chain(ADDS, **{f"{FOLDER}/d4_require.py": revision("d4", "c3", requires)})
    assert "SET status = 'ACTIVE'" in backfilled(service)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (revision("d4", "b2"), "the chain branches after b2 (c3, d4)"),
        (revision("d4", "a1", down='"a1"\ndepends_on = "b2"'), "the chain branches after b2"),
        (revision("d4", "c3", down="previous()"), "could not be read"),
        (revision("b2", "a1"), "is a revision b2 too"),
    ],
)
def test_what_follows_is_not_certain(other: str, reason: str) -> None:
    other = other.replace("depends_on = None\n", "", other.count('depends_on = "b2"'))
    assert reason in unwritten(chain(ADDS, **{f"{FOLDER}/d4_other.py": other}))


def test_a_fragment_is_no_part_of_a_chain() -> None:
    service = {"fragment_add_status.py": f"def upgrade():\n    {ADDS}\n"}
    service = {
        k: f"import sqlalchemy as sa\nfrom alembic import op\n\n\n{v}" for k, v in service.items()
    }
    assert "the file is no revision of a chain" in unwritten(service)


def test_a_merge_keeps_its_other_parent() -> None:
    service = chain(ADDS)
    service[f"{FOLDER}/x9_other.py"] = revision("x9", "a1")
    service[f"{FOLDER}/c3_later.py"] = revision("c3", "b2, x9", down='("b2", "x9")')
    later = mended(service).files[f"{FOLDER}/c3_later.py"]
    assert 'down_revision = ("b2c", "x9")' in later
    assert "Revises: b2c, x9" in later


def test_history_is_left_alone() -> None:
    assert not mended(chain(ADDS), settings='start-after = "b2"').files


def test_neighbours_that_both_add_columns() -> None:
    service = chain(ADDS)
    kind = ADDS.replace("status", "kind")
    service[f"{FOLDER}/c3_later.py"] = revision("c3", "b2", kind)
    files = mended(service).files
    assert 'down_revision = "b2c"' in files[f"{FOLDER}/c3_later.py"]
    assert 'down_revision = "c3"' in files[f"{FOLDER}/c3b_backfill_later.py"]
    assert len(files) == 6


@pytest.mark.parametrize(
    ("adding", "file", "filling"),
    [
        ("0002", "0002_add_status", "0002b_backfill_status"),
        ("3f1d2a9b8c7e", "3f1d2a9b8c7e_add_status", "{}_backfill_status"),
        (
            "3f1d2a9b8c7e",
            "2024_05_01_1200-3f1d2a9b8c7e_add_status",
            "2024_05_01_1200-{}_backfill_status",
        ),
        ("3f1d2a9b8c7e", "add_status_3f1d2a9b8c7e", "backfill_status_{}"),
        ("3f1d2a9b8c7e", "status", "status_backfill"),
        ("add_status", "add_status", "add_status_backfill"),
        (
            "20240501_accounts_get_their_status",
            "20240501_accounts_get_their_status",
            "{}",
        ),
    ],
)
def test_names_in_the_services_own_form(adding: str, file: str, filling: str) -> None:
    service = chain(ADDS, adding=adding)
    service[f"{FOLDER}/{file}.py"] = service.pop(f"{FOLDER}/{adding}_add_status.py")
    files = mended(service).files
    (path,) = [path for path, text in files.items() if "Backfill" in text]
    (line,) = [line for line in files[path].splitlines() if line.startswith("revision =")]
    new = line.partition(" = ")[2].strip('"')
    assert path == f"{FOLDER}/{filling.format(new)}.py"
    assert len(new) <= 32
    if adding == "3f1d2a9b8c7e":
        assert len(new) == 12
        assert set(new) <= set("0123456789abcdef")


def test_the_form_of_typed_revisions() -> None:
    head = HEAD.replace(
        "import sqlalchemy", "from collections.abc import Sequence\n\nimport sqlalchemy"
    )
    head = head.replace("\nrevision =", "\nrevision: str =")
    head = head.replace("down_revision =", "down_revision: str | Sequence[str] | None =")
    service = {
        path: text.replace("def upgrade():", "def upgrade() -> None:")
        for path, text in {
            **chain(),
            f"{FOLDER}/b2_add_status.py": revision("b2", "a1", ADDS, head=head),
            f"{FOLDER}/c3_later.py": revision("c3", "b2", head=head),
        }.items()
    }
    files = mended(service).files
    assert 'down_revision: str | Sequence[str] | None = "b2c"' in files[f"{FOLDER}/c3_later.py"]
    filling = files[f"{FOLDER}/b2b_backfill_status.py"]
    assert "from collections.abc import Sequence\n\nfrom alembic import op\n" in filling
    assert 'down_revision: str | Sequence[str] | None = "b2"' in filling
    assert "def upgrade() -> None:" in filling


def test_names_that_sql_reserves() -> None:
    adds = ADDS.replace('"status"', '"order"').replace('"accounts"', '"user"')
    assert """UPDATE "user" SET "order" = 'ACTIVE' WHERE "order" IS NULL""" in eval(
        backfilled(chain(adds)).partition("op.execute(")[2].rstrip(") \n").strip()
    )


def test_a_file_that_is_there_already_leaves_the_first_step() -> None:
    service = chain(ADDS)
    service[f"{FOLDER}/b2b_backfill_status.py"] = "# taken\n"
    files = mended(service).files
    assert set(files) == {f"{FOLDER}/b2_add_status.py"}


@pytest.mark.parametrize(
    ("template", "parent", "expected"),
    [
        ("%%(rev)s_%%(slug)s", "b2_add_status", "b2b_backfill_status"),
        ("%%(slug)s-%%(rev)s", "add_status-b2", "backfill_status-b2b"),
        ("%%(rev)s", "b2", "b2b"),
        (
            "%%(year)d_%%(month).2d_%%(day).2d-%%(rev)s_%%(slug)s",
            "2024_05_01-b2_add_status",
            "2024_05_01-b2b_backfill_status",
        ),
        ("%%(year)d/%%(month).2d_%%(rev)s_%%(slug)s", "2024/05_b2_x", "2024/05_b2b_backfill_x"),
        ("%%(year)d_%%(rev)s", "b2_add_status", "b2b_backfill_status"),
    ],
)
def test_files_are_named_as_alembic_names_them(template: str, parent: str, expected: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        files = {f"{FOLDER}/{parent}.py": revision("b2", None, ADDS)}
        ini = f"[alembic]\nscript_location = alembic\nfile_template = {template}\n"
        folder = write(Path(name), {**files, "pyproject.toml": "", "alembic.ini": ini})
        (finding,) = check([folder], Options(Services(select=("TSL901",)), jobs=1)).findings
    assert finding.fix is not None
    assert finding.fix.bolder is not None
    created = [part.path for part in finding.fix.bolder.elsewhere if part.created]
    assert created[0] == f"{FOLDER}/{expected}.py"
