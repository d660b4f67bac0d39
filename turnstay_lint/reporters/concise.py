"""One line a finding, as editors and grep like it: ``path:line:col: CODE [*] message``."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.view import View, headline, place


def report(view: View) -> Iterator[str]:
    """Yield the line of every finding."""
    for finding in view.report.findings:
        yield printable(f"{place(finding)}: {headline(finding)}")
