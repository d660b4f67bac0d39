"""The comments of an import block: which import each speaks of, and which head a section."""

from __future__ import annotations

import ast

from msgspec import Struct, field

from turnstay_lint.project.organization.import_sections import Section, heading_section
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_blocks import ImportBlock
from turnstay_lint.source.patterns import regex

_DECORATION = regex(r"[\s#=*~+_-]+$")


class Above(Struct):
    """The lines (from 1) of the comments above one import: its own, and headings of sections."""

    own: list[int] = field(default_factory=list)
    headings: list[tuple[Section, list[int]]] = field(default_factory=list)


def comments_above(source: SourceFile, block: ImportBlock, place: int) -> Above:
    """Return the comments above an import of a block, up to the import before it.

    Above the first import of a block only those directly above it are the block's, and what
    heads the file is not.
    """
    lines = _comment_lines(source, block, place)
    above = _read(source, lines)
    if place == 0 and block.position == 0 and not block.within and lines[:1] == [1]:
        first = min((line for _, taken in above.headings for line in taken), default=None)
        above.own = [line for line in above.own if first is not None and line > first]
    return above


def _comment_lines(source: SourceFile, block: ImportBlock, place: int) -> list[int]:
    """Return the lines that hold a comment between an import and the one before it."""
    statement = block.imports[place]
    previous = block.imports[place - 1] if place else _before(block)
    floor = (previous.end_lineno or previous.lineno) + 1 if previous is not None else 1
    if place:
        lines = range(floor, statement.lineno)
        return [line for line in lines if source.lines.line(line).strip()]
    line = statement.lineno
    while line > floor and source.lines.line(line - 1).lstrip(" \t\f").startswith("#"):
        line -= 1
    return list(range(line, statement.lineno))


def _before(block: ImportBlock) -> ast.stmt | None:
    return block.body[block.position - 1] if block.position else None


def _read(source: SourceFile, lines: list[int]) -> Above:
    """Tell headings, with the rules drawn above and below them, from an import's own comments."""
    above = Above()
    drawn: list[int] = []
    for line in lines:
        comment = source.lines.line(line).strip()
        section = heading_section(comment)
        if section is not None:
            above.headings.append((section, [*drawn, line]))
            drawn = []
        elif _DECORATION.match(comment):
            heading = above.headings[-1][1] if above.headings else None
            if heading and heading[-1] == line - 1 and not drawn and not above.own:
                heading.append(line)
            else:
                drawn.append(line)
        else:
            above.own += [*drawn, line]
            drawn = []
    above.own += drawn
    return above
