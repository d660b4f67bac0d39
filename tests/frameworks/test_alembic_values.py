"""What expressions of a revision are worth, seen in the name of a table that is dropped."""

import pytest

from turnstay_lint.frameworks.alembic.changes import DropTable
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.source.file import SourceFile

HEAD = """
import inspect
import textwrap

import sqlalchemy as sa
from alembic import op

NAMES = ["a", "b"]
PAIRS = {"a": "x", "b": "y"}


class Model(Base):
    __tablename__ = "models"
    __table_args__ = {"schema": "s"}


"""


def dropped(*lines: str) -> list[str | None]:
    body = "".join(f"    {line}\n" for line in lines)
    found = revision_of(SourceFile.from_text("versions/a.py", f"{HEAD}def upgrade():\n{body}"))
    assert found is not None
    operations = [operation.change for operation in found.upgrades[0]]
    return [change.table.name for change in operations if isinstance(change, DropTable)]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("NAMES[-1]", "b"),
        ("NAMES[7]", None),
        ("PAIRS['b']", "y"),
        ("PAIRS['c']", None),
        ("PAIRS.get('a')", "x"),
        ("PAIRS.get('c', 'z')", "z"),
        ("list(PAIRS)[0]", "a"),
        ("list(PAIRS.keys())[1]", "b"),
        ("list(PAIRS.values())[1]", "y"),
        ("sorted(NAMES)[0]", "a"),
        ("[n + '!' for n in NAMES if n not in ('a',)][0]", "b!"),
        ("{k: v for k, v in PAIRS.items()}['a']", "x"),
        ("[n for n in unknown][0]", None),
        ("[a + b for a in NAMES for b in NAMES][1]", "ab"),
        ("(NAMES + ['c'])[2]", "c"),
        ("(PAIRS | {'c': 'z'})['c']", "z"),
        ("{**PAIRS, **unknown}['a']", None),
        ("[*NAMES, *unknown][0]", None),
        ("dict(a='q')['a']", "q"),
        ("list(zip(NAMES, NAMES))[1][0]", "b"),
        ("list(zip(NAMES, unknown))[0]", None),
        ("'t' + str(1)", "t1"),
        ("'t' + unknown", None),
        ("unknown + 't'", None),
        ("unknown + unknown", None),
        ("-1", None),
        ("-unknown", None),
        ("'a' if not NAMES else 'b'", "b"),
        ("'a' if not unknown else 'b'", None),
        ("unknown or 'a'", None),
        ("'' or 'a'", "a"),
        ("'a' and 'b'", "b"),
        ("None or 'a'", "a"),
        ("'a' if 'a' == 'a' else 'b'", "a"),
        ("'a' if 'a' != 'a' else 'b'", "b"),
        ("'a' if None is None else 'b'", "a"),
        ("'a' if 'a' in NAMES else 'b'", "a"),
        ("'a' if 1 < 2 else 'b'", None),
        ("'a' if f'{unknown}' == 'a' else 'b'", None),
        ("'a' if [] else 'b'", "b"),
        ("'a' if {} else 'b'", "b"),
        ("f'{NAMES[0]}_{1}'", "a_1"),
        ("f'{unknown}_a'", None),
        ("f'{1!r}'", "1"),
        ("f'{1:>3}'", None),
        ("'%s_%s' % ('a', 'b')", "a_b"),
        ("'%(n)s%%' % {'n': 'a'}", "a%"),
        ("'{{{}}}'.format('a')", "{a}"),
        ("'{0}{n}'.format('a', n='b')", "ab"),
        ("'_'.join(NAMES)", "a_b"),
        ("'_'.join(unknown)", None),
        ("' A '.strip().lower()", "a"),
        ("'a-b'.replace('-', '_')", "a_b"),
        ("'a-b'.split('-')[1]", "b"),
        ("'a'.encode()", None),
        ("textwrap.dedent('  a')", "a"),
        ("(name := 'a')", "a"),
        ("(lambda n='a': n)()", "a"),
        ("Model.__tablename__", "models"),
        ("Model.__table__", "models"),
        ("Model.__table__.name", "models"),
        ("Model", "models"),
        ("sa.Table('a', sa.MetaData())", "a"),
        ("op.f('a')", "a"),
        ("op.create_table('a')", "a"),
        ("max(NAMES)", None),
        ("NAMES.index('a')", None),
        ("PAIRS.pop('a')", None),
        ("str()", ""),
    ],
)
def test_an_expression(expression: str, name: str | None) -> None:
    assert dropped(f"op.drop_table({expression})") == [name]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["a, b = NAMES", "op.drop_table(b)"], ["b"]),
        (["a, *b = NAMES", "op.drop_table(a)"], ["a"]),
        (["*a, b = NAMES", "op.drop_table(a[0])"], ["a"]),
        (["a, b, c, *d = NAMES", "op.drop_table(a)"], [None]),
        (["a, *b = unknown", "op.drop_table(b)"], [None]),
        (["op.drop_table(NAMES[1:][0])"], ["b"]),
        (["op.drop_table(NAMES[n:][0])"], [None]),
        (["op.drop_table(NAMES[::0][0])"], [None]),
        (["op.drop_table(NAMES['a':][0])"], [None]),
        (["list(map(op.drop_table, NAMES))"], ["a", "b"]),
        (["getattr(op, 'drop_table')('a')"], ["a"]),
        (["op.drop_table('a\\nb'.splitlines()[1])"], ["b"]),
        (["op.drop_table('{x}'.format_map({'x': 'a'}))"], ["a"]),
        (
            [
                "def names():",
                "    yield 'a'",
                "    yield 'b'",
                "[op.drop_table(n) for n in names()]",
            ],
            ["a", "b"],
        ),
        (["def own(): op.drop_table('a')", "globals()['own']()"], []),
        (["a, b = unknown", "op.drop_table(a)"], [None]),
        (["d = {}", "d['a'] = 'x'", "op.drop_table(d['a'])"], ["x"]),
        (["l = []", "l.extend(NAMES)", "op.drop_table(l[1])"], ["b"]),
        (["for n in NAMES:", "    if n == 'a': continue", "    op.drop_table(n)"], ["b"]),
        (["n = 'a' if unknown else 'a2'", "op.drop_table(n)"], [None]),
        (["if unknown: n = 'a'", "else: n = 'b'", "op.drop_table(n)"], [None]),
        (["n = 'a'", "if unknown: return", "op.drop_table(n)"], ["a"]),
        (["try:", "    n = 'a'", "except ValueError:", "    raise", "op.drop_table(n)"], ["a"]),
        (["sa.Table('a', sa.MetaData()).drop(op.get_bind())"], ["a"]),
        (["op.invoke(alembic.operations.ops.DropTableOp('a'))"], ["a"]),
        (["op.execute(sa.schema.DropTable(sa.table('a')))"], ["a"]),
    ],
)
def test_statements(lines: list[str], names: list[str | None]) -> None:
    assert dropped(*lines) == names
