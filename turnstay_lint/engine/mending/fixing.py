"""The fix loop of one file: detect, apply what does not overlap, detect again, to the end.

Nothing is written here. A result that does not parse, lost a comment or has a finding that was
not there before is thrown away whole, and the findings say why they were left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from turnstay_lint.engine.mending.change_sets import make_alone
from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.mending.verification import Reverted, comments
from turnstay_lint.engine.services.lint import Verdict, lint
from turnstay_lint.findings import Applicability, Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.file import SourceFile

__all__ = ["MOST_ROUNDS", "Fixed", "comments", "fix", "fixed_alone", "wants"]

MOST_ROUNDS = 100
"""After so many rounds fixes are held to have no end."""


class Fixed(Struct, frozen=True):
    """What came of a file: its text, the findings whose fixes were made, and what is left."""

    text: str
    applied: tuple[Finding, ...]
    left: Verdict
    problem: str = ""


def wants(unsafe_too: bool) -> Callable[[Finding], bool]:
    """Return the test of which findings a run fixes: safe ones, or unsafe ones as well."""
    allowed = set(Applicability) if unsafe_too else {Applicability.SAFE}
    return lambda finding: finding.fix is not None and finding.fix.applicability in allowed


def fix(
    source: SourceFile,
    project: Project,
    settings: Settings,
    rules: Sequence[Rule],
    wanted: Callable[[Finding], bool],
) -> Fixed:
    """Return the file with every wanted fix made that can be made, or as it was with the reason."""
    before = lint(source, project, settings, rules)
    mending = Mending.of(source, before)
    verdict = before
    try:
        for _ in range(MOST_ROUNDS):
            todo = mending.todo(verdict, wanted)
            if not todo:
                break
            if not mending.step(todo, project, settings):
                continue
            mended = mending.source()
            project = project.with_source(mended)
            verdict = lint(mended, project, settings, rules)
        else:
            raise endless()
        mending.verify(verdict)
    except Reverted as problem:
        mending.take_back(problem)
        verdict = before
    left = mending.left(verdict, wanted)
    return Fixed(mending.text, tuple(mending.applied), left, mending.problem)


def endless() -> Reverted:
    """Return why fixes are taken back that make ever new findings."""
    return Reverted(f"the fixes did not come to an end in {MOST_ROUNDS} rounds", fault=True)


def fixed_alone(
    sources: Mapping[str, SourceFile], project: Project, settings: Settings, finding: Finding
) -> tuple[dict[str, str], str]:
    """Return the texts after one finding's fix alone, by path, and why it cannot be made, if so.

    ``sources`` are the file of the finding and those that its fix changes besides; one that is to
    be created is empty.
    """
    mendings = {path: Mending.of(source, Verdict(())) for path, source in sources.items()}
    try:
        reason = make_alone(finding, mendings, project, settings)
    except Reverted as problem:
        reason = str(problem)
    kept = sources if reason else mendings
    return {path: one.text for path, one in kept.items()}, reason
