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
from turnstay_lint.engine.documentation import purpose, summary
from turnstay_lint.engine.registry import all_rules, documentation_of, section_of
from turnstay_lint.engine.report import Report
from turnstay_lint.findings import Finding
from turnstay_lint.reporters.view import HOME, View, page_of
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.positions import Span

if TYPE_CHECKING:
    from turnstay_lint.engine.previews import Edit

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
        result["fixes"] = [
            {
                "description": {"text": finding.fix.title},
                "artifactChanges": list(_changes(finding, view.edits[finding])),
            }
        ]
    return result


def _changes(finding: Finding, edits: tuple[Edit, ...]) -> Iterator[Json]:
    """Yield what a fix changes, file by file."""
    for path in dict.fromkeys(edit.path for edit in edits):
        replacements = [
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}}
            for edit in edits
            if edit.path == path
        ]
        yield {"artifactLocation": _artifact(path or finding.path), "replacements": replacements}


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
