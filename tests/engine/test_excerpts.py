"""Which lines of a file stand around what was changed in it."""

import ast
import time
from collections import Counter
from pathlib import Path

import black
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from turnstay_lint.engine.mending.black_style import _wishes
from turnstay_lint.engine.mending.excerpts import (
    Excerpt,
    changed_places,
    differing,
    excerpts,
    meets,
)
from turnstay_lint.engine.mending.verification import comments

MODULE = '''\
"""Docstring."""
import os

x = 1


@decorated
def f():
    return 1


y = """
text"""; z = 1
"no docstring"
w = 2
'''


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        ((1, 2), (0, 4)),
        ((3, 4), (1, 9)),
        ((2, 3), (1, 4)),
        ((4, 4), (3, 9)),
        ((5, 5), (3, 9)),
        ((6, 7), (3, 9)),
        ((13, 14), (11, 15)),
        ((14, 15), (11, 16)),
        ((15, 15), (14, 16)),
    ],
)
def test_the_statements_at_a_place_and_one_more_on_both_sides(
    place: tuple[int, int], lines: tuple[int, int]
) -> None:
    assert excerpts(MODULE, [place]) == [Excerpt(lines)]


def test_places_near_each_other_are_in_one_excerpt() -> None:
    text = "".join(f"x{n} = {n}\n" for n in range(100))
    found = excerpts(text, [(3, 4), (5, 6), (50, 51)])
    assert found == [Excerpt((2, 7)), Excerpt((49, 52))]


def test_a_text_without_statements_is_its_own_excerpt() -> None:
    assert excerpts("# only a comment\n", [(0, 1)]) == [Excerpt((0, 2))]


DEEP = '''\
class A:
    """Docstring."""

    x = 1

    def one(self):
        if self:
            return 1
        return 2

    async def two(self):
        """Docstring."""
        first = 1
        second = 2
        third = 3
        ...

    y: int


def after(
    x
): return x


def last():
    ...
'''


@pytest.mark.parametrize(
    ("place", "excerpt"),
    [
        ((13, 14), Excerpt((12, 15), "class _:\n    async def _():\n")),
        ((12, 13), Excerpt((11, 14), "class _:\n    async def _():\n")),
        ((14, 15), Excerpt((13, 16), "class _:\n    async def _():\n")),
        ((10, 11), Excerpt((8, 13), "class _:\n    def _():\n")),
        ((3, 4), Excerpt((1, 8), "class _:\n")),
        ((0, 1), Excerpt((0, 4))),
        ((16, 17), Excerpt((10, 18), "class _:\n")),
        ((17, 18), Excerpt((10, 23), "class _:\n")),
        ((24, 25), Excerpt((20, 27))),
    ],
)
def test_what_is_deep_in_a_class_is_there_without_the_rest_of_it(
    place: tuple[int, int], excerpt: Excerpt
) -> None:
    assert excerpts(DEEP, [place]) == [excerpt]


@pytest.mark.parametrize("name", ["services/discovery", "files/entries"])
def test_black_says_of_excerpts_what_it_says_of_the_whole(name: str) -> None:
    mode = black.Mode(line_length=100)
    text = black.format_str(Path(f"turnstay_lint/engine/{name}.py").read_text(), mode=mode)
    lines = text.split("\n")
    for number in range(1, len(lines) - 1, 9):
        for broken in ([lines[number], "", "", ""], [lines[number].replace(",", " ,") + " "], []):
            changed = "\n".join([*lines[:number], *broken, *lines[number + 1 :]])
            if not parses(changed):
                continue
            places = [now for _, now in changed_places(text, changed)]
            now = changed.split("\n")
            wishes = sorted(_wishes(changed, places, mode))
            for (first, last), instead in reversed(wishes):
                now[first:last] = instead
            assert "\n".join(now) == black.format_str(changed, mode=mode), changed


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


TEXTS = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8).map("\n".join)


@given(TEXTS, TEXTS)
def test_the_places_are_all_that_is_different(before: str, after: str) -> None:
    lines, new = before.split("\n"), after.split("\n")
    for (first, last), now in reversed(changed_places(before, after)):
        assert lines[first:last] != new[slice(*now)]
        lines[first:last] = new[slice(*now)]
    assert lines == new


def test_a_change_among_lines_that_are_all_alike_takes_no_square_of_them() -> None:
    begun = time.process_time()
    before = "x = 1\n" * 30_000
    assert changed_places(before, before + "y\n") == [((30_000, 30_000), (30_000, 30_001))]
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ((1, 3), (2, 4), True),
        ((1, 2), (2, 3), False),
        ((2, 2), (2, 3), True),
        ((2, 2), (1, 2), True),
        ((2, 2), (1, 3), True),
        ((2, 2), (2, 2), True),
        ((2, 2), (3, 4), False),
    ],
)
def test_what_has_a_line_in_common_meets_and_what_has_none_may_touch(
    one: tuple[int, int], other: tuple[int, int], met: bool
) -> None:
    assert meets(one, [other]) is met
    assert meets(other, [one]) is met


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("x = 1", "x = 2", "import os\n\nx = 1\n\n"),
        ("x = 1\n", "", "import os\n\nx = 1\n\n"),
        ("return 1", "return 1  # one", "@decorated\ndef f():\n    return 1\n\n"),
        ("z = 1", "z = 2", 'y = """\ntext"""; z = 1'),
        ("w = 2\n", "w = 3\n", '"no docstring"\nw = 2\n'),
        ("\nx = 1", '\n"""\nx = 1', MODULE),
        ("\nx = 1", "\rx = 1", MODULE),
    ],
)
def test_what_differs_and_the_statements_around_it(old: str, new: str, part: str) -> None:
    assert differing(MODULE, MODULE.replace(old, new)) == (part, part.replace(old, new))


BLOCKS = st.lists(
    st.sampled_from(
        [
            "# one",
            "x = 1  # two",
            's = """',
            '"""',
            's = """# no comment"""; y = 1  # three',
            "def f():\n    # four\n    return 1",
            "if x:\n    y = 2  # five\nelse:\n    y = 3",
            "z = (  # six\n    1,\n)",
            "",
        ]
    ),
    max_size=7,
)


@given(BLOCKS, BLOCKS, BLOCKS, BLOCKS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_comment_that_is_lost_is_lost_from_what_differs(
    head: list[str], old: list[str], new: list[str], tail: list[str], end: str
) -> None:
    before, after = (
        end.join("\n".join([*head, *middle, *tail]).split("\n")) for middle in (old, new)
    )
    assume(is_python(before) and is_python(after))
    wholly = Counter(comments(before)) - Counter(comments(after))
    first, second = differing(before, after)
    assert Counter(comments(first)) - Counter(comments(second)) == wholly


def is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
