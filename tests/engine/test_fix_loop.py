"""What the fix loop does with fixes that are good, and with fixes that are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.services import write
from tests.engine.words import rule, use, while_broken, words
from turnstay_lint.codemods.edits import Import
from turnstay_lint.engine.checking.report import Report, Tally
from turnstay_lint.engine.mending.verification import new_findings
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.asking import Answer, Proposal
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.findings import Applicability, Finding, Severity
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.positions import Span

GOOD = words("TSL001", {"bad": "good"})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"pyproject.toml": ""})


def mended(folder: Path, files: dict[str, str | bytes], **more: bool) -> Report:
    write(folder, files)
    return repair([folder], Options(jobs=1), **more)


def text(folder: Path, name: str = "a.py") -> str:
    return (folder / name).read_bytes().decode()


def reasons(report: Report) -> dict[str, str]:
    return {finding.message: finding.unfixable for finding in report.findings}


def test_a_text_that_comes_again_is_a_cycle_and_its_rules_are_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, words("TSL101", {"one": "two"}), words("TSL102", {"two": "one"}))
    report = mended(here, {"a.py": "one\n"})
    assert text(here) == "one\n"
    [fault] = report.faults
    assert (fault.path, fault.reason) == ("a.py", "the fixes of TSL101 and TSL102 undo each other")
    assert report.exit_status(exit_zero=True) == 2
    assert report.fixed == 0
    assert reasons(report) == {"one is said": f"its fix was taken back: {fault.reason}"}


def test_the_rules_outside_of_a_cycle_keep_their_fixes(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = words("TSL101", {"x": "y"}), words("TSL102", {"y": "z"}), words("TSL301", {"z": "y"})
    use(monkeypatch, GOOD, *cycle)
    report = mended(here, {"a.py": "x\nbad\n"})
    assert text(here) == "x\ngood\n"
    [fault] = report.faults
    assert fault.reason == "the fixes of TSL102 and TSL301 undo each other"


def test_what_one_rule_breaks_costs_no_other_its_fix(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GOOD, words("TSL101", {"odd": "f("}), words("TSL102", {"old": "new"}))
    report = mended(here, {"a.py": "bad\nodd\nold\n"})
    assert text(here) == "good\nodd\nnew\n"
    assert reasons(report) == {
        "odd is said": "its fix was taken back: the result would not parse (syntax error: "
        "'(' was never closed); other rules' fixes go on without it"
    }
    assert report.fixes == (
        Tally("TSL001", "import-order", 1),
        Tally("TSL101", "missing-response-model", 0, 0, 1),
        Tally("TSL102", "response-model-not-schema", 1),
    )
    assert report.exit_status() == 1


def test_a_new_finding_of_the_same_rule_is_not_hidden_by_one_that_was_fixed(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, words("TSL101", {"odd": "worse", "worse": None}), GOOD)
    report = mended(here, {"a.py": "odd\nbad\n"})
    assert text(here) == "odd\ngood\n"
    assert "a new finding would appear: TSL101" in reasons(report)["odd is said"]


def test_a_new_finding_of_another_rule_is_one(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, words("TSL101", {"odd": "worse"}), words("TSL102", {"worse": None}))
    report = mended(here, {"a.py": "worse\nodd\n"})
    assert text(here) == "worse\nodd\n"
    assert reasons(report)["odd is said"] == (
        "its fix was taken back: a new finding would appear: TSL102"
    )


def test_what_only_moves_is_not_new(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, words("TSL101", {"odd": "even\neven", "left": None}))
    report = mended(here, {"a.py": "odd\nleft\nleft\n"})
    assert text(here) == "even\neven\nleft\nleft\n"
    assert [finding.span.line for finding in report.findings] == [3, 4]


def test_a_comment_that_one_rule_loses_costs_no_other_its_fix(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from turnstay_lint.codemods.codemod import Codemod
    from turnstay_lint.codemods.edits import Edits

    def lose(finding: Finding, edits: Edits) -> None:
        edits.replace_span(finding.span, "good")
        if finding.code == "TSL101":
            edits.replace_text(0, edits.tree.text.index("\n"), "")

    use(monkeypatch, GOOD, words("TSL101", {"odd": "even"}))
    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda code: Codemod(code, lose)
    )
    report = mended(here, {"a.py": "# kept\nbad\nodd\n"})
    assert text(here) == "# kept\ngood\nodd\n"
    assert "a comment would be lost: # kept" in reasons(report)["odd is said"]


def test_harm_in_another_file_is_found_and_its_rule_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GOOD, words("TSL101", {"fine": "broken"}), while_broken("TSL301"))
    report = mended(here, {"a.py": "fine = bad = 1\n", "b.py": "victim\n", "c.py": "bad\n"})
    assert text(here) == "fine = good = 1\n"
    assert text(here, "c.py") == "good\n"
    assert report.fixed == 2
    assert reasons(report) == {
        "fine is said": "its fix was taken back: a new finding would appear in b.py: TSL301; "
        "other rules' fixes go on without it"
    }


def test_harm_in_another_file_by_the_only_rule_takes_all_back(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, words("TSL101", {"fine": "broken"}), while_broken("TSL301"))
    report = mended(here, {"a.py": "fine = 1\n", "b.py": "victim\n"})
    assert text(here) == "fine = 1\n"
    assert (report.fixed, report.changes) == (0, ())
    assert "a new finding would appear in b.py: TSL301" in reasons(report)["fine is said"]


def test_a_rule_that_fails_on_the_result_of_another(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(look: Look) -> Iterator[Finding]:
        yield from ()
        if "even" in look.source.words:
            raise ZeroDivisionError("by design")

    use(
        monkeypatch,
        GOOD,
        words("TSL101", {"odd": "even"}),
        rule("TSL102", fail, uses_project=False),
    )
    report = mended(here, {"a.py": "odd\nbad\n"})
    assert text(here) == "odd\ngood\n"
    assert "TSL102 fails on the result" in reasons(report)["odd is said"]


def test_what_is_skipped_is_counted_apart_from_what_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsafe = replace(words("TSL101", {"odd": "even"}), applicability=Applicability.UNSAFE)
    withheld = replace(words("TSL102", {"old": "new"}), mends=False)
    use(monkeypatch, GOOD, unsafe, withheld)
    report = mended(here, {"a.py": "bad\nbad\nodd\nold\n"})
    assert report.fixes == (
        Tally("TSL001", "import-order", 2),
        Tally("TSL101", "missing-response-model", 0, 1),
        Tally("TSL102", "response-model-not-schema", 0, 1),
    )


def test_a_file_that_cannot_be_written_counts_nothing_as_applied(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GOOD)
    write(here, {"a.py": "bad\n"})
    (here / "a.py").chmod(0o444)
    report = repair([here], Options(jobs=1))
    assert report.fixes == (Tally("TSL001", "import-order", 0, 0, 1),)


def test_a_dry_run_says_what_could_not_be_done(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, GOOD, words("TSL101", {"odd": "f("}))
    report = mended(here, {"a.py": "bad\nodd\n"}, dry=True)
    assert text(here) == "bad\nodd\n"
    assert [change.after for change in report.changes] == [b"good\nodd\n"]
    assert [(f.message, f.fix is None) for f in report.findings] == [
        ("bad is said", False),
        ("odd is said", True),
    ]


def test_fixes_that_touch_are_made_in_one_round(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnstay_lint.engine.repairing.repair.MOST_ROUNDS", 1)
    use(monkeypatch, words("TSL101", {"a": "(1)", "b": "(2)"}))
    source = "f'{a}{b}'\n"
    report = mended(here, {"a.py": "[a,b]\n", "b.py": source})
    assert text(here) == "[(1),(2)]\n"
    assert report.faults == ()


def test_everything_that_is_not_touched_stays_byte_for_byte(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GOOD)
    before = (
        b"\xef\xbb\xbf# -*- coding: utf-8 -*-\r\nx = 1  \r\n\x0c\nif x:\n\tbad\r\n\ty = '''a\r"
        b"b\n'''\n\x0c\tif y :  pass\n\nbad ;x=\\\r\n  2\r\n# \xc3\xa9\xe2\x80\xa8 end\r\nbad"
    )
    write(here, {"a.py": before})
    report = repair([here], Options(jobs=1))
    assert (here / "a.py").read_bytes() == before.replace(b"bad", b"good")
    assert report.fixed == 3


def found(code: str, message: str, *, line: int = 1, scope: str = "") -> Finding:
    span = Span(line, 0, line, 1)
    return Finding(code, code.lower(), Severity.ERROR, "a.py", span, message, scope=scope)


def new(
    before: list[Finding], after: list[Finding], applied: list[Finding], texts: tuple[str, str]
) -> list[str]:
    return [f.message for f in new_findings(before, after, applied, texts)]


def test_the_lesser_thing_that_a_rule_says_it_leads_to_is_not_new() -> None:
    raw, other = found("TSL301", "raw", scope="get"), found("TSL302", "raw", scope="get")
    beside = found("TSL315", "beside", scope="get")
    assert new([raw], [beside], [raw], ("a\n", "b\n")) == []
    assert new([raw], [beside, beside], [raw], ("a\n", "b\n")) == ["beside"]
    assert new([other], [beside], [other], ("a\n", "b\n")) == ["beside"]
    elsewhere = replace(beside, scope="list")
    assert new([raw], [elsewhere], [raw], ("a\n", "b\n")) == ["beside"]


def test_a_finding_that_says_something_else_now_is_the_same_at_its_place() -> None:
    texts = ("x\na\nb\n", "new\nx\na\nb\n")
    before, after = found("TSL301", "no getter", line=3), found("TSL301", "use get", line=4)
    assert new([before], [after], [], texts) == []
    assert new([before], [replace(after, span=Span(3, 0, 3, 1))], [], texts) == ["use get"]
    assert new([before], [replace(after, span=Span(1, 0, 1, 1))], [], texts) == ["use get"]
    assert new([before], [replace(after, code="TSL302")], [], texts) == ["use get"]
    assert new([before], [after], [before], texts) == ["use get"]
    assert new([before], [after, after], [], texts) == ["use get"]


class Answers:
    """Somebody who says the same to everything, and hears what is refused."""

    def __init__(self, answer: Answer = Answer.YES) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.heard: dict[str, str] = {}

    def ask(self, proposal: Proposal) -> Answer:
        self.asked.append(proposal.finding.message)
        return self.answer

    def refused(self, finding: Finding, reason: str) -> None:
        self.heard[finding.message] = reason


def test_a_harmful_fix_is_never_proposed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, GOOD, words("TSL101", {"odd": "f("}), words("TSL102", {"old": "bad"}))
    write(here, {"a.py": "odd\nbad\nold\n"})
    answers = Answers()
    report = repair([here], Options(jobs=1), asker=answers)
    assert text(here) == "odd\ngood\nold\n"
    assert answers.asked == ["bad is said"]
    assert sorted(answers.heard) == ["odd is said", "old is said"]
    assert "a new finding would appear in a.py: TSL001" in answers.heard["old is said"]
    assert [(t.applied, t.refused) for t in report.fixes] == [(1, 0), (0, 1), (0, 1)]


def test_what_harms_another_file_is_not_proposed_either(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GOOD, words("TSL101", {"fine": "broken"}), while_broken("TSL301"))
    write(here, {"a.py": "fine = bad = 1\n", "b.py": "victim\n", "c.py": "bad\n"})
    answers = Answers()
    report = repair([here], Options(jobs=1), asker=answers)
    assert text(here) == "fine = good = 1\n"
    assert answers.asked == ["bad is said", "bad is said"]
    assert "a new finding would appear in b.py: TSL301" in answers.heard["fine is said"]
    assert reasons(report) == answers.heard


def test_all_of_a_rule_leaves_out_what_harms_another_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, words("TSL101", {"odd": "even", "fine": "broken"}), while_broken("TSL301"))
    write(here, {f"{name}.py": f"odd = {name}\n" for name in "acde"})
    write(here, {"b.py": "victim\n", "f.py": "fine = 1\n"})
    report = repair([here], Options(jobs=1), asker=Answers(Answer.ALL))
    assert text(here, "f.py") == "fine = 1\n"
    assert all(text(here, f"{name}.py") == f"even = {name}\n" for name in "acde")
    assert "a new finding would appear in b.py: TSL301" in reasons(report)["fine is said"]


def test_two_imports_of_one_name_are_not_both_made(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from turnstay_lint.codemods.codemod import Codemod
    from turnstay_lint.codemods.edits import Edits

    def import_thing(finding: Finding, edits: Edits) -> None:
        module = "one" if finding.code == "TSL101" else "two"
        edits.replace_span(finding.span, edits.add_import(module, "Thing"))

    use(monkeypatch, words("TSL101", {"odd": ""}), words("TSL102", {"old": ""}))
    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda code: Codemod(code, import_thing)
    )
    report = mended(here, {"a.py": "odd\nold\nold\n"})
    assert text(here) == "from one import Thing\n\nThing\nold\nold\n"
    assert reasons(report) == {"old is said": "`Thing` is the name of something else in this file"}
    assert [(t.applied, t.refused) for t in report.fixes] == [(1, 0), (0, 2)]


def test_which_imports_clash() -> None:
    thing = Import("one", "Thing")
    assert not thing.clashes(Import("one", "Thing"))
    assert thing.clashes(Import("two", "Thing"))
    assert thing.clashes(Import("two", "Other", "Thing"))
    assert not Import("a.b").clashes(Import("a.c"))
    assert Import("a.b").clashes(Import("x", "a"))


def test_what_could_not_be_written_still_bears_on_other_files(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, words("TSL101", {"broken": "fine"}), while_broken("TSL301"), GOOD)
    write(here, {"a.py": "broken = 1\n", "b.py": "victim\nbad\n"})
    (here / "a.py").chmod(0o444)
    report = repair([here], Options(jobs=1))
    assert text(here, "b.py") == "victim\ngood\n"
    assert [(f.path, f.message) for f in report.findings] == [
        ("a.py", "broken is said"),
        ("b.py", "victim suffers"),
    ]
    assert [(t.code, t.applied, t.refused) for t in report.fixes] == [
        ("TSL001", 1, 0),
        ("TSL101", 0, 1),
    ]
