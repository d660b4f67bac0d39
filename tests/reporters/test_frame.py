import pytest

from turnstay_lint.reporters.frame import frame
from turnstay_lint.source.positions import LineMap, Span


def rows(source: str, span: tuple[int, int, int, int], width: int = 80) -> list[str]:
    """Return the lines of a frame, each underline below its code."""
    shown = []
    for number, code, underline in frame(LineMap(source), Span(*span), width):
        shown.append(f"{number}|{code}")
        if underline:
            shown.append(f" |{underline}")
    return shown


def test_two_lines_before_and_the_span_underlined() -> None:
    assert rows("a\nb\nc\nx = call(1)\nd\n", (4, 4, 4, 11)) == [
        "2|b",
        "3|c",
        "4|x = call(1)",
        " |    ^^^^^^^",
    ]


def test_empty_lines_at_the_top_are_left_out() -> None:
    assert rows("a\n\n\nx\n", (4, 0, 4, 1)) == ["4|x", " |^"]
    assert rows("a\nb\n\nx\n", (4, 0, 4, 1)) == ["2|b", "3|", "4|x", " |^"]


@pytest.mark.parametrize(
    ("line", "span", "expected"),
    [
        ("\tx = call()", (5, 11), ["1|    x = call()", " |        ^^^^^^"]),
        ("日 = call()", (4, 10), ["1|日 = call()", " |     ^^^^^^"]),
        ("call('日')", (0, 9), ["1|call('日')", " |^^^^^^^^^^"]),
        ("e\u0301 = call()", (5, 11), ["1|e\u0301 = call()", " |    ^^^^^^"]),
        ("x = '\x1b' + y", (10, 11), ["1|x = '␛' + y", " |          ^"]),
    ],
)
def test_what_is_underlined_stands_below_it(
    line: str, span: tuple[int, int], expected: list[str]
) -> None:
    assert rows(line, (1, span[0], 1, span[1])) == expected


@pytest.mark.parametrize("span", [(1, 3, 1, 3), (1, 9, 1, 9)])
def test_an_empty_span_gets_one_mark_wherever_it_is(span: tuple[int, int, int, int]) -> None:
    assert rows("abc\n", span) == ["1|abc", " |   ^"]


def test_every_line_of_a_span_is_underlined_from_its_first_word() -> None:
    assert rows("x = call(\n    1,\n)\n", (1, 4, 3, 1)) == [
        "1|x = call(",
        " |    ^^^^^",
        "2|    1,",
        " |    ^^",
        "3|)",
        " |^",
    ]


def test_a_long_span_is_cut_in_its_middle() -> None:
    source = "".join(f"line{n}\n" for n in range(1, 20))
    assert rows(source, (1, 0, 19, 6)) == [
        "1|line1", " |^^^^^",
        "2|line2", " |^^^^^",
        "3|line3", " |^^^^^",
        "4|line4", " |^^^^^",
        "...|",
        "19|line19", " |^^^^^^",
    ]  # fmt: skip


def test_a_long_line_is_shown_through_a_window() -> None:
    line = "a" * 50 + "NEEDLE" + "b" * 50
    assert rows(line, (1, 50, 1, 56), width=40) == [
        "1|…" + "a" * 12 + "NEEDLE" + "b" * 22 + "…",
        " |" + " " * 13 + "^^^^^^",
    ]
    assert rows(line, (1, 0, 1, 3), width=40) == ["1|" + "a" * 40 + "…", " |^^^"]


def test_a_window_onto_wide_characters() -> None:
    line = "日" * 40 + "x"
    assert rows(line, (1, 40, 1, 41), width=20) == ["1|…" + "日" * 6 + "x", " |" + " " * 13 + "^"]


def test_a_file_that_is_not_there_any_more() -> None:
    assert rows("", (7, 0, 7, 3)) == ["7|", " |^"]
