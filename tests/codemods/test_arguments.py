"""Arguments are added as black would have them: black itself says how that is."""

from __future__ import annotations

import ast

import black
import libcst as cst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.edits import Edits, apply
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile

NAMES = ["tags", "summary", "deprecated", "dependencies", "operation_id", "x"]
VALUES = [
    '"a"',
    '"a rather long text of a summary"',
    "True",
    "204",
    '["accounts"]',
    "[Depends(deps.get_token)]",
    "{404: {'model': Missing}}",
    "[Depends(check_permissions(['Dashboard Refund', 'Dashboard']))]",
    "status.HTTP_201_CREATED",
    "dict()",
    "(1,)",
]
MODELS = ["AccountResponse", "list[AccountResponse]", "Page[schemas.AccountResponse]", "None"]


def with_model(text: str, model: str, width: int, name: str = "response_model") -> str:
    """The text after its first call of ``router.get`` or ``add`` got the keyword."""
    tree = Tree(SourceFile.from_text("app/module.py", text))
    edits = Edits(tree, Settings(line_length=width))
    for line, column in [(n, len(tree.indent_of(n))) for n in range(1, tree.lines.count + 1)]:
        at = column + tree.lines.line(line)[column:].startswith("@")
        for node in tree._nodes.get((line, at), ()):
            if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                set_keyword(edits, node, name, model)
                return apply(text, edits.changes)
    raise AssertionError(f"no call in {text}")


@st.composite
def calls(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(NAMES), max_size=5, unique=True))
    values = [draw(st.sampled_from(VALUES)) for _ in names]
    path = draw(st.sampled_from(['"/account"', 'f"/{PREFIX}/accounts"', "constants.PATH", ""]))
    arguments = ", ".join([path] * bool(path) + [f"{n}={v}" for n, v in zip(names, values)])
    comma = "," if arguments and draw(st.booleans()) else ""
    comment = draw(st.sampled_from(["", "", "  # noqa: E501", "  # the account"]))
    call = f"router.get({arguments}{comma})"
    if draw(st.booleans()):
        text = f"@{call}{comment}\nasync def get_account(id: int):\n    return id\n"
    else:
        text = f"{call}{comment}\n"
    if draw(st.booleans()):
        text = "class Accounts:\n" + "".join(f"    {line}\n" for line in text.splitlines())
    return text


@settings(max_examples=60, deadline=None)
@given(calls(), st.sampled_from(MODELS), st.integers(40, 110))
def test_a_formatted_call_stays_formatted(text: str, model: str, width: int) -> None:
    mode = black.Mode(line_length=width)
    before = black.format_str(text, mode=mode)
    after = with_model(before, model, width)
    assert after == black.format_str(after, mode=mode)
    assert f"response_model={model}" in after or width < 60
    again = with_model(after, model, width)
    assert again == after


@settings(max_examples=60, deadline=None)
@given(calls(), st.sampled_from(MODELS), st.integers(40, 110))
def test_a_value_that_is_replaced(text: str, model: str, width: int) -> None:
    mode = black.Mode(line_length=width)
    before = with_model(black.format_str(text, mode=mode), "dict", width)
    after = with_model(before, model, width)
    assert after == black.format_str(after, mode=mode)
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(with_model(text, model, width)))


COMMENTED = [
    "router.get(  # type: ignore\n    {}\n)\n",
    "router.get(\n    # of its own\n    {}\n)\n",
    "router.get(\n    {}\n    # of its own\n)\n",
    "router.get(\n    {}  # behind\n)\n",
    "router.get(  # first\n    {}  # behind\n)\n",
]
PLAIN = [value for value in VALUES if value[-1] not in ")]}"]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(COMMENTED),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(PLAIN)), min_size=1, max_size=4),
    st.sampled_from(MODELS[:2]),
    st.integers(50, 110),
)
def test_comments_in_the_call(
    form: str, given_: list[tuple[str, str]], model: str, width: int
) -> None:
    arguments = ", ".join(f"{name}={value}" for name, value in dict(given_).items())
    mode = black.Mode(line_length=width)
    before = black.format_str(form.format(arguments), mode=mode)
    after = with_model(before, model, width)
    assert after == black.format_str(after, mode=mode)
    assert after.count("#") == before.count("#")


def test_comments_between_arguments_stay_beside_theirs() -> None:
    before = """\
@router.get(
    "/account",  # the path
    # what it is about
    tags=["accounts"],  # one
)
async def get_account(): ...
"""
    assert with_model(before, "AccountResponse", 88) == before.replace(
        "# one\n", "# one\n    response_model=AccountResponse,\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("router.get()\n", "router.get(response_model=A)\n"),
        ("router.get( '/a' )\n", "router.get( '/a', response_model=A )\n"),
        ("router.get('/a', **more)\n", "router.get('/a', **more, response_model=A)\n"),
        ("router.get('/a'); x = 1\n", "router.get('/a', response_model=A); x = 1\n"),
        ("router.get('/a',\n           x=1)\n", "router.get('/a',\n           x=1, response_model=A)\n"),
        ("router.get(\r\n    '/a',\r\n    x=1,\r\n)\r\n", "router.get(\r\n    '/a',\r\n    x=1,\r\n    response_model=A,\r\n)\r\n"),
        ("class A:\n\trouter.get(\n\t\t'/a',\n\t\tx=1,\n\t)\n", "class A:\n\trouter.get(\n\t\t'/a',\n\t\tx=1,\n\t\tresponse_model=A,\n\t)\n"),
    ],
)  # fmt: skip
def test_other_layouts_keep_their_own(before: str, after: str) -> None:
    assert with_model(before, "A", 88) == after
