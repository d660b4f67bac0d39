"""How many fixes of each rule were made, left out, or proved impossible: counted, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from turnstay_lint.engine.checking.report import Change, Tally
from turnstay_lint.engine.configuring.registry import rule_named
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.findings import Finding
from turnstay_lint.rules.rule import WITHHELD


def tallies(
    made: Iterable[Change],
    unmade: Iterable[Change],
    left: Iterable[Verdict],
    refused: Iterable[Finding],
) -> tuple[Tally, ...]:
    """Count the fixes of a run by rule.

    ``unmade`` changes could not be written; ``left`` is what was found last, of which a finding
    that still has its fix was not asked for; the fixes of ``refused`` findings led nowhere good.
    """
    applied = Counter(finding.code for change in made for finding in change.applied)
    impossible = Counter(finding.code for finding in refused)
    impossible.update(finding.code for change in unmade for finding in change.applied)
    skipped = Counter(
        finding.code
        for verdict in left
        for finding in verdict.findings
        if finding.fix is not None or finding.unfixable == WITHHELD
    )
    return tuple(
        Tally(code, _name(code), applied[code], skipped[code], impossible[code])
        for code in sorted({*applied, *skipped, *impossible})
    )


def _name(code: str) -> str:
    rule = rule_named(code)
    return rule.name if rule is not None else code


def refusals(before: Verdict, after: Verdict) -> Iterator[Finding]:
    """Yield the findings of a verdict that lost their fix between two tellings, with the reason."""
    for old, new in zip(before.findings, after.findings, strict=True):
        if old.fix is not None and new.fix is None:
            yield new


def told(verdict: Verdict, refused: Iterable[Finding]) -> Verdict:
    """Return what was found at first with the reasons of fixes that proved impossible later."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for finding in refused:
        reasons.setdefault(_said(finding), []).append(finding.unfixable)
    findings = tuple(
        replace(finding, fix=None, unfixable=reasons[_said(finding)].pop(0))
        if finding.fix is not None and reasons.get(_said(finding))
        else finding
        for finding in verdict.findings
    )
    return replace(verdict, findings=findings)


def _said(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.scope, finding.message
