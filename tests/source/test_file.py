import ast
import gc
import sys
import warnings
from collections.abc import Iterator

import pytest

from turnstay_lint.source.file import SourceFile, UnparsableSource, fact, module_name, parse
from turnstay_lint.source.positions import Span


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("app/models.py", "app.models"),
        ("app/__init__.py", "app.__init__"),
        ("./app/models.py", "app.models"),
        ("../app/models.py", "app.models"),
        ("/srv/app/models.py", "srv.app.models"),
        ("app\\models.py", "app.models"),
        ("models.pyi", "models"),
        ("script", "script"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_the_module_of_a_path(path: str, module: str) -> None:
    assert module_name(path) == module


def test_columns_of_a_syntax_error_are_code_points_from_0() -> None:
    with pytest.raises(UnparsableSource) as caught:
        parse("x = 1\né = (ñ ñ)\n")
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_a_syntax_error_in_a_file_of_carriage_returns() -> None:
    with pytest.raises(UnparsableSource) as caught:
        parse("x = 1\r# c\ry = (")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "(" * 250 + ")" * 250,
        "a" + ".b" * 9000,
        "x = " + "-" * 9000 + "1",
        "x = 1\0",
        "'\udc80'",
        "if x:\n\ty\n        z\n",
        "\ufeffx = 1",
        "x = " + "1" * 5000,
    ],
    ids=["parentheses", "attributes", "minus", "nul", "surrogate", "tabs", "mark", "digits"],
)
def test_whatever_cannot_be_parsed_says_so_in_one_way(text: str) -> None:
    with pytest.raises(UnparsableSource) as caught:
        parse(text)
    assert caught.value.message
    assert caught.value.line >= 1
    assert caught.value.column >= 0


def test_warnings_of_the_parser_are_not_the_user_s() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parse("x = '\\d' if 1 is 1 else 2or 1\n")


NEWER = [
    ((3, 14), "try:\n    pass\nexcept A, B:\n    pass\n", "Python 3.14"),
    ((3, 14), 'x = f(t"{y}")\n', "Python 3.14"),
    ((3, 14), "t'{y}'\n", "Python 3.14"),
    ((3, 12), "def first[T](items: list[T]) -> T: ...\n", "Python 3.12"),
    ((3, 12), "class Page[T]:\n    pass\n", "Python 3.12"),
    ((3, 12), "type Accounts = list[Account]\n", r"Python 3.12 \(type statements"),
    ((3, 12), "type Page[T] = list[T]\n", r"Python 3.12 \(type parameters"),
    ((3, 12), 'x = f"{\n    y\n}"\n', "Python 3.12"),
    ((3, 12), "x = Rf'a {{b}} {\n    y\n}'\n", "Python 3.12"),
    ((3, 12), "x = f\"{'\\n'.join(y)}\"\n", "Python 3.12"),
    ((3, 12), 'x = f"{y["a"]}"\n', "Python 3.12"),
    ((3, 13), "class Page[T = int]:\n    pass\n", "Python 3.13"),
    ((3, 15), "lazy import json\n", "Python 3.15"),
]


@pytest.mark.parametrize(
    ("text", "said"), [(text, said) for since, text, said in NEWER if sys.version_info < since]
)
def test_syntax_newer_than_the_running_python(text: str, said: str) -> None:
    with pytest.raises(UnparsableSource, match=said):
        parse(text)


@pytest.mark.parametrize("text", ['x = "{\n}"\n', 'x = f"{y} z\n"\n', "x = f('{\n}')\n"])
def test_a_string_that_no_python_reads(text: str) -> None:
    with pytest.raises(UnparsableSource) as caught:
        parse(text)
    assert "3.12" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: list[int) -> int:\n    pass\n",
        "class A(list[int):\n    pass\n",
        "print 'hello'\n",
        "print'hello'\n",
        "x = 'don t' y\n",
        "type = (\n",
        "lazy = (\n",
    ],
)
def test_a_plain_mistake_is_no_matter_of_age(text: str) -> None:
    with pytest.raises(UnparsableSource) as caught:
        parse(text)
    assert "Python 3" not in caught.value.message


def test_a_tree_that_is_handed_over_is_not_parsed_again() -> None:
    tree = ast.parse("x = 1")
    source = SourceFile.from_text("a.py", "x = 1")
    given = SourceFile("a.py", source.origin, tree=tree)
    assert given.tree is tree
    assert given.module == "a"


def test_calls_are_found_by_what_they_call() -> None:
    source = SourceFile.from_text(
        "a.py", "import sqlalchemy as sa\nsa.Column(sa.String())\nColumn = print\nColumn()\n"
    )
    found = [(source.span(call), name) for call, _, name in source.calls_of("sqlalchemy.Column")]
    assert found == [(Span(2, 0, 2, 22), "sqlalchemy.Column")]


def test_a_fact_is_taken_once_for_each_file_and_argument() -> None:
    calls: list[tuple[str, int]] = []

    @fact
    def doubled(source: SourceFile, number: int) -> Iterator[int]:
        """Said of the fact."""
        calls.append((source.path, number))
        return iter([2 * number])

    one, other = (SourceFile.from_text(path, "") for path in ("one.py", "other.py"))
    assert doubled(one, 2) is doubled(one, 2)
    doubled(one, 3)
    doubled(other, 2)
    assert calls == [("one.py", 2), ("one.py", 3), ("other.py", 2)]
    assert doubled.__doc__ == "Said of the fact."


class _ParsesWhenItGoes:
    """Refers to itself, so that the garbage collector ends it, in the middle of whatever runs."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        ast.parse("x = [1]")


def test_a_parser_that_another_s_parsing_upset_is_asked_once_more() -> None:
    text = "def f(a):\n    return [a, (a, [a])]\n" * 50
    threshold = gc.get_threshold()
    gc.collect()
    gc.set_threshold(500)
    try:
        _ParsesWhenItGoes()
        tree = parse(text)
    finally:
        gc.set_threshold(*threshold)
    assert len(tree.body) == 50
