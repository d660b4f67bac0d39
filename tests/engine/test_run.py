import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.engine.services import LAZY, write
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.configuring import selection
from turnstay_lint.engine.passes import survey, workers
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.portions import Portion
from turnstay_lint.engine.passes.shares import Share, shared_out
from turnstay_lint.engine.passes.survey import Kept
from turnstay_lint.engine.passes.turns import Turns
from turnstay_lint.engine.passes.workers import Passes
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Applicability, Finding, Severity
from turnstay_lint.project.project import Project
from turnstay_lint.rules.organization.unreadable_file import unreadable_file
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile

LAZY_ONLY = Options(Services(select=("TSL306",)))


def places(report: Report) -> list[tuple[str, str, int]]:
    return [(f.path, f.code, f.span.line) for f in report.findings]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_findings_in_the_order_of_files_named_from_the_working_folder(here: Path) -> None:
    write(here, {"pyproject.toml": "", "b.py": LAZY, "a/x.py": LAZY, "c.py": ""})
    report = check([here], LAZY_ONLY)
    assert places(report) == [("a/x.py", "TSL306", 6), ("b.py", "TSL306", 6)]
    assert report.files == 3
    assert report.exit_status() == 1
    assert report.exit_status(exit_zero=True) == 0


def test_findings_at_one_place_are_in_the_order_of_their_messages() -> None:
    one = unreadable_file("app/a.py", "cannot be opened: no such file")
    others = [replace(one, message=f"{number} is wrong") for number in range(20)]
    together = sum((Verdict((each,)) for each in reversed(others)), Verdict((one,)))
    assert [found.message for found in together.findings] == sorted(
        found.message for found in (one, *others)
    )


def test_files_elsewhere_are_named_wholly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"service/a.py": LAZY, "elsewhere/x": ""})
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert places(check([tmp_path / "service"], LAZY_ONLY)) == [
        (f"{tmp_path}/service/a.py", "TSL306", 6)
    ]


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        (b"x = 1\ndef f(:\n", 2, 6, "syntax error: invalid syntax"),
        (b"'\xff'\n", 1, 0, "cannot be decoded as utf-8"),
        (b"# coding: klingon\n", 1, 0, "klingon"),
        (b"a\0b\n", 1, 0, "holds NUL bytes"),
    ],
)
def test_what_cannot_be_read_is_a_finding_whatever_is_selected(
    here: Path, content: bytes, line: int, column: int, message: str
) -> None:
    write(here, {"a.py": content, "b.py": LAZY})
    report = check([here], LAZY_ONLY)
    assert places(report) == [("a.py", "TSL000", line), ("b.py", "TSL306", 6)]
    finding = report.findings[0]
    assert finding.span.column == column
    assert message in finding.message
    assert finding.unfixable == "what Python cannot read, nothing can rewrite"
    assert report.unread == 1
    assert report.exit_status(exit_zero=True) == 2


def test_what_cannot_be_opened(here: Path) -> None:
    (here / "gone.py").symlink_to("nowhere")
    report = check([here], LAZY_ONLY)
    assert report.findings[0].message == "cannot be opened: No such file or directory"
    assert report.exit_status() == 2


def finding_each(look: Look) -> Iterator[Finding]:
    yield look.finding(look.source.tree.body[0], "first", unfixable="no")


def failing(look: Look) -> Iterator[Finding]:
    yield from finding_each(look)
    raise ZeroDivisionError("by design")


def counting_modules(look: Look) -> Iterator[Finding]:
    seen = " ".join(sorted(look.project.modules))
    yield look.finding(look.source.tree.body[0], seen, unfixable="no")


def rule(code: str, check: Callable[[Look], Iterator[Finding]], **more: bool) -> Rule:
    return Rule(code, code.lower(), Severity.ERROR, check, ("x",), **more)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_rules(*given: Rule) -> None:
        monkeypatch.setattr(selection, "all_rules", lambda: given)
        monkeypatch.setattr("turnstay_lint.engine.passes.portions.all_rules", lambda: given)

    return set_rules


def test_a_rule_that_fails_stops_no_other(here: Path, rules: Callable[..., None]) -> None:
    rules(rule("TSL001", failing), rule("TSL002", finding_each))
    write(here, {"a.py": "x = 1\n"})
    report = check([here])
    assert [(f.code, f.message) for f in report.findings if f.code != "TSL001"] == [
        ("TSL002", "first")
    ]
    [crash] = report.crashes
    assert (crash.code, crash.path) == ("TSL001", "a.py")
    assert crash.error == "ZeroDivisionError: by design"
    assert crash.trace.endswith('raise ZeroDivisionError("by design")')
    assert report.exit_status(exit_zero=True) == 2


def test_what_a_rule_tallies_is_counted_where_it_is_off(
    here: Path, rules: Callable[..., None]
) -> None:
    off = replace(rule("TSL907", finding_each, tallies=True), default=False)
    write(here, {"a.py": "x = 1\n", "b.py": "x = 1\n"})
    rules(off)
    report = check([here])
    assert (places(report), report.unanalyzable, report.exit_status()) == ([], 2, 0)
    rules(replace(off, default=True))
    report = check([here])
    assert (len(report.findings), report.unanalyzable, report.exit_status()) == (2, 0, 1)


def test_each_service_is_judged_by_itself_and_whole(here: Path, rules: Callable[..., None]) -> None:
    rules(rule("TSL001", counting_modules, uses_project=True))
    write(
        here,
        {
            "a/pyproject.toml": "",
            "a/app/models.py": "x = 1\n",
            "a/app/other.py": "y = 1\n",
            "b/pyproject.toml": "[tool.turnstay-lint]\nextend-exclude = ['legacy']\n",
            "b/app/api.py": "x = 1\n",
            "b/legacy/old.py": "x = 1\n",
        },
    )
    report = check([here / "a" / "app" / "models.py", here / "b", here / "b" / "legacy" / "old.py"])
    assert [(f.path, f.message) for f in report.findings] == [
        ("a/app/models.py", "app.models app.other"),
        ("b/app/api.py", "app.api"),
        ("b/legacy/old.py", "app.api legacy.old"),
    ]


def test_other_files_stay_unread_where_no_rule_looks_at_them(
    here: Path, rules: Callable[..., None]
) -> None:
    rules(rule("TSL001", counting_modules, uses_project=True), rule("TSL002", finding_each))
    write(here, {"pyproject.toml": "", "a.py": "y = 1\n", "broken.py": "def f(:\n"})
    assert places(check([here / "a.py"])) == []
    write(here, {"a.py": "x = 1\n"})
    assert [f.message for f in check([here / "a.py"]).findings] == ["a", "first"]


def test_the_collector_is_left_as_it_was(here: Path) -> None:
    assert gc.isenabled()
    check([here], LAZY_ONLY)
    assert gc.isenabled()


@pytest.fixture
def many(here: Path) -> Path:
    others = {f"app/m{n}.py": LAZY + "#" * n for n in range(12)}
    return write(here, {"pyproject.toml": "", "app/broken.py": "def f(:\n", **others})


def test_several_processes_find_the_same(many: Path) -> None:
    alone = check([many], replace(LAZY_ONLY, jobs=1))
    together = check([many], replace(LAZY_ONLY, jobs=3))
    assert replace(together, seconds=0) == replace(alone, seconds=0)
    assert len(alone.findings) == 13
    assert alone.fixable(Applicability.SAFE) == 12


def test_trees_that_there_is_no_room_for_are_made_again(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = check([many], LAZY_ONLY)
    monkeypatch.setattr(workers, "_KEPT_CHARACTERS", 300)
    assert replace(check([many], LAZY_ONLY), seconds=0) == replace(roomy, seconds=0)


class Dying(Executor):
    """An executor whose processes are killed as soon as they have something to do."""

    def submit(self, function: object, /, *arguments: object, **keywords: object) -> Future[Any]:
        from concurrent.futures import BrokenExecutor

        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("killed"))
        return future


def test_what_a_killed_process_left_is_done_here(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = check([many], replace(LAZY_ONLY, jobs=1))

    def passes(jobs: int, executor: Executor, turns: Turns | None) -> Passes:
        return Passes(Kept(0), 0, Dying(), turns)

    monkeypatch.setattr("turnstay_lint.engine.passes.judging.Passes.among", passes)
    report = check([many], replace(LAZY_ONLY, jobs=2))
    assert replace(report, seconds=0) == replace(alone, seconds=0)


def test_files_are_dealt_out_evenly_and_all_of_them(many: Path) -> None:
    dealt: list[list[str]] = []

    def keep(portions: Iterable[Portion], count: int) -> list[Share]:
        shares = shared_out(portions, count)
        dealt.extend([t.file for p in share for t in p.tasks] for share in shares)
        return shares

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("turnstay_lint.engine.passes.judging.shared_out", keep)
        check([many], replace(LAZY_ONLY, jobs=3))
    assert sorted(len(share) for share in dealt) == [4, 4, 5]
    assert sorted(file for share in dealt for file in share) == sorted(
        map(str, (many / "app").iterdir())
    )


def test_files_that_lie_together_are_dealt_out_together(here: Path) -> None:
    write(here, {"pyproject.toml": ""})
    for n in range(12):
        write(here, {f"app/p{n:02}/{name}.py": LAZY for name in "abcd"})
    portions: list[list[str]] = []

    def keep(given: Iterable[Portion], count: int) -> list[Share]:
        shares = shared_out(given, count)
        portions.extend([Path(t.file).parent.name for p in s for t in p.tasks] for s in shares)
        return shares

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("turnstay_lint.engine.passes.judging.shared_out", keep)
        together = check([here], replace(LAZY_ONLY, jobs=2))
    first, second = map(set, portions)
    assert not first & second and first | second == {f"p{n:02}" for n in range(12)}
    assert sorted(map(len, portions)) == [24, 24]
    alone = check([here], replace(LAZY_ONLY, jobs=1))
    assert replace(together, seconds=0) == replace(alone, seconds=0)


def test_many_small_services_are_dealt_out_whole(here: Path) -> None:
    for n in range(9):
        write(here, {f"s{n}/pyproject.toml": "", f"s{n}/a.py": LAZY, f"s{n}/b.py": LAZY})
    dealt: list[list[str]] = []

    def keep(portions: Iterable[Portion], count: int) -> list[Share]:
        shares = shared_out(portions, count)
        dealt.extend([portion.root.folder.name for portion in share] for share in shares)
        return shares

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("turnstay_lint.engine.passes.judging.shared_out", keep)
        together = check([here], replace(LAZY_ONLY, jobs=2))
    assert sorted(name for share in dealt for name in share) == [f"s{n}" for n in range(9)]
    assert sorted(map(len, dealt)) == [4, 5]
    assert replace(together, seconds=0) == replace(
        check([here], replace(LAZY_ONLY, jobs=1)), seconds=0
    )


def test_progress_counts_both_passes_over_ones_own_share(many: Path) -> None:
    steps: list[int] = []

    def progress(total: int, what: str) -> Callable[[], object]:
        return lambda: steps.append(total)

    check([many], replace(LAZY_ONLY, jobs=1, progress=progress))
    assert set(steps) == {26}
    assert len(steps) <= 26


def test_what_is_too_deep_to_summarise_is_a_failure_not_the_end(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def summarise(source: SourceFile) -> object:
        if source.path == "deep.py":
            raise RecursionError("too deep")
        return real(source)

    real = survey.summarise
    monkeypatch.setattr(survey, "summarise", summarise)
    write(here, {"pyproject.toml": "", "deep.py": LAZY, "b.py": LAZY})
    report = check([here], LAZY_ONLY)
    assert places(report) == [("b.py", "TSL306", 6), ("deep.py", "TSL000", 1)]
    assert report.findings[1].message == "summary failed on this file (RecursionError: too deep)"
    assert [crash.path for crash in report.crashes] == ["deep.py"]
    assert report.exit_status() == 2


def test_a_file_that_goes_between_the_passes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {"pyproject.toml": "", "a.py": LAZY})
    monkeypatch.setattr(workers, "_KEPT_CHARACTERS", 0)
    joined = Project.__init__

    def remove(*arguments: Any, **keywords: Any) -> None:
        (here / "a.py").unlink(missing_ok=True)
        joined(*arguments, **keywords)

    monkeypatch.setattr("turnstay_lint.engine.passes.joining.Project.__init__", remove)
    assert places(check([here], LAZY_ONLY)) == [("a.py", "TSL000", 1)]
