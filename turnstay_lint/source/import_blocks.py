"""Import statements that stand one after another, which is what can be put in order.

Anything else that stands between two imports parts them: nothing is moved over other code. So do
isort's comments: what is ``# isort: off`` or ``# isort: skip`` belongs to no block, and
``# isort: split`` begins a new one.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.import_statements import ImportStatement
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import FunctionNode, inner_bodies

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_INDENTED = ("  import ", "  from ", "\timport ", "\tfrom ", ": import ", ": from ")
_SKIP_FILE = regex(r"isort:\s?skip_file\b")
_DIRECTIVE = regex(r"#\s*(?:ruff:\s*)?isort:\s*(off|on|skip|split)\b")


class ImportBlock(Struct, frozen=True):
    """Imports of one body with nothing but comments and blank lines between them.

    ``within`` are the functions and classes around, outermost first; ``position`` is where the
    first import stands in its ``body``.
    """

    imports: tuple[ImportStatement, ...]
    body: Sequence[ast.stmt]
    position: int
    within: tuple[Definition, ...] = ()

    @property
    def scope(self) -> str:
        """Return the qualified name of what the block stands in, empty for the module."""
        return ".".join(definition.name for definition in self.within)


class _Directives(Struct, frozen=True):
    """What isort's comments say: where a block ends before a line, and which lines are left out."""

    ends: tuple[int, ...] = ()
    left_out: frozenset[int] = frozenset()
    off: tuple[tuple[int, int], ...] = ()

    @property
    def are_none(self) -> bool:
        return not (self.ends or self.left_out or self.off)

    def leave_out(self, statement: ast.stmt) -> bool:
        last = statement.end_lineno or statement.lineno
        return any(line in self.left_out for line in range(statement.lineno, last + 1)) or any(
            first <= statement.lineno <= end for first, end in self.off
        )

    def part(self, before: ast.stmt, after: ast.stmt) -> bool:
        last = before.end_lineno or before.lineno
        return any(last < line < after.lineno for line in self.ends)


@fact
def leading_blocks(source: SourceFile) -> list[ImportBlock]:
    """Return the blocks of the module's own body, in order."""
    directives = _directives(source)
    return [] if directives is None else list(_blocks(source.tree.body, (), directives))


@fact
def import_blocks(source: SourceFile) -> list[ImportBlock]:
    """Return every block of the file, those inside functions and other statements included."""
    leading = leading_blocks(source)
    if source.text.count("import") == sum([len(block.imports) for block in leading]):
        return leading
    lines = _indented_imports(_plain(source.text))
    if not lines:
        return leading
    directives = _directives(source)
    return [] if directives is None else list(_all_blocks(source.tree.body, (), directives, lines))


def _indented_imports(text: str) -> list[int]:
    """Return the lines that may hold an import inside another statement, in order.

    Most files have few, so the walk need not enter most statements.
    """
    found: set[int] = set()
    counted = 0, 1
    for needle in _INDENTED:
        place = text.find(needle)
        while place >= 0:
            start = text.rfind("\n", 0, place) + 1
            if needle[0] == ":" or not text[start:place].strip():
                if counted[0] > start:
                    counted = 0, 1
                counted = start, counted[1] + text.count("\n", counted[0], start)
                found.add(counted[1])
            place = text.find(needle, place + 1)
    return sorted(found)


def _all_blocks(
    body: Sequence[ast.stmt],
    within: tuple[Definition, ...],
    directives: _Directives,
    lines: Sequence[int],
) -> Iterator[ImportBlock]:
    yield from _blocks(body, within, directives)
    for statement in body:
        if isinstance(statement, _SIMPLE):
            continue
        place = bisect_left(lines, statement.lineno)
        if place == len(lines) or lines[place] > (statement.end_lineno or statement.lineno):
            continue
        if isinstance(statement, Definition):
            yield from _all_blocks(statement.body, (*within, statement), directives, lines)
        else:
            for inner in inner_bodies(statement):
                yield from _all_blocks(inner, within, directives, lines)


_IMPORTS = frozenset({ast.Import, ast.ImportFrom})
_SIMPLE = (ast.Expr, ast.Assign, ast.Return, ast.AnnAssign, ast.Raise, ast.Import, ast.ImportFrom)


def _blocks(
    body: Sequence[ast.stmt], within: tuple[Definition, ...], directives: _Directives
) -> Iterator[ImportBlock]:
    block: list[ImportStatement] = []
    plain = directives.are_none
    for position, statement in enumerate(body):
        kept = type(statement) in _IMPORTS and (plain or not directives.leave_out(statement))
        if block and (not kept or (not plain and directives.part(block[-1], statement))):
            yield ImportBlock(tuple(block), body, position - len(block), within)
            block = []
        if kept:
            assert isinstance(statement, ImportStatement)
            block.append(statement)
    if block:
        yield ImportBlock(tuple(block), body, len(body) - len(block), within)


def _directives(source: SourceFile) -> _Directives | None:
    """Return what isort's comments say; None where the file is to be left alone."""
    if "isort:" not in source.text:
        return _Directives()
    if _SKIP_FILE.search(source.text):
        return None
    ends: list[int] = []
    left_out: set[int] = set()
    off: list[tuple[int, int]] = []
    since = 0
    for match in _DIRECTIVE.finditer(source.text):
        line, _ = source.lines.position(match.start())
        match match.group(1):
            case "skip":
                left_out.add(line)
            case "split":
                ends.append(line)
            case "off" if not since:
                since = line
            case "on" if since:
                off.append((since, line))
                since = 0
    if since:
        off.append((since, source.lines.count + 1))
    return _Directives(tuple(ends), frozenset(left_out), tuple(off))


def comments_above(source: SourceFile, statement: ast.stmt, before: ast.stmt | None) -> int:
    """Return the first line of the comments that stand directly above a statement.

    It is the statement's own line where there are none. ``before`` is the statement before it.
    """
    floor = (before.end_lineno or before.lineno) + 1 if before is not None else 1
    line = statement.lineno
    while line > floor and source.lines.line(line - 1).lstrip(" \t\f").startswith("#"):
        line -= 1
    return line


def blank_between(source: SourceFile, before: ast.stmt, statement: ast.stmt) -> bool:
    """Tell whether a blank line stands between two statements, comments apart."""
    first, last = before.end_lineno or before.lineno, statement.lineno - 1
    gap = _plain(source.text).split("\n", last)[first:last]
    return any(not line or line.isspace() for line in gap)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def is_type_checking(statement: ast.stmt) -> bool:
    """Tell whether a statement is ``if TYPE_CHECKING:``, whose body never runs."""
    if not isinstance(statement, ast.If):
        return False
    test = statement.test
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def begins_definitions(statement: ast.stmt) -> bool:
    """Tell whether a statement defines a function or class: imports below it are late ones."""
    return isinstance(statement, FunctionNode | ast.ClassDef)
