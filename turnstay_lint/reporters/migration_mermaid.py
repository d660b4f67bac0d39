"""Chains of revisions as a flowchart of Mermaid, which GitHub and others draw.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from turnstay_lint.engine.migrations import MigrationChain, Row
from turnstay_lint.reporters.migration_words import Stage, said_of

_MOST_LINES = 8
_CLASSES = {Stage.ADD: "add", Stage.BACKFILL: "backfill", Stage.REQUIRE: "required"}
_COLORS = {
    "add": "fill:#dbeafe,stroke:#2563eb,color:#111",
    "backfill": "fill:#fef3c7,stroke:#b45309,color:#111",
    "required": "fill:#dcfce7,stroke:#15803d,color:#111",
}


def migration_mermaid(chains: Sequence[MigrationChain]) -> Iterator[str]:
    """Yield the lines of a flowchart, a subgraph for each chain."""
    yield "flowchart TD"
    for number, chain in enumerate(chains):
        names = {row.link.revision: f"c{number}r{n}" for n, row in enumerate(chain.rows)}
        yield f'    subgraph c{number} ["{_escaped(chain.folder)}"]'
        for row in chain.rows:
            yield f'        {names[row.link.revision]}["{_label(row)}"]{_class(row)}'
        yield "    end"
        for row in chain.rows:
            for parent in row.link.parents:
                arrow = "-->" if parent in row.link.revises else "-.->"
                if parent in names:
                    yield f"    {names[parent]} {arrow} {names[row.link.revision]}"
    for name, colors in _COLORS.items():
        yield f"    classDef {name} {colors}"


def _label(row: Row) -> str:
    words = [said.words for said in said_of(row.changes)]
    more = len(words) - _MOST_LINES
    shown = [*words[:_MOST_LINES], *([f"and {more} more"] if more > 0 else [])]
    head = f"<b>{_escaped(row.link.revision)}</b> {_escaped(row.title)}".rstrip()
    return "<br/>".join([head, *map(_escaped, shown)])


def _class(row: Row) -> str:
    """The last stage that a revision brings a column to gives it its color."""
    stages = [said.stage for said in said_of(row.changes) if said.stage is not Stage.NONE]
    return f":::{_CLASSES[stages[-1]]}" if stages else ""


def _escaped(text: str) -> str:
    """Say characters that mean something to Mermaid by their codes."""
    special = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "#": "#35;"}
    return "".join(special.get(character, character) for character in text)
