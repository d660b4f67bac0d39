from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.services import FIXED, LAZY, write
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.engine.configuring.registry import rule_named
from turnstay_lint.engine.mending import making
from turnstay_lint.engine.mending.fixing import Fixed, fix, fixed_alone, wants
from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.mending.verification import Reverted, comments_changed, verify
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.services.lint import Crash, Verdict, lint
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.organization.unreadable_file import unreadable_file
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.text import decode

TWO = LAZY + '    parent = relationship("Parent")\n'
RULE = rule_named("TSL306")
assert RULE is not None
Rewrite = Callable[[Callable[[Finding, Edits], None]], None]


def fixed(source: str) -> Fixed:
    assert RULE is not None
    file = SourceFile.from_text("a.py", source)
    return fix(file, Project(()), Settings(), [RULE], wants(False))


@pytest.fixture
def rewrite(monkeypatch: pytest.MonkeyPatch) -> Rewrite:
    def use(function: Callable[[Finding, Edits], None]) -> None:
        monkeypatch.setattr(making, "codemod_of", lambda code: Codemod(code, function))

    return use


def reasons(made: Fixed) -> set[str]:
    return {finding.unfixable for finding in made.left.findings}


def test_all_at_once_and_nothing_is_left() -> None:
    made = fixed(TWO)
    assert made.text == FIXED + '    parent = relationship("Parent", lazy="selectin")\n'
    assert (len(made.applied), made.left, made.problem) == (2, Verdict(()), "")


def test_a_codemod_that_refuses_gives_its_reason_and_stops_no_other(rewrite: Rewrite) -> None:
    def choosy(finding: Finding, edits: Edits) -> None:
        if "Account.parent" in finding.message:
            raise CannotFix("it is not what it was")
        edits.replace_span(finding.span, 'relationship("Company", lazy="selectin")')

    rewrite(choosy)
    made = fixed(TWO)
    assert made.text == FIXED + '    parent = relationship("Parent")\n'
    assert reasons(made) == {"it is not what it was"}


def test_a_codemod_that_fails_is_reported(rewrite: Rewrite) -> None:
    def fail(finding: Finding, edits: Edits) -> None:
        raise ZeroDivisionError("by design")

    rewrite(fail)
    made = fixed(LAZY)
    said = "its codemod failed: ZeroDivisionError: by design"
    assert (made.text, reasons(made)) == (LAZY, {said})
    [crash] = made.left.crashes
    assert (crash.code, crash.path, crash.fixing) == ("TSL306", "a.py", True)
    assert crash.trace.endswith('in fail: raise ZeroDivisionError("by design")')


def test_a_rule_without_a_codemod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "codemod_of", lambda code: None)
    assert reasons(fixed(LAZY)) == {"no codemod of this rule is installed"}


def test_fixes_that_meet_are_made_one_after_the_other(rewrite: Rewrite) -> None:
    seen: list[str] = []

    def widely(finding: Finding, edits: Edits) -> None:
        seen.append(finding.message)
        start = edits.tree.text.index("class")
        end = len(edits.tree.text)
        text = edits.tree.text[start:end].replace(
            edits.tree.text[slice(*edits.tree.lines.offsets(finding.span))], "column()"
        )
        edits.replace_text(start, end, text)

    rewrite(widely)
    made = fixed(TWO)
    assert "relationship(" not in made.text
    assert len(made.applied) == 2
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("f(", "the result would not parse (syntax error: '(' was never closed)"),
        ('relationship("Company")', "the fixes of TSL306 undo each other"),
        ("relationship(1), relationship(2)", "the fixes make the file longer and longer"),
    ],
)
def test_what_must_not_be_is_taken_back(rewrite: Rewrite, code: str, problem: str) -> None:
    rewrite(lambda finding, edits: edits.replace_span(finding.span, code))
    made = fixed(LAZY)
    assert made.text == LAZY
    assert made.applied == ()
    assert made.problem == problem


def test_what_libcst_cannot_read_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("libcst.parse_module", refuse)
    made = fixed(LAZY)
    assert made.text == LAZY
    reasons = [finding.unfixable for finding in made.left.findings]
    assert reasons == ["libcst cannot read the file: too deep"]
    source = SourceFile.from_text("a.py", LAZY)
    assert RULE is not None
    [finding] = lint(source, Project(()), Settings(), [RULE]).findings
    alone = fixed_alone({"a.py": source}, Project(()), Settings(), finding)
    assert alone == ({"a.py": LAZY}, *reasons)


def test_what_libcst_cannot_read_is_fixed_where_no_node_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(text: str) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("libcst.parse_module", refuse)
    imports = "from sqlalchemy import select\nfrom fastapi import APIRouter\n"
    write(tmp_path, {"pyproject.toml": "", "a.py": imports})
    report = repair([tmp_path], Options(Services(select=("TSL001",)), jobs=1))
    assert (report.fixed, report.findings) == (1, ())


@pytest.mark.parametrize(
    ("before", "after", "found", "left", "problem"),
    [
        ("# a\n", "# a", Verdict(()), Verdict(()), ""),
        ("# a\n# a\n", "# a\n", Verdict(()), Verdict(()), "a comment would be lost: # a"),
        ("", "", Verdict(()), Verdict((unreadable_file("a", "x"),)), "a new finding would appear"),
        ("", "", Verdict((unreadable_file("a", "x"),)), Verdict((unreadable_file("a", "y"),)), ""),
        ("", "", Verdict(()), Verdict((), (Crash("TSL1", "a", "x"),)), "TSL1 fails on the result"),
    ],
)
def test_what_a_fix_must_never_do(
    before: str, after: str, found: Verdict, left: Verdict, problem: str
) -> None:
    lost, _ = comments_changed(before, after)
    if not problem:
        verify((before, after), found, left, (), lost)
        return
    with pytest.raises(Reverted, match=problem):
        verify((before, after), found, left, (), lost)


def test_comments_are_looked_for_again_only_when_the_text_is_another() -> None:
    mending = Mending.of(SourceFile("a.py", decode(b"x = 1  # a\n"), "a"), Verdict(()))
    mending.text = "x = 1\n"
    lost = mending.comments
    assert lost == ({"# a": 1}, {})
    assert mending.comments[0] is lost[0]
    mending.text = "x = 1  # a\n# b\n"
    assert mending.comments == ({}, {"# b": 1})


@pytest.mark.parametrize("depth", [100, 480, 600, 900])
@pytest.mark.parametrize(
    "nested",
    [
        lambda depth: "if x:\n    pass\n" + "elif x:\n    pass\n" * depth,
        lambda depth: "x = y" + ".a" * depth + "\n",
        lambda depth: "x = " + "not " * depth + "y\n",
        lambda depth: "q = select(A)" + ".where(A.b == 1)" * depth + "\n",
    ],
)
def test_what_is_nested_deeply_is_fixed_or_has_a_reason(
    tmp_path: Path, nested: Callable[[int], str], depth: int
) -> None:
    write(tmp_path, {"pyproject.toml": "", "a.py": LAZY + nested(depth)})
    report = repair([tmp_path], Options(Services(select=("TSL306",)), jobs=1))
    if report.fixed:
        assert (tmp_path / "a.py").read_text() == FIXED + nested(depth)
        return
    [finding] = report.findings
    said = "libcst cannot read the file: "
    assert finding.code == "TSL000" or finding.unfixable.startswith(said)
    assert (tmp_path / "a.py").read_text() == LAZY + nested(depth)


def test_a_line_that_says_the_encoding_stays_where_it_is_read(tmp_path: Path) -> None:
    content = "\n# coding: iso-8859-15\n# Größe\n".encode("iso-8859-15")
    content += b"from sqlalchemy import select\nfrom fastapi import APIRouter\n"
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a.py").write_bytes(content)
    report = repair([tmp_path], Options(Services(select=("TSL001",)), jobs=1), unsafe_too=True)
    after = (tmp_path / "a.py").read_bytes()
    assert after == content or after.splitlines()[1] == b"# coding: iso-8859-15"
    assert report.fixed or "another encoding" in report.findings[0].unfixable
