import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstay_lint.source.positions import LineMap, Span


def span_of(text: str, name: str) -> Span:
    node = next(n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name) and n.id == name)
    return LineMap(text).span(node)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_where_the_tokenizer_ends_them(end: str) -> None:
    lines = LineMap(f"one{end}two{end}{end}three")
    assert [lines.line(n) for n in range(1, 5)] == ["one", "two", "", "three"]
    assert lines.count == 4


def test_a_carriage_return_before_a_windows_line_end_is_a_line_of_its_own() -> None:
    lines = LineMap("a\r\r\nb")
    assert [lines.line(n) for n in range(1, 4)] == ["a", "", "b"]


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028"])
def test_what_splitlines_would_split_at_is_no_line_end(separator: str) -> None:
    lines = LineMap(f"a{separator}b\nc")
    assert lines.count == 2
    assert lines.line(1) == f"a{separator}b"


def test_the_empty_rest_after_the_last_line_end_is_no_line() -> None:
    assert LineMap("a\n").count == 1
    assert LineMap("").count == 0
    assert LineMap("a\n\n").count == 2


def test_lines_outside_the_text_are_empty() -> None:
    lines = LineMap("a\n")
    assert [lines.line(n) for n in (-1, 0, 2, 3, 99)] == [""] * 5


def test_offsets_outside_the_text_are_its_end() -> None:
    lines = LineMap("ab\ncd")
    assert lines.offset(9, 0) == 5
    assert lines.offset(2, 99) == 5


def test_offset_and_position_are_each_other_s_inverse() -> None:
    text = "é = 1\r\n\tx = '😀'; y\r\x0cz\n\n"
    lines = LineMap(text)
    for offset in range(len(text) + 1):
        assert lines.offset(*lines.position(offset)) == offset


@pytest.mark.parametrize(
    "before",
    ["", "'é'; ", "'日本'; ", "'😀'; ", "'\u0301e'; ", "\x0c", "'é'; \\\n 'é'; "],
    ids=[
        "nothing",
        "two bytes",
        "three bytes",
        "four bytes",
        "combining",
        "form feed",
        "backslash",
    ],
)
def test_columns_are_code_points(before: str) -> None:
    text = f"{before}wanted\n"
    start, end = LineMap(text).offsets(span_of(text, "wanted"))
    assert text[start:end] == "wanted"


def test_a_tab_is_one_column() -> None:
    text = "if x:\n\t\twanted\n"
    assert span_of(text, "wanted") == Span(2, 2, 2, 8)


def test_a_span_over_lines_with_other_letters_on_both() -> None:
    text = "'ä'; f(\n  'ö',\n  'ü')\n"
    call = next(n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call))
    assert LineMap(text).span(call) == Span(1, 5, 3, 6)


def test_a_span_holds_itself_and_what_lies_inside() -> None:
    outer = Span(1, 4, 3, 2)
    assert outer.holds(outer)
    assert outer.holds(Span(2, 0, 2, 90))
    assert not outer.holds(Span(1, 3, 2, 0))
    assert not outer.holds(Span(2, 0, 3, 3))


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), max_size=4),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_whatever_stands_before_a_name(before: list[str], end: str) -> None:
    text = "".join(f"{each!r}; first{end}" for each in before)
    text += f"{'; '.join(map(repr, before)) or 0}; wanted"
    lines = LineMap(text)
    start, stop = lines.offsets(span_of(text, "wanted"))
    assert text[start:stop] == "wanted"
    assert lines.position(start) == span_of(text, "wanted").start
