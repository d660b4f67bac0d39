import pytest

from tests.harness import Check

check = Check("TSL314", path="app/api/utils/search_utils.py")


def in_file(line: str) -> str:
    return f'from sqlalchemy import text\n\nTABLE = "rates"\n\n\ndef work(code, other, row):\n    return {line}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """«text(f"SELECT 1 FROM r WHERE code = '{code}'")»""",
            """text("SELECT 1 FROM r WHERE code = :code").bindparams(code=code)""",
        ),
        (
            """«text(f"SELECT 1 FROM r WHERE id > {row.id}")»""",
            """text("SELECT 1 FROM r WHERE id > :id").bindparams(id=row.id)""",
        ),
        (
            """«text(f"DELETE FROM r WHERE a = {code} AND b = {code}")»""",
            """text("DELETE FROM r WHERE a = :code AND b = :code").bindparams(code=code)""",
        ),
    ],
)
def test_a_value_where_a_parameter_may_stand(before: str, after: str) -> None:
    check.flags(in_file(before), after=in_file(after), unsafe=True)


def test_two_values_of_one_name() -> None:
    fixed = check.fixed(
        in_file('text(f"SELECT 1 WHERE a = {row.id} AND b = {other.id}")'), unsafe=True
    )
    assert "a = :id AND b = :id_2" in fixed
    assert "id=row.id, id_2=other.id" in fixed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('«text(f"SELECT * FROM {code}")»', "cannot be a parameter"),
        ('«text(f"SET ROLE = {code}")»', "takes no parameters"),
        ('«text(f"SELECT 1 WHERE a = {code:d}")»', "formatted"),
        ("""«text(f"SELECT a FROM r LIMIT {row['n']}")»""", "quotes of its own"),
        ('«text("SELECT 1 WHERE a = %s" % code)»', "only a plain f-string"),
        ('«text("SELECT 1 WHERE a = {}".format(code))»', "only a plain f-string"),
        ('«text("SELECT 1 WHERE a = " + code)»', "only a plain f-string"),
        ('«text("SELECT 1 " f"WHERE a = {code}")»', "only a plain f-string"),
    ],
)
def test_what_cannot_be_rewritten(line: str, reason: str) -> None:
    check.flags(in_file(line), after=None, reason=reason)


@pytest.mark.parametrize(
    "line",
    [
        'text("SELECT 1")',
        'text(f"SELECT 1")',
        'text(f"SELECT 1 FROM {TABLE}")',
        'text("SELECT 1 " + "FROM r")',
        "text(code)",
        'print(f"SELECT {code}")',
        "text(code + other)",
    ],
)
def test_what_holds_no_value(line: str) -> None:
    check.clean(in_file(line))


def test_another_function_of_that_name() -> None:
    check.clean("def text(sql): ...\n\n\nvalue = text(f'SELECT {value}')\n")


REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    for table in tables():
        op.execute(sa.text({}))
"""


@pytest.mark.parametrize(
    "sql",
    [
        'f"ALTER TABLE {table} ADD COLUMN note TEXT"',
        'f"""\n            DROP INDEX {table}"""',
        '"ALTER TABLE %s ENABLE ROW LEVEL SECURITY" % table',
        '"CREATE INDEX ix_{0} ON {0} (id)".format(table)',
        '"DROP TABLE " + table',
    ],
)
def test_a_revision_whose_statement_takes_no_parameters(sql: str) -> None:
    text = REVISION.replace("{}", sql)
    check.with_(path="alembic/versions/a1_more.py").clean(text)
    elsewhere = text.replace('revision = "a1"\ndown_revision = None\n', "").replace(
        "upgrade", "put"
    )
    assert check.with_(path="app/core/tables.py").findings(elsewhere)


@pytest.mark.parametrize("sql", ["f\"DELETE FROM tag WHERE name = '{table}'\"", 'f"{table}"'])
def test_a_revision_that_could_bind_its_values(sql: str) -> None:
    text = REVISION.replace("{}", sql)
    assert check.with_(path="alembic/versions/a1_more.py").findings(text)
