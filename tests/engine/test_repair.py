from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.services import FIXED, LAZY, write
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.services.discovery import Unreadable
from turnstay_lint.engine.services.service import Services

LAZY_ONLY = Options(Services(select=("TSL306",)))
UNSAFE = LAZY.replace('("Company")', '("Account", remote_side="Account.id")')


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"pyproject.toml": ""})


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.glob("*.py")}


def test_every_file_is_fixed_and_nothing_is_left(here: Path) -> None:
    write(here, {"a.py": LAZY, "b.py": LAZY, "c.py": "x = 1\n"})
    report = repair([here], LAZY_ONLY)
    assert contents(here) == {"a.py": FIXED, "b.py": FIXED, "c.py": "x = 1\n"}
    assert (report.findings, report.fixed, report.files, report.exit_status()) == ((), 2, 3, 0)
    assert [change.name for change in report.changes] == ["a.py", "b.py"]
    again = repair([here], LAZY_ONLY)
    assert (again.fixed, again.changes) == (0, ())


def test_dry_shows_and_writes_nothing(here: Path) -> None:
    write(here, {"a.py": LAZY})
    report = repair([here], LAZY_ONLY, dry=True)
    assert contents(here) == {"a.py": LAZY}
    assert [(c.before.decode(), c.after.decode()) for c in report.changes] == [(LAZY, FIXED)]
    assert [(f.code, f.span.line) for f in report.findings] == [("TSL306", 6)]
    assert report.exit_status(diff=True) == 1
    assert report.exit_status(diff=True, exit_zero=True) == 0


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_byte_order_mark_and_mode_stay(here: Path, ending: str) -> None:
    mark = b"\xef\xbb\xbf"
    write(here, {"a.py": mark + LAZY.replace("\n", ending).encode()})
    (here / "a.py").chmod(0o755)
    repair([here], LAZY_ONLY)
    assert (here / "a.py").read_bytes() == mark + FIXED.replace("\n", ending).encode()
    assert (here / "a.py").stat().st_mode & 0o777 == 0o755


def test_the_declared_encoding_stays(here: Path) -> None:
    head = "# -*- coding: latin-1 -*-\n# caf\xe9"
    write(here, {"a.py": (head + LAZY).encode("latin-1")})
    repair([here], LAZY_ONLY)
    assert (here / "a.py").read_bytes() == (head + FIXED).encode("latin-1")


def test_a_file_that_cannot_be_written_keeps_its_findings_and_stops_no_other(here: Path) -> None:
    write(here, {"a.py": LAZY, "b.py": LAZY})
    (here / "a.py").chmod(0o444)
    report = repair([here], LAZY_ONLY)
    assert contents(here) == {"a.py": LAZY, "b.py": FIXED}
    assert report.unwritable == (Unreadable("a.py", "is read-only"),)
    assert [f.path for f in report.findings] == ["a.py"]
    assert (report.fixed, report.exit_status(exit_zero=True)) == (1, 2)


def test_a_link_out_of_the_service_is_not_written(
    here: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = write(tmp_path_factory.mktemp("outside"), {"a.py": LAZY}) / "a.py"
    (here / "a.py").symlink_to(outside)
    report = repair([here], LAZY_ONLY)
    assert outside.read_text() == LAZY
    assert report.unwritable == (Unreadable("a.py", f"is a link to {outside}, outside {here}"),)


def test_unsafe_fixes_are_made_only_if_asked_for(here: Path) -> None:
    write(here, {"a.py": UNSAFE})
    report = repair([here], LAZY_ONLY)
    assert (report.fixed, len(report.findings)) == (0, 1)
    report = repair([here], LAZY_ONLY, unsafe_too=True)
    assert (report.fixed, report.findings) == (1, ())


def test_what_stands_for_a_file_is_fixed_and_not_written(here: Path) -> None:
    write(here, {"a.py": "x = 1\n"})
    options = replace(LAZY_ONLY, contents={str(here / "a.py"): LAZY.encode()})
    report: Report = repair([here / "a.py"], options)
    assert contents(here) == {"a.py": "x = 1\n"}
    assert [change.after.decode() for change in report.changes] == [FIXED]


def test_a_fix_that_would_lose_a_comment_is_taken_back_with_the_reason(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from turnstay_lint.codemods.codemod import Codemod
    from turnstay_lint.codemods.edits import Edits
    from turnstay_lint.findings import Finding

    def lose(finding: Finding, edits: Edits) -> None:
        edits.replace_text(0, edits.tree.text.index("\n") + 1, "")
        edits.replace_span(finding.span, "column()")

    lossy = Codemod("TSL306", lose)
    monkeypatch.setattr("turnstay_lint.engine.mending.making.codemod_of", lambda code: lossy)
    write(here, {"a.py": "# keep\n" + LAZY})
    report = repair([here], LAZY_ONLY)
    assert contents(here) == {"a.py": "# keep\n" + LAZY}
    [finding] = report.findings
    assert finding.fix is None
    assert finding.unfixable == "its fix was taken back: a comment would be lost: # keep"


def test_what_the_encoding_cannot_say_is_not_written(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from turnstay_lint.codemods.codemod import Codemod
    from turnstay_lint.codemods.edits import Edits
    from turnstay_lint.findings import Finding

    def foreign(finding: Finding, edits: Edits) -> None:
        edits.replace_span(finding.span, 'column("\u65e5")')

    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda code: Codemod("TSL306", foreign)
    )
    source = "# coding: latin-1\n" + LAZY
    write(here, {"a.py": source})
    report = repair([here], LAZY_ONLY)
    assert contents(here) == {"a.py": source}
    assert report.changes == ()
    assert "the file's encoding cannot say the result" in report.findings[0].unfixable


def test_an_encoding_that_would_escape_line_ends(here: Path) -> None:
    source = "# coding: unicode_escape\n" + LAZY
    write(here, {"a.py": source})
    report = repair([here], LAZY_ONLY)
    assert contents(here) == {"a.py": source}
    assert report.changes == () and report.crashes == ()
    assert "line ends would be escaped" in report.findings[0].unfixable


def test_several_processes_fix_the_same(here: Path) -> None:
    write(
        here, {f"m{n}.py": LAZY + "#" * n for n in range(7)} | {"u.py": UNSAFE, "b.py": "def f(:\n"}
    )
    alone = repair([here], replace(LAZY_ONLY, jobs=1), dry=True)
    together = repair([here], replace(LAZY_ONLY, jobs=3), dry=True)
    assert replace(together, seconds=0) == replace(alone, seconds=0)
    assert together.fixed == 7


def test_fixes_without_an_end_are_taken_back(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from turnstay_lint.codemods.codemod import Codemod
    from turnstay_lint.codemods.edits import Edits
    from turnstay_lint.findings import Finding

    def grow(finding: Finding, edits: Edits) -> None:
        edits.replace_span(finding.span, edits.tree.lines.line(finding.span.line)[14:] + "  ")

    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda _: Codemod("TSL306", grow)
    )
    monkeypatch.setattr("turnstay_lint.engine.repairing.repair.MOST_ROUNDS", 3)
    write(here, {"a.py": LAZY, "b.py": "x = 1\n"})
    report = repair([here], LAZY_ONLY)
    assert contents(here) == {"a.py": LAZY, "b.py": "x = 1\n"}
    assert report.findings[0].unfixable == (
        "its fix was taken back: the fixes did not come to an end in 100 rounds"
    )


def test_fixes_that_undo_each_other_are_taken_back(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from turnstay_lint.codemods.codemod import Codemod
    from turnstay_lint.codemods.edits import Edits
    from turnstay_lint.findings import Finding

    def swap(finding: Finding, edits: Edits) -> None:
        new = "Other" if "Company" in edits.tree.text else "Company"
        edits.replace_span(finding.span, f'relationship("{new}")')

    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda _: Codemod("TSL306", swap)
    )
    write(here, {"a.py": LAZY})
    report = repair([here], LAZY_ONLY)
    assert contents(here) == {"a.py": LAZY}
    assert report.findings[0].unfixable == (
        "its fix was taken back: the fixes of TSL306 undo each other"
    )
