"""Annotations in a GitHub workflow.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding
from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.view import View, headline, place, remedy


def report(view: View) -> Iterator[str]:
    """Yield one workflow command a finding."""
    for finding in view.report.findings:
        yield f"::{finding.severity.value} {_properties(finding)}::{_message(finding)}"


def _properties(finding: Finding) -> str:
    span = finding.span
    named = {
        "title": f"turnstay-lint {finding.code} ({finding.name})",
        "file": finding.path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        "line": span.line,
        "col": span.column + 1,
        "endLine": span.end_line,
        "endColumn": span.end_column + 1,
    }
    return ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in named.items())


def _message(finding: Finding) -> str:
    lines = (f"{place(finding)}: {headline(finding)}", finding.help, remedy(finding))
    return _escaped("\n".join(filter(None, lines)))


def _escaped(text: str, also: str = "") -> str:
    """Escape as the runner's toolkit does: data, and in properties what parts them."""
    for character in f"%\r\n{also}":
        text = text.replace(character, f"%{ord(character):02X}")
    return printable(text)
