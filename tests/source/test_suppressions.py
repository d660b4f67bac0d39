"""What is silenced where: a finding of TSL101 at each line that holds the mark ``@@``."""

import argparse
import ast
import io
from textwrap import dedent

import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span
from turnstay_lint.source.suppressions import Kind, may_silence, suppressions
from turnstay_lint.source.text import Text


def finding(line: int, code: str = "TSL101", name: str = "missing-response-model") -> Finding:
    span = Span(line, 0, line, 1)
    return Finding(code, name, Severity.WARNING, "app/module.py", span, "message")


def silenced(text: str, code: str = "TSL101", name: str = "missing-response-model") -> list[int]:
    """Return the lines on which the rule is silenced."""
    source = SourceFile.from_text("app/module.py", dedent(text))
    found = suppressions(source)
    lines = range(1, source.lines.count + 1)
    return [line for line in lines if found.silence(finding(line, code, name))]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# NoQA",
        "# noqa: TSL101",
        "# noqa:TSL101",
        "# noqa: E501,TSL101",
        "# noqa: E501, TSL101",
        "# noqa: E501 TSL101 and a reason",
        "# noqa: TSL1",
        "# noqa : E501",  # flake8 takes it as one without codes
        "# noqa: missing-response-model",  # and this
        "# of something else # noqa: TSL101",
        "# turnstay: ignore",
        "# turnstay: ignore because of that",
        "#turnstay:ignore[TSL101]",
        "# turnstay: ignore[TSL101] because of that",
        "# turnstay: ignore[tsl101]",
        "# turnstay: ignore [TSL101]",
        "# turnstay: ignore[ TSL306 , TSL101 ]",
        "# turnstay: ignore[TSL1]",
        "# turnstay: ignore[TSL]",
        "# turnstay: ignore[missing-response-model]",
        "# turnstay: ignore[Missing-Response-Model]",
        "# turnstay: ignore TSL101",
        "# turnstay: ignore: TSL306, TSL101 because of that",
        "# type: ignore  # turnstay: ignore[TSL101]",
        "# turnstay: ignore[TSL306] # turnstay: ignore[TSL101]",
    ],
)
def test_comments_that_silence(comment: str) -> None:
    assert silenced(f"a\nx = 1  {comment}\nb\n") == [2]


@pytest.mark.parametrize(
    "comment",
    [
        "#noqa",
        "# noqa: TSL306",
        "# noqa: tsl101",
        "# noqa: E501",
        "# noqa: E501  # noqa: TSL101",  # flake8 reads the first alone
        "# turnstay: ignore[]",
        "# turnstay: ignore[TSL306]",
        "# turnstay: ignore[TSL1010]",
        "# turnstay: ignore[response-model]",
        "# turnstay: ignore[T]",
        "# turnstay: ignore[101]",
        "# turnstay: ignore[TSL101",
        "# turnstay: ignore TSL306",
        "# turnstay: ignored",
        "# turnstay: ignore-next[TSL101]",
        "# turnstay: ignore-files",
        "# turnstay ignore[TSL101]",
        "# return turnstay: ignore",
        "# type: ignore",
    ],
)
def test_comments_that_do_not(comment: str) -> None:
    assert silenced(f"a\nx = 1  {comment}\nb\n") == []


STATEMENT = """\
a
x = f(
    1,{}
    2,
){}
b
"""


def test_flake8_s_comment_holds_for_its_own_line_of_a_statement() -> None:
    assert silenced(STATEMENT.format("  # noqa", "")) == [3]
    assert silenced(STATEMENT.format("", "  # noqa")) == [5]


def test_ours_holds_for_the_whole_statement() -> None:
    assert silenced(STATEMENT.format("  # turnstay: ignore", "")) == [2, 3, 4, 5]
    assert silenced(STATEMENT.format("", "  # turnstay: ignore[TSL101]")) == [2, 3, 4, 5]
    assert silenced(STATEMENT.format("\n    # turnstay: ignore", "")) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("comment", ["# noqa", "# turnstay: ignore"])
def test_a_string_or_a_backslash_makes_lines_one(comment: str) -> None:
    assert silenced(f'a\nx = """\n\n"""  {comment}\nb\n') == [2, 3, 4]
    assert silenced(f"a\nx = 1 + \\\n    2  {comment}\nb\n") == [2, 3]


def test_flake8_reads_strings_too_and_we_do_not() -> None:
    assert silenced('a\nx = """\n# noqa\n"""\nb\n') == [2, 3, 4]
    assert silenced('a\nx = """\n# turnstay: ignore\n"""\nb\n') == []


def test_a_comment_of_its_own_line_holds_for_the_statement_below() -> None:
    assert silenced("# turnstay: ignore\nx = f(\n    1\n)\nb\n") == [1, 2, 3, 4]
    assert silenced("# turnstay: ignore\n# and why\n\nx\nb\n") == [1, 2, 3, 4]
    assert silenced("# noqa\nx\n") == [1]
    assert silenced("x\n# turnstay: ignore\n") == [2]


def test_a_comment_above_decorators_holds_down_to_the_def() -> None:
    text = """\
    # turnstay: ignore[TSL101]
    @router.get(
        "/account"
    )
    @router.get("/accounts")
    async def get_account(
        id: int
    ):
        return id
    """
    assert silenced(text) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_comment_between_decorators_holds_from_there() -> None:
    assert silenced("@a\n# turnstay: ignore\n@b\ndef f():\n    pass\n") == [2, 3, 4]


def test_a_comment_beside_a_decorator_holds_for_it_alone() -> None:
    assert silenced("@a\n@b  # turnstay: ignore\ndef f():\n    pass\n") == [2]


def test_a_comment_beside_a_def_does_not_hold_for_its_body() -> None:
    assert silenced("def f():  # turnstay: ignore\n    x\n    y\n") == [1]
    assert silenced("def f(): x  # turnstay: ignore\ny\n") == [1]


def test_a_comment_at_the_end_of_a_block_holds_for_what_follows() -> None:
    assert silenced("def f():\n    x\n    # turnstay: ignore\ny\n") == [3, 4]


def test_statements_on_one_line_share_a_comment() -> None:
    assert silenced("x; y  # turnstay: ignore\nz\n") == [1]


@pytest.mark.parametrize(
    "comment",
    [
        "# turnstay: ignore-file",
        "# turnstay: ignore-file[TSL101] generated",
        "# turnstay: ignore-file[missing-response-model]",
        "# flake8: noqa",
        "    # FLAKE8= NOQA",
        "# flake8: noqa: E501, TSL101",
    ],
)
def test_comments_that_silence_the_file(comment: str) -> None:
    assert silenced(f"a\n{comment}\nb\n") == [1, 2, 3]


@pytest.mark.parametrize(
    "comment",
    [
        "# turnstay: ignore-file[]",
        "# turnstay: ignore-file[TSL306]",
        "x = 1  # flake8: noqa",
        "# flake8: noqa: E501",
        "# flake8: noqa for good reasons",
    ],
)
def test_comments_that_do_not_silence_the_file(comment: str) -> None:
    assert silenced(f"a\n{comment}\nb\n") == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_their_absence(end: str, last: bool) -> None:
    for comment in ("# noqa", "# turnstay: ignore"):
        text = end.join(["a", "\x0cif a:", f"\té = '\x0b'  {comment}"]) + (end if last else "")
        assert silenced(text) == [3]


def test_a_text_that_cannot_be_read_as_tokens_to_its_end() -> None:
    text = "x  # noqa\n# turnstay: ignore\ny\nz = (\n$"
    broken = SourceFile("a.py", Text(text), tree=ast.parse(""))
    found = suppressions(broken)
    assert [line for line in range(1, 6) if found.silence(finding(line))] == [1, 2, 3]


def test_flake8_may_be_left_to_handle_its_own() -> None:
    source = SourceFile.from_text("a.py", "x  # noqa\ny  # turnstay: ignore\n")
    found = suppressions(source)
    assert not found.silence(finding(1), noqa=False)
    assert found.silence(finding(2), noqa=False)


def test_each_comment_says_where_it_stands() -> None:
    source = SourceFile.from_text(
        "a.py", "é = 1  # turnstay: ignore[TSL101]\ny = '''\n'''  # x  # noqa: TSL1, E5 reason\n"
    )
    assert [(s.kind, s.codes, s.lines, s.place) for s in suppressions(source).every] == [
        (Kind.IGNORE, frozenset({"TSL101"}), (1, 1), Span(1, 7, 1, 33)),
        (Kind.NOQA, frozenset({"TSL1", "E5"}), (2, 3), Span(3, 10, 3, 26)),
    ]


def test_files_without_such_words_are_not_tokenized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("turnstay_lint.source.suppressions.tokenize.generate_tokens")
    assert suppressions(SourceFile.from_text("a.py", "x = 1  # no quality\n")).every == ()


PIECES = [
    "x = 1",
    "x = f(\n    1,",
    "    2)",
    ")",
    "if x:",
    "    y = 1",
    "\ty = 1",
    's = """',
    "a # noqa",
    '"""',
    "z = 1 + \\",
    "    2",
    "@decorator",
    "def f(): pass",
    "",
    "\x0c",
    "'é'",
    "# a comment",
]
COMMENTS = [
    "# noqa",
    "#noqa",
    "# NoQA:TSL101",
    "# noqa: TSL1,E5",
    "# noqa: E501 TSL101",
    "# noqa : TSL306",
    "# noqa:  TSL306",
    "# noqa: tsl101",
    "# noqa: E501,  # noqa: TSL101",
    "# noqa:E501TSL101",
]
OPTIONS = argparse.Namespace(
    hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0
)
LINES = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["", *COMMENTS])).map("  ".join),
    max_size=8,
)


@settings(deadline=None)
@given(LINES, st.booleans())
def test_noqa_is_read_as_flake8_reads_it(lines: list[str], ended: bool) -> None:
    text = "\n".join(lines) + ("\n" if ended else "")
    given_lines = io.StringIO(text).readlines()
    processor = FileProcessor("a.py", OPTIONS, given_lines)
    source = SourceFile("a.py", Text(text), tree=ast.parse(""))
    found = suppressions(source)
    for number, line in enumerate(given_lines, 1):
        physical = processor.noqa_line_for(number)
        violation = Violation("TSL101", "a.py", number, 1, "", physical if physical else line)
        wanted = violation.is_inline_ignored(disable_noqa=False)
        assert found.silence(finding(number)) == wanted, (number, text)


@pytest.mark.parametrize(
    ("comment", "may"),
    [
        ("# noqa: F401", False),
        ("# noqa: E501, F401", False),
        ("# noqa: BLE001", False),
        ("# noqa", True),
        ("# NOQA:E501", False),
        ("# noqa: E501, TSL306", True),
        ("# noqa: E501 TSL3", True),
        ("# flake8: noqa", True),
        ("# turnstay: ignore", True),
        ("# nothing", False),
    ],
)
def test_from_the_text_alone_what_may_silence_ours(comment: str, may: bool) -> None:
    assert may_silence(SourceFile.from_text("a.py", f"x = 1  {comment}\n")) is may
