import ast
from textwrap import dedent

import pytest

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.types import NONE, UNKNOWN, Type, read_type

HEAD = """
import datetime
import typing
import typing as t
from typing import Annotated, List, Literal, Optional, Union
from app.models import Account
import app.models
"""
ACCOUNT = Type("app.models.Account")
INT, STR = Type("builtins.int"), Type("builtins.str")


def read(annotation: str) -> Type:
    source = SourceFile.from_text("app/module.py", f"{HEAD}\ndef f(x: {annotation}): ...\n")
    node = source.index.functions[0].node
    assert isinstance(node, ast.FunctionDef)
    return read_type(node.args.args[0].annotation, source.scope)


@pytest.mark.parametrize(
    ("annotation", "wanted"),
    [
        ("int", INT),
        ("None", NONE),
        ("Account", ACCOUNT),
        ("app.models.Account", ACCOUNT),
        ('"Account"', ACCOUNT),
        ('" Account "', ACCOUNT),
        ("\"'Account'\"", ACCOUNT),
        ("list[Account]", Type("builtins.list", (ACCOUNT,))),
        ('list["Account"]', Type("builtins.list", (ACCOUNT,))),
        ('"list[Account]"', Type("builtins.list", (ACCOUNT,))),
        ("List[Account]", Type("builtins.list", (ACCOUNT,))),
        ("t.Dict[str, Account]", Type("builtins.dict", (STR, ACCOUNT))),
        ("Account | None", Type("|", (ACCOUNT, NONE))),
        ('"Account | None"', Type("|", (ACCOUNT, NONE))),
        ("Optional[Account]", Type("|", (ACCOUNT, NONE))),
        ("Union[Account, None]", Type("|", (ACCOUNT, NONE))),
        ("Union[Account]", ACCOUNT),
        ("Optional[None]", NONE),
        ("Union[int, Union[str, int], None]", Type("|", (INT, STR, NONE))),
        ("int | (str | int)", Type("|", (INT, STR))),
        ("Annotated[Account, Depends(f)]", ACCOUNT),
        ("typing.Annotated[Optional[int], Query()]", Type("|", (INT, NONE))),
        ('Literal["a", "b"]', Type("typing.Literal")),
        ("typing.Any", Type("typing.Any")),
        ("datetime.datetime", Type("datetime.datetime")),
        ("f()", UNKNOWN),
        ("x[0].y", UNKNOWN),
        ('"not a type"', UNKNOWN),
        ('"\\0"', UNKNOWN),
        ('""', UNKNOWN),
        ("1", UNKNOWN),
        ("unheard_of", UNKNOWN),
        ("unheard_of[int]", UNKNOWN),
        ("list[unheard_of]", Type("builtins.list", (UNKNOWN,))),
        ("tuple[()]", Type("builtins.tuple")),
        ("Union[()]", Type("|")),
    ],
)
def test_what_an_annotation_says(annotation: str, wanted: Type) -> None:
    assert read(annotation) == wanted


def test_no_annotation() -> None:
    assert read_type(None, SourceFile.from_text("a.py", "").scope) == UNKNOWN


def test_a_union_without_none() -> None:
    assert read("Account | None").without_none == ACCOUNT
    assert read("int | str | None").without_none == Type("|", (INT, STR))
    assert read("Account").without_none == ACCOUNT
    assert read("int | str").members == (INT, STR)
    assert read("Account").members == (ACCOUNT,)


def test_a_type_is_known_when_all_of_it_is() -> None:
    assert read("dict[str, list[Account]]").known
    assert not read("dict[str, list[unheard_of]]").known


def test_a_field_of_the_name_of_its_type() -> None:
    source = SourceFile.from_text(
        "app/module.py",
        dedent(
            """
            from datetime import date

            class A:
                date: date | None = None
                other: "date"
            """
        ),
    )
    scope = source.index.classes[0]
    assert isinstance(scope.node, ast.ClassDef)
    own, other = scope.node.body
    assert isinstance(own, ast.AnnAssign)
    assert isinstance(other, ast.AnnAssign)
    assert read_type(own.annotation, scope) == Type("|", (Type("datetime.date"), NONE))


def test_a_union_as_long_as_the_parser_reads() -> None:
    assert read(" | ".join(["int", "str"] * 500)) == Type("|", (INT, STR))
