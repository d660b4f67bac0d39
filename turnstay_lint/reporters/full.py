"""For people: the code, what is wrong with it, what helps, and whether it can be put right."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.frame import frame
from turnstay_lint.reporters.view import View, place, remedy

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def report(view: View) -> Iterator[str]:
    """Yield every finding with its code, an empty line after each."""
    for finding in view.report.findings:
        yield _headline(finding, view)
        yield from _frame(finding, view)
        for label, text in _notes(finding):
            yield from _note(label, text, view)
        if view.edits is not None and finding in view.edits:
            from turnstay_lint.reporters.preview import preview

            yield from preview(view, finding)
        yield ""


def _paint(view: View, text: str, color: str | None = None, bold: bool | None = None) -> str:
    if not view.color:
        return text
    from click import style

    return style(text, fg=color, bold=bold)


def _headline(finding: Finding, view: View) -> str:
    code = _paint(view, finding.code, _COLORS[finding.severity], bold=True)
    star = f"[{_paint(view, '*', 'cyan')}] " if finding.fix is not None else ""
    where = _paint(view, printable(place(finding)), bold=True)
    return f"{where}: {code} {star}{printable(finding.message)}"


def _frame(finding: Finding, view: View) -> Iterator[str]:
    rows = list(frame(view.lines(finding.path), finding.span, view.width))
    gutter = max((len(number) for number, _, _ in rows), default=0)
    bar = _paint(view, "|", "blue")
    yield f"{'':{gutter}} {bar}"
    for number, code, underline in rows:
        yield f"{_paint(view, f'{number:>{gutter}}', 'blue')} {bar} {code}".rstrip()
        if underline:
            marks = _paint(view, underline, _COLORS[finding.severity])
            yield f"{'':{gutter}} {bar} {marks}"
    yield f"{'':{gutter}} {bar}"


def _notes(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.help:
        yield "help", finding.help
    for related in finding.related:
        at = f"{related.path}:{related.span.line}:{related.span.column + 1}"
        yield "see", f"{at}: {related.message}"
    label, _, text = remedy(finding).partition(": ")
    yield label, text


def _note(label: str, text: str, view: View) -> Iterator[str]:
    """Yield a note, its further lines under its first word."""
    head = f"  = {label}: "
    room = max(view.width - len(head), 40)
    words = [part for line in text.splitlines() for part in wrap(line, room) or [""]]
    for number, line in enumerate(words):
        start = f"  = {_paint(view, label, bold=True)}: " if number == 0 else " " * len(head)
        yield start + printable(line)
