"""Verdicts as bytes that outlive a run: everything but how fixes are made.

A plan is a rule's own kind of data. Who wants to make fixes has the rule look again.
"""

from __future__ import annotations

from functools import cache

from msgspec import Raw
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.findings import Finding, Fix

NOTHING = Raw(b"\xc0")
"""A verdict without findings; or that of nobody, where nobody was asked."""


def packed(verdict: Verdict) -> Raw | None:
    """Return a verdict as bytes; None for one that may differ next time, or has no bytes."""
    if verdict.crashes:
        return None
    if not verdict.findings:
        return NOTHING
    try:
        return Raw(_encoder().encode(tuple(map(_without_plan, verdict.findings))))
    except UnicodeEncodeError:
        return None


def unpacked(content: Raw) -> Verdict:
    """Return a verdict of ``packed`` bytes; raises msgspec.DecodeError for other bytes."""
    if content == NOTHING:
        return Verdict(())
    return Verdict(_decoder().decode(content))


def has_fixes(content: Raw) -> bool:
    """Tell whether there is a finding whose fix would need its plan."""
    return any(finding.fix is not None for finding in unpacked(content).findings)


def _without_plan(finding: Finding) -> Finding:
    return finding if finding.fix is None else replace(finding, fix=_planless(finding.fix))


def _planless(fix: Fix) -> Fix:
    return replace(
        fix,
        plan=None,
        elsewhere=tuple(replace(part, plan=None) for part in fix.elsewhere),
        bolder=_planless(fix.bolder) if fix.bolder is not None else None,
    )


@cache
def _encoder() -> Encoder:
    return Encoder()


@cache
def _decoder() -> Decoder[tuple[Finding, ...]]:
    return Decoder(tuple[Finding, ...])
