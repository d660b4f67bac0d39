"""How many fixes of each rule were made, left out, or proved impossible: counted, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from turnstay_lint.engine.lint import Verdict
from turnstay_lint.engine.registry import rule_named
from turnstay_lint.engine.report import Change, Tally
from turnstay_lint.findings import Finding
from turnstay_lint.rules.rule import WITHHELD


def tallies(
    changes: Iterable[Change],
    left: Iterable[Verdict],
    refused: Mapping[str, list[Finding]],
    wanted: Callable[[Finding], bool],
) -> tuple[Tally, ...]:
    """Count the fixes of a run by rule.

    ``left`` is what was found last. A fix that it still carries was not asked for, or could not
    be written; ``refused`` are the findings by file whose fixes led nowhere good.
    """
    applied = Counter(finding.code for change in changes for finding in change.applied)
    impossible = Counter(finding.code for findings in refused.values() for finding in findings)
    skipped: Counter[str] = Counter()
    for finding in (finding for verdict in left for finding in verdict.findings):
        if finding.fix is not None and wanted(finding):
            impossible[finding.code] += 1
        elif finding.fix is not None or finding.unfixable == WITHHELD:
            skipped[finding.code] += 1
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
