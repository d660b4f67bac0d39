"""The words of a text, and those that are called."""

from __future__ import annotations

import pytest

from turnstay_lint.source.words import called_in, words_of


def test_words_are_identifiers_wherever_they_stand() -> None:
    assert words_of("a.b(c_1) # said\n'été'") == {"a", "b", "c_1", "said", "été"}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("find(x)", {"find"}),
        ("session.find(make(x))", {"find", "make"}),
        ("(a or b)(c)", set()),
        ("x = y", set()),
        ("f()()", {"f"}),
        ("def f(a): ...", {"f"}),
        ("été(x)", {"été"}),
    ],
)
def test_what_has_a_parenthesis_behind_it_is_called(text: str, called: set[str]) -> None:
    assert called_in(text) == called
