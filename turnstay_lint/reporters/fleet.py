"""What was found in many repositories: a line each, a table of rules, or all of it for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import asdict

from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.fleet.listing import Repository
from turnstay_lint.engine.fleet.visiting import Visit
from turnstay_lint.reporters.json import finding_of
from turnstay_lint.reporters.view import View

Visits = Iterable[tuple[Repository, Visit]]


class Row(Struct, frozen=True):
    """A rule: how much it found, in how many repositories, and how much of it has a fix."""

    code: str
    name: str
    findings: int
    repositories: int
    fixable: int


def rows(visits: Visits) -> list[Row]:
    """Return the rules that found something, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    places: Counter[tuple[str, str]] = Counter()
    fixable: Counter[tuple[str, str]] = Counter()
    for _, visit in visits:
        found = visit.report.findings if visit.report is not None else ()
        counts.update((f.code, f.name) for f in found)
        places.update({(f.code, f.name) for f in found})
        fixable.update((f.code, f.name) for f in found if f.fix is not None)
    ordered = sorted(counts, key=lambda rule: (-counts[rule], rule))
    return [Row(*rule, counts[rule], places[rule], fixable[rule]) for rule in ordered]


def table(visits: Visits) -> Iterator[str]:
    """Yield a line for every rule that found something, under a heading."""
    found = rows(visits)
    if not found:
        return
    yield "findings  repositories  rule"
    for row in found:
        star = "[*]" if row.fixable == row.findings else "[-]" if row.fixable else "[ ]"
        yield f"{row.findings:>8}  {row.repositories:>12}  {row.code} {star} {row.name}"


def as_json(visits: Visits, *, dry: bool) -> Iterator[str]:
    """Yield an object: the ``repositories`` in the order of the list, and the ``rules``.

    A repository that failed has an ``error``; paths in it are as the user is shown them.
    """
    visits = list(visits)
    told = [_told(one, visit, dry) for one, visit in visits]
    yield json.dumps({"repositories": told, "rules": [asdict(r) for r in rows(visits)]}, indent=2)


def _told(repository: Repository, visit: Visit, dry: bool) -> dict[str, object]:
    report = visit.report or Report(())
    view = View(report)
    return {
        "repository": repository.shown,
        "error": visit.error or None,
        "findings": [finding_of(finding, view) for finding in report.findings],
        "files": report.files,
        "fixed": 0 if dry else report.fixed,
        "fixes": [asdict(tally) for tally in report.fixes],
        "unread": report.unread,
        "changed": [] if dry else [change.name for change in report.changes],
        "problems": [*_problems(report)],
        "seconds": round(visit.seconds, 3),
    }


def _problems(report: Report) -> Iterator[dict[str, str]]:
    for place in (*report.unreadable, *report.unwritable, *report.faults):
        yield {"filename": place.path, "message": place.reason}
    for crash in report.crashes:
        yield {"filename": crash.path, "message": f"{crash.code} failed ({crash.error})"}
