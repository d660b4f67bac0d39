import pytest

from turnstay_lint.reporters.columns import cells, printable


@pytest.mark.parametrize(
    ("line", "widths"),
    [
        ("ab", [1, 1]),
        ("\tb", [4, 1]),
        ("a\tb", [1, 3, 1]),
        ("日b", [2, 1]),
        ("日\tb", [2, 2, 1]),
        ("e\u0301b", [1, 0, 1]),
        ("a\u200bb", [1, 0, 1]),
        ("a\x1bb", [1, 1, 1]),
        ("\U0001f600", [2]),
    ],
)
def test_columns_that_each_character_takes(line: str, widths: list[int]) -> None:
    assert [width for _, width in cells(line)] == widths


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日", "plain é 日"),
        ("red \x1b[31m", "red ␛[31m"),
        ("two\nlines\r", "two␊lines␍"),
        ("\x7f\x9b", "␡\ufffd"),
        ("\u202eabc\u2066", "\ufffdabc\ufffd"),
        ("caf\udce9", "caf\ufffd"),
        ("a\u2028b", "a\ufffdb"),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown
