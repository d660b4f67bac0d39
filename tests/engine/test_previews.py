import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.engine.services import FIXED, LAZY, write
from tests.engine.words import use, words
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import Edits
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.previews import Edit, edited, edits_between, previews
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Finding
from turnstay_lint.source.positions import LineMap, Span

LAZY_ONLY = Options(Services(select=("TSL306",)))


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ("a\n", "a\n", []),
        ("f(a)\n", "f(a, b)\n", [Edit(Span(1, 3, 1, 3), ", b")]),
        ("a\nb\nc\n", "a\nc\n", [Edit(Span(2, 0, 3, 0), "")]),
        ("a\nc\n", "a\nb\nc\n", [Edit(Span(2, 0, 2, 0), "b\n")]),
        ("é = 1\nx\ny = 1\n", "é = 2\nx\ny = 2\n", [
            Edit(Span(1, 4, 1, 5), "2"), Edit(Span(3, 4, 3, 5), "2"),
        ]),
        ("a", "a\nb", [Edit(Span(1, 1, 1, 1), "\nb")]),
    ],
)  # fmt: skip
def test_edits_are_narrow(before: str, after: str, edits: list[Edit]) -> None:
    assert list(edits_between(before, after)) == edits


@given(st.text("ab\n\r", max_size=12), st.text("ab\n\r", max_size=12))
def test_edits_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    assert edited(LineMap(before), tuple(edits_between(before, after))) == after


def test_each_fix_is_shown_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a.py": LAZY})
    report = check([tmp_path], LAZY_ONLY)
    made = previews(report.findings, LAZY_ONLY.services, {})
    assert made.findings == report.findings
    assert edited(LineMap(LAZY), made.edits[report.findings[0]]) == FIXED


def test_a_fix_that_proves_impossible_becomes_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a.py": LAZY})
    report = check([tmp_path], LAZY_ONLY)
    write(tmp_path, {"a.py": "def f(:\n"})
    made = previews(report.findings, LAZY_ONLY.services, {})
    assert made.edits == {}
    assert [f.unfixable for f in made.findings] == ["the file has changed since it was checked"]


def test_a_fix_is_shown_as_black_would_lay_it_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    use(monkeypatch, words("TSL101", {"short": "call( 1 )"}))
    options = Options(jobs=1)
    write(tmp_path, {"pyproject.toml": "[tool.black]\n", "a.py": "x = 1\nshort\n"})
    report = check([tmp_path], options)
    made = previews(report.findings, options.services, {})
    assert [edit.content for edit in made.edits[report.findings[0]]] == ["call(1)"]


def test_edits_among_very_many_lines_that_are_alike_take_no_square_of_them() -> None:
    begun = time.process_time()
    same = "x = 1\n" * 20_000
    before, after = f"a\n{same}b\n", f"c\n{same}d\n"
    assert edited(LineMap(before), tuple(edits_between(before, after))) == after
    assert time.process_time() - begun < 5


def test_an_import_is_shown_where_it_would_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(finding: Finding, edits: Edits) -> None:
        edits.replace_span(finding.span, edits.add_import("hotel.guests", "Guest"))

    monkeypatch.chdir(tmp_path)
    use(monkeypatch, replace(words("TSL101", {"short": "Guest"}), uses_project=True))
    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda code: Codemod(code, add)
    )
    options = Options(jobs=1)
    before = "from zoo import animals\n\nshort\n"
    write(tmp_path, {"pyproject.toml": "", "hotel/guests.py": ""})
    write(tmp_path, {"reception/a.py": before})
    report = check([tmp_path], options)
    made = previews(report.findings, options.services, {})
    shown = edited(LineMap(before), made.edits[report.findings[0]])
    repair([tmp_path], options)
    assert (tmp_path / "reception" / "a.py").read_text() == shown
    assert shown == "from zoo import animals\n\nfrom hotel.guests import Guest\n\nGuest\n"
