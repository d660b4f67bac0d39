from typing import Any

from tests.reporters.views import finding, view
from turnstay_lint.engine.repairing.previews import Edit
from turnstay_lint.findings import Finding, Related, safe, unsafe
from turnstay_lint.reporters.full import report
from turnstay_lint.source.positions import Span

SOURCE = "class Account:\n    company = relationship()\n"


def shown(*findings: Finding, **more: Any) -> str:
    return "\n".join(report(view(*findings, source=SOURCE, **more)))


def test_a_finding_with_all_that_belongs_to_it() -> None:
    found = finding(
        (2, 14, 2, 28),
        help="Load it ahead.",
        related=(Related("app/base.py", Span(3, 4, 3, 9), "the other side"),),
        fix=safe('Load it with lazy="selectin"', None),
    )
    assert shown(found) == (
        "app/models.py:2:15: TSL306 [*] loads lazily\n"
        "  |\n"
        "1 | class Account:\n"
        "2 |     company = relationship()\n"
        "  |               ^^^^^^^^^^^^^^\n"
        "  |\n"
        "  = help: Load it ahead.\n"
        "  = see: app/base.py:3:5: the other side\n"
        '  = fix: Load it with lazy="selectin" (--fix)\n'
    )


def test_whether_there_is_a_fix_or_why_not() -> None:
    assert "TSL306 loads lazily\n" in shown(finding())
    assert shown(finding()).endswith("  = no fix: a person decides\n")
    caution = unsafe("Load it", None, "reading deeper raises")
    assert shown(finding(fix=caution)).endswith(
        "  = unsafe fix: Load it (--fix --unsafe-fixes): reading deeper raises\n"
    )


def test_long_notes_are_wrapped_below_their_first_word() -> None:
    assert shown(finding(help="word " * 12), width=50).splitlines()[5:7] == [
        "  = help: word word word word word word word word",
        "          word word word word",
    ]


def test_what_a_fix_changes_if_it_was_asked_for() -> None:
    found = finding((2, 14, 2, 28), fix=safe("Load it", None))
    edits = {found: (Edit(Span(2, 27, 2, 27), "lazy=1"),)}
    assert shown(found, edits=edits).endswith(
        "  = fix: Load it (--fix)\n"
        "      class Account:\n"
        "    -     company = relationship()\n"
        "    +     company = relationship(lazy=1)\n"
    )


def test_what_it_changes_in_other_files_stands_below_their_paths() -> None:
    found = finding((2, 14, 2, 28), fix=safe("Load it", None))
    edits = {
        found: (
            Edit(Span(2, 27, 2, 27), "lazy=1"),
            Edit(Span(1, 0, 1, 0), "x = 1\n", "app/new.py"),
        )
    }
    assert shown(found, edits=edits).endswith(
        "    +     company = relationship(lazy=1)\n    app/new.py:\n    + x = 1\n"
    )


def test_colors_mark_the_code_and_the_place() -> None:
    colored = shown(finding((2, 14, 2, 28)), color=True)
    assert colored.startswith(
        "\x1b[1mapp/models.py:2:15\x1b[0m: \x1b[31m\x1b[1mTSL306\x1b[0m loads lazily\n"
    )
    assert "\x1b[31m              ^^^^^^^^^^^^^^\x1b[0m\n" in colored


def test_nothing_in_a_file_steers_the_terminal() -> None:
    text = shown(finding(message="bad \x1b[31m", path="a\nb.py"), path="a\nb.py")
    assert text.startswith("a␊b.py:1:1: TSL306 bad ␛[31m\n")
    assert "\x1b" not in text
