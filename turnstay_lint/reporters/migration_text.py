"""A chain of revisions as text: what each does, and how far each column is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from turnstay_lint.engine.migrations import ColumnPath, MigrationChain, Row
from turnstay_lint.reporters.migration_words import said_of

_NONE = "–"
_HEADINGS = ("column", "added", "filled", "NOT NULL")


def migration_text(chains: Sequence[MigrationChain]) -> Iterator[str]:
    """Yield the lines of a report on chains."""
    for number, chain in enumerate(chains):
        if number:
            yield ""
        count = len(chain.rows)
        heads = ", ".join(chain.heads) or "none"
        yield f"{chain.folder}: {count} revision{'s' * (count != 1)}, head {heads}"
        before = ""
        for row in chain.rows:
            yield ""
            yield from _row(row, before)
            before = row.link.revision
        if chain.columns:
            yield ""
            yield from _columns(chain.columns)


def _row(row: Row, before: str) -> Iterator[str]:
    """A revision that follows the one above it need not say so."""
    link = row.link
    others = [parent for parent in link.parents if parent not in link.revises]
    after = f"after {', '.join(link.revises)}" if link.revises not in ((before,), ()) else ""
    needs = f"depends on {', '.join(others)}" if others else ""
    labels = f"branch {', '.join(link.labels)}" if link.labels else ""
    aside = "; ".join(filter(None, (after, needs, labels)))
    yield f"{link.revision}  {row.title}" + (f"  [{aside}]" if aside else "")
    for said in said_of(row.changes):
        yield f"    {said.words}"


def _columns(columns: Sequence[ColumnPath]) -> Iterator[str]:
    table = [_HEADINGS, *((c.name, c.added, c.filled, c.required) for c in columns)]
    widths = [max(len(line[n]) for line in table) for n in range(len(_HEADINGS))]
    for line in table:
        cells = (f"{cell or _NONE:<{width}}" for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()
