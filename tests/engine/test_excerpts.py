"""Which lines of a file stand around what was changed in it."""

import ast
import time
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from turnstay_lint.engine.excerpts import changed_places, differing, excerpts, meets
from turnstay_lint.engine.verification import comments

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
        ((7, 8), (3, 13)),
        ((13, 14), (11, 16)),
        ((14, 15), (11, 16)),
        ((15, 15), (14, 16)),
    ],
)
def test_the_statements_at_a_place_and_one_more_on_both_sides(
    place: tuple[int, int], lines: tuple[int, int]
) -> None:
    assert excerpts(MODULE, [place]) == [lines]


def test_places_near_each_other_are_in_one_excerpt() -> None:
    text = "".join(f"x{n} = {n}\n" for n in range(100))
    assert excerpts(text, [(3, 4), (5, 6), (50, 51)]) == [(2, 7), (49, 52)]


def test_a_text_without_statements_is_its_own_excerpt() -> None:
    assert excerpts("# only a comment\n", [(0, 1)]) == [(0, 2)]


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
