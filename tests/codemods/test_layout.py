import black
import pytest

from turnstay_lint.codemods.layout import laid_out, relaid

STATEMENTS = [
    'x = relationship("Account", back_populates="company")',
    'accounts: Mapped[list["Account"]] = relationship("Account", back_populates="company", lazy=1)',
    'op.add_column("accounts", sa.Column("status", sa.String(50), nullable=False, comment="of it"))',
    'op.add_column("accounts", sa.Column("status", sa.Enum("open", "closed", "waiting", "gone"), '
    "nullable=False))",
    'f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb(cccccccccccccc("d")))',
    'call("a", ["b", "c"], {"d": 1, "e": (2,)}, f"{x!r} and {{y}}", long_keyword_argument=None)',
    'value = f(options={"remote_side": "Node.id", "lazy": "selectin", "join_depth": 100000000})',
    'names = ["aaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccc"]',
    "relationship(\n    A,\n    backref=backref('x'),\n)",
]


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("indent", ["", "    ", "        "])
@pytest.mark.parametrize("width", [60, 88, 100])
def test_black_agrees(statement: str, indent: str, width: int) -> None:
    head = "".join(f"{'    ' * level}if x:\n" for level in range(len(indent) // 4))
    statement = statement.replace("'", '"')
    whole = head + indent + statement.replace("\n", f"\n{indent}") + "\n"
    expected = black.format_str(whole, mode=black.Mode(line_length=width))
    assert head + indent + laid_out(statement, indent, width) + "\n" == expected


def test_a_statement_that_was_laid_out_otherwise_keeps_its_form() -> None:
    before = "f(a,\n  b)"
    assert relaid(before, "f(a,\n  b, c)", "", 88) == "f(a,\n  b, c)"


@pytest.mark.parametrize("statement", ["f(a,  # one\n  b)", 'f("""x\n""")', "x = (a\n     + b)"])
def test_what_is_not_understood_is_left(statement: str) -> None:
    assert relaid(statement, statement, "", 5) == statement
