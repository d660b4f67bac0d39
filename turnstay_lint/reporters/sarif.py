"""SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from turnstay_lint import __version__
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.configuring.documentation import purpose, summary
from turnstay_lint.engine.configuring.registry import all_rules, documentation_of, section_of
from turnstay_lint.findings import Finding, Fix
from turnstay_lint.reporters.view import HOME, View, page_of
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.positions import Span

if TYPE_CHECKING:
    from turnstay_lint.engine.repairing.previews import Edit

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_BASE = "%SRCROOT%"
_FINGERPRINT = "turnstayLint/v1"

Json = dict[str, object]


def report(view: View) -> Iterator[str]:
    """Yield one log with one run."""
    rules = all_rules()
    numbers = {rule.code: number for number, rule in enumerate(rules)}
    prints = fingerprints(view)
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"uri": Path.cwd().as_uri().rstrip("/") + "/"}},
        "invocations": [_invocation(view.report)],
        "results": [
            _result(finding, numbers[finding.code], prints[finding], view)
            for finding in view.report.findings
        ],
    }
    yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _driver(rules: tuple[Rule, ...]) -> Json:
    return {
        "name": "turnstay-lint",
        "semanticVersion": __version__,
        "informationUri": HOME,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> Json:
    page = documentation_of(rule)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": summary(rule)},
        "fullDescription": {"text": purpose(rule) or rule.name},
        "help": {"text": page or rule.name, "markdown": page or rule.name},
        "helpUri": page_of(rule.name),
        "defaultConfiguration": {"level": rule.severity.value, "enabled": rule.default},
        "properties": {"tags": [section_of(rule)]},
    }


def _invocation(report: Report) -> Json:
    """Say whether all was read and judged, and what was not."""
    problems = [
        *(f"{crash.code} failed on {crash.path}: {crash.error}" for crash in report.crashes),
        *(f"{p.path}: {p.reason}" for p in (*report.unreadable, *report.unwritable)),
    ]
    return {
        "executionSuccessful": report.is_whole,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": problem}} for problem in problems
        ],
    }


def fingerprints(view: View) -> dict[Finding, str]:
    """Return what stays of each finding when lines are inserted above it, unique in its report.

    That is its code, file and scope, the words of its line, and which of its like it is.
    """
    seen: Counter[str] = Counter()
    made: dict[Finding, str] = {}
    for finding in view.report.findings:
        line = " ".join(view.lines(finding.path).line(finding.span.line).split())
        said = "\n".join((finding.code, finding.path, finding.scope, line))
        seen[said] += 1
        whole = f"{said}\n{seen[said]}".encode("utf-8", "surrogateescape")
        made[finding] = hashlib.sha256(whole).hexdigest()[:32]
    return made


def _result(finding: Finding, number: int, fingerprint: str, view: View) -> Json:
    location = _location(finding.path, finding.span)
    if finding.scope:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.scope}]
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": number,
        "level": finding.severity.value,
        "message": {"text": ". ".join(filter(None, (finding.message, finding.help)))},
        "locations": [location],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {**_location(place.path, place.span), "message": {"text": place.message}}
            for place in finding.related
        ]
    if finding.unfixable:
        result["properties"] = {"unfixableReason": finding.unfixable}
    if view.edits is not None and finding in view.edits and finding.fix is not None:
        result["fixes"] = [_fix(finding, finding.fix, view.edits[finding], view)]
    return result


def _fix(finding: Finding, fix: Fix, edits: tuple[Edit, ...], view: View) -> Json:
    """Say what a fix changes, file by file.

    SARIF has no word for a file that moves: here the new one gets all that the old one holds, and
    the old one nothing. The properties say that it is to go.
    """
    moves = {move.old: move.new for move in view.moves.get(finding, ())}
    changes: list[Json] = []
    for path in dict.fromkeys([*(edit.path or finding.path for edit in edits), *moves]):
        own = tuple(edit for edit in edits if (edit.path or finding.path) == path)
        if path in moves:
            changes += _moved(path, moves[path], own, view)
        else:
            changes.append(_change(path, [(edit.span, edit.content) for edit in own]))
    told = [fix.title, *(f"{old} moves to {new}" for old, new in moves.items())]
    made: Json = {"description": {"text": "; ".join(told)}, "artifactChanges": changes}
    if moves:
        places = [{"from": _artifact(old), "to": _artifact(new)} for old, new in moves.items()]
        made["properties"] = {"moves": places}
    return made


def _moved(old: str, new: str, edits: tuple[Edit, ...], view: View) -> tuple[Json, Json]:
    from turnstay_lint.engine.repairing.previews import edited

    lines = view.lines(old)
    whole = Span(1, 0, *lines.position(len(lines.text)))
    return (
        _change(new, [(Span(1, 0, 1, 0), edited(lines, edits))]),
        _change(old, [(whole, "")]),
    )


def _change(path: str, replacements: list[tuple[Span, str]]) -> Json:
    made = [
        {"deletedRegion": _region(span), "insertedContent": {"text": content}}
        for span, content in replacements
    ]
    return {"artifactLocation": _artifact(path), "replacements": made}


def _location(path: str, span: Span) -> Json:
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": _region(span)}}


def _artifact(path: str) -> Json:
    """Name a file by its address from the root of the sources, or wholly where it lies outside."""
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _BASE}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column + 1,
        "endLine": span.end_line,
        "endColumn": span.end_column + 1,
    }
