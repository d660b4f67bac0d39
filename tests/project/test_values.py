import ast
from textwrap import dedent

import pytest

from turnstay_lint.project.summaries.values import (
    UNKNOWN,
    Call,
    Items,
    Literal,
    Name,
    Unknown,
    Value,
    calls_within,
    read_value,
)
from turnstay_lint.source.file import SourceFile

IMPORTS = """
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey
from x import y
local = y()
"""


def value(expression: str) -> Value:
    source = SourceFile.from_text("app/module.py", f"{dedent(IMPORTS)}\nvalue = {expression}\n")
    statement = source.tree.body[-1]
    assert isinstance(statement, ast.Assign)
    return read_value(statement.value, source.scope)


@pytest.mark.parametrize(
    ("expression", "small"),
    [
        ("1", Literal(1)),
        ("-1", Literal(-1)),
        ("-1.5", Literal(-1.5)),
        ("'a' 'b'", Literal("ab")),
        ("b'a'", Literal(b"a")),
        ("None", Literal(None)),
        ("...", Literal(...)),
        ("True", Literal(True)),
        ("y", Name("x.y")),
        ("y.z", Name("x.y.z")),
        ("sa.Column", Name("sqlalchemy.Column")),
        ("local", Name("app.module.local")),
        ("int", Name("builtins.int")),
        ("nothing", UNKNOWN),
        ("y()", Call("x.y")),
        ("y(1, k=2)", Call("x.y", (Literal(1),), (("k", Literal(2)),))),
        ("y(*a, **b)", Call("x.y", (UNKNOWN,), (("**", UNKNOWN),))),
        ("y[int, 'a']", Call("x.y", (Name("builtins.int"), Literal("a")), (), subscript=True)),
        ("y[int]", Call("x.y", (Name("builtins.int"),), (), subscript=True)),
        ("y()()", UNKNOWN),
        ("y()[0]", UNKNOWN),
        ("[1, y]", Items((Literal(1), Name("x.y")))),
        ("(1,)", Items((Literal(1),))),
        ("{1}", Items((Literal(1),))),
        ("{'a': 1}", Items((Items((Literal("a"), Literal(1))),))),
        ("{**y}", Items((Items((UNKNOWN, Name("x.y"))),))),
        ("[*y]", Items((UNKNOWN,))),
        ("1 + 1", UNKNOWN),
        ("not 1", UNKNOWN),
        ("-y", UNKNOWN),
        ("lambda: 1", UNKNOWN),
        ("f'{y}'", UNKNOWN),
        ("y if y else y", UNKNOWN),
        ("[y for y in y]", UNKNOWN),
        (
            "Column(ForeignKey('companies.id'), nullable=False)",
            Call(
                "sqlalchemy.Column",
                (Call("sqlalchemy.ForeignKey", (Literal("companies.id"),)),),
                (("nullable", Literal(False)),),
            ),
        ),
    ],
)
def test_the_small_form_of(expression: str, small: Value) -> None:
    assert value(expression) == small
    assert hash(value(expression)) == hash(small)


def test_no_expression_is_unknown() -> None:
    assert read_value(None, SourceFile.from_text("a.py", "").scope) == Unknown()


def test_what_is_too_deep_is_unknown() -> None:
    deep = value("[" * 20 + "1" + "]" * 20)
    for _ in range(12):
        assert isinstance(deep, Items)
        deep = deep.items[0]
    assert deep == UNKNOWN


def test_keywords_of_a_call() -> None:
    call = value("y(k=1, **more)")
    assert isinstance(call, Call)
    assert call.keyword("k") == Literal(1) and call.keyword("z") is None
    assert call.has_unknown_keywords
    plain = value("y(k=1)")
    assert isinstance(plain, Call) and not plain.has_unknown_keywords


def test_calls_within_outermost_first() -> None:
    found = calls_within(value("[y.a(y.b(), k=y.c()), {'d': y.d()}, y.e]"))
    assert [call.name for call in found] == ["x.y.a", "x.y.b", "x.y.c", "x.y.d"]
    assert list(calls_within(Literal(1))) == []
