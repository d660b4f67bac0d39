"""Which lines of a file stand around what was changed in it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstay_lint.engine.excerpts import changed_places, excerpts, meets

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
