"""Chains of revisions as a picture: the graph on the left, what each revision does beside it.

Chips in three colors show a column's way: added, filled, NOT NULL. Below is where each column
stands. The picture is plain SVG, the same for the same chains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from msgspec import Struct

from turnstay_lint.engine.migrations import ColumnPath, MigrationChain, Row
from turnstay_lint.project.migrations.revision_graph import Link
from turnstay_lint.reporters.migration_words import Said, Stage, said_of

_LINE, _HEAD, _GAP, _MARGIN, _LANE = 20, 22, 12, 24, 22
_CHARACTER = 7.3
_MOST_LINES, _LONGEST = 8, 96
_COLORS = {
    Stage.ADD: ("#dbeafe", "#1d4ed8"),
    Stage.BACKFILL: ("#fef3c7", "#b45309"),
    Stage.REQUIRE: ("#dcfce7", "#15803d"),
    Stage.NONE: ("none", "#475569"),
}
_STYLE = (
    "text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#0f172a}"
    ".id,.h{font-weight:bold}.t,.n{fill:#475569}.f{font-size:15px;font-weight:bold}"
)


class _Placed(Struct, frozen=True):
    """A revision at its place: the lane and the height of its circle, and what is said of it."""

    row: Row
    lane: int
    y: int
    lines: tuple[Said, ...]


def migration_svg(chains: Sequence[MigrationChain]) -> Iterator[str]:
    """Yield the lines of the picture."""
    body: list[str] = []
    y, width = _MARGIN, 0.0
    for chain in chains:
        y, wide = _chain(chain, y, body)
        width = max(width, wide)
    wide, high = round(width + _MARGIN), y + _MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" role="img">'
    )
    yield f"<style>{_STYLE}</style>"
    yield f'<rect width="{wide}" height="{high}" fill="#ffffff"/>'
    yield from body
    yield "</svg>"


def _chain(chain: MigrationChain, y: int, body: list[str]) -> tuple[int, float]:
    """Draw a chain from a height on; returns where it ends and how wide it is."""
    heads = ", ".join(chain.heads) or "none"
    title = f"{chain.folder}: {len(chain.rows)} revisions, head {heads}"
    body.append(_text(_MARGIN, y + 4, title, "f"))
    placed = _placed(chain, y + 34)
    left = _MARGIN + (max((one.lane for one in placed), default=0) + 1) * _LANE
    body += _edges(placed)
    width = _MARGIN + len(title) * 9.2
    for one in placed:
        body += _drawn(one, left)
        longest = max((len(said.words) + 4 for said in one.lines), default=0)
        head = len(one.row.link.revision) + 2 + len(one.row.title)
        width = max(width, left + max(longest, head) * _CHARACTER)
    last = placed[-1] if placed else None
    end = last.y + _height(last.lines) if last is not None else y + 34
    table, wide = _table(chain.columns, end + _LINE)
    body += table
    return end + _LINE * (len(chain.columns) + 3), max(width, wide)


def _placed(chain: MigrationChain, y: int) -> list[_Placed]:
    placed: list[_Placed] = []
    lanes = _lanes([row.link for row in chain.rows])
    for row, lane in zip(chain.rows, lanes, strict=True):
        said = said_of(row.changes)
        more = len(said) - _MOST_LINES
        rest = [Said(f"and {more} more")] if more > 0 else []
        lines = tuple(Said(_short(s.words), s.stage) for s in [*said[:_MOST_LINES], *rest])
        placed.append(_Placed(row, lane, y, lines))
        y += _height(lines)
    return placed


def _height(lines: Sequence[Said]) -> int:
    return _HEAD + _LINE * len(lines) + _GAP


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _lanes(links: Sequence[Link]) -> list[int]:
    """Give each revision a lane: that of one it follows where that goes on, else a free one.

    A lane is taken from below what a branch leaves down to the last revision that follows.
    """
    rows = {link.revision: number for number, link in enumerate(links)}
    ends = {link.revision: rows[link.revision] for link in links}
    for link in links:
        for parent in link.parents:
            ends[parent] = max(ends.get(parent, 0), rows[link.revision])
    tips: dict[str, int] = {}
    taken: list[tuple[int, int, int]] = []
    found: list[int] = []
    for number, link in enumerate(links):
        own = [tips.pop(parent) for parent in link.revises if parent in tips]
        above = [rows[parent] + 1 for parent in link.revises if parent in rows]
        start = min(above, default=number)
        free = (
            lane
            for lane in range(len(links) + 1)
            if not any(t == lane and a <= number and start <= b for t, a, b in taken)
        )
        lane = min(own) if own else next(free)
        taken.append((lane, number if own else start, ends[link.revision]))
        tips[link.revision] = lane
        found.append(lane)
    return found


def _x(lane: int) -> int:
    return _MARGIN + lane * _LANE + 6


def _edges(placed: Sequence[_Placed]) -> Iterator[str]:
    at = {one.row.link.revision: one for one in placed}
    for one in placed:
        for parent in one.row.link.parents:
            above = at.get(parent)
            if above is None:
                continue
            x, y, from_x, from_y = _x(one.lane), one.y, _x(above.lane), above.y
            bend = f"L{from_x} {y - _HEAD} L{x} {y}" if one.lane <= above.lane else ""
            way = bend or f"L{x} {from_y + _HEAD} L{x} {y}"
            dashed = "" if parent in one.row.link.revises else ' stroke-dasharray="4 3"'
            yield (
                f'<path d="M{from_x} {from_y} {way}" fill="none" stroke="#94a3b8" '
                f'stroke-width="2"{dashed}/>'
            )


def _drawn(one: _Placed, left: int) -> Iterator[str]:
    stages = [said.stage for said in one.lines if said.stage is not Stage.NONE]
    color = _COLORS[stages[-1]][1] if stages else _COLORS[Stage.NONE][1]
    yield f'<circle cx="{_x(one.lane)}" cy="{one.y}" r="6" fill="{color}"/>'
    named = one.row.link.revision
    beside = left + (len(named) + 2) * _CHARACTER
    yield _text(left, one.y + 4, named, "id")
    yield _text(beside, one.y + 4, one.row.title, "t")
    y = one.y + _HEAD
    for said in one.lines:
        yield from _chip(left, y, said)
        y += _LINE


def _chip(x: float, y: int, said: Said) -> Iterator[str]:
    fill, stroke = _COLORS[said.stage]
    if said.stage is not Stage.NONE:
        width = round(len(said.words) * _CHARACTER + 14)
        yield (
            f'<rect x="{x}" y="{y - 8}" width="{width}" height="17" rx="8" fill="{fill}" '
            f'stroke="{stroke}"/>'
        )
    yield _text(x + 7, y + 4, said.words, "n" if said.stage is Stage.NONE else "")


def _table(columns: Sequence[ColumnPath], y: int) -> tuple[list[str], float]:
    """Draw where each column stands: the revision that added, filled and required it."""
    if not columns:
        return [], 0.0
    starts = [float(_MARGIN)]
    rows = [(c.name, c.added, c.filled, c.required) for c in columns]
    headings = ("column", "added", "filled", "NOT NULL")
    for n, heading in enumerate(headings):
        longest = max(len(heading), *(len(row[n]) for row in rows))
        starts.append(starts[-1] + (longest + 5) * _CHARACTER)
    lines = [_text(x, y, heading, "h") for x, heading in zip(starts, headings, strict=False)]
    stages = (Stage.NONE, Stage.ADD, Stage.BACKFILL, Stage.REQUIRE)
    for row in rows:
        y += _LINE
        for x, cell, stage in zip(starts, row, stages, strict=False):
            if stage is Stage.NONE or not cell:
                lines.append(_text(x, y, cell or "–", ""))
            else:
                lines += _chip(x, y - 4, Said(cell, stage))
    return lines, starts[-1]


def _text(x: float, y: int, text: str, kind: str) -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y}"{named} xml:space="preserve">{escape(text)}</text>'
