"""Which rules' fixes led nowhere good in a file, so that they cost no other rule its fixes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from turnstay_lint.engine.mending.fixing import fix
from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.file import SourceFile


def to_bar(
    mending: Mending,
    project: Project,
    settings: Settings,
    rules: Sequence[Rule],
    wanted: Callable[[Finding], bool],
) -> dict[str, str]:
    """Return the rules whose fixes are to be left out of a file that was taken back, with why.

    None are where that is not known, or where no other rule has anything to fix there.
    """
    suspects = mending.tried - set(mending.barred)
    barred = dict.fromkeys(mending.blamed - set(mending.barred), mending.problem)
    if not barred and len(suspects) > 1:
        source = mending.original()
        around = project.with_source(source)
        barred = culprits(source, around, settings, rules, wanted, suspects)
    others = {finding.code for finding in mending.found.findings if wanted(finding)} | suspects
    return barred if others - set(mending.barred) - set(barred) else {}


def culprits(
    source: SourceFile,
    project: Project,
    settings: Settings,
    rules: Sequence[Rule],
    wanted: Callable[[Finding], bool],
    suspects: Iterable[str],
) -> dict[str, str]:
    """Return which of the suspected rules' fixes lead nowhere good in a file, and where they led.

    One rule after another joins those whose fixes are good together.
    """
    good: set[str] = set()
    bad: dict[str, str] = {}
    for code in sorted(suspects):
        tried = {*good, code}
        made = fix(source, project, settings, rules, lambda f: wanted(f) and f.code in tried)  # noqa: B023
        if made.problem:
            bad[code] = made.problem
        else:
            good.add(code)
    return bad
