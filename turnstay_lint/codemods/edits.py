"""What codemods ask for: replacements, insertions, removals and imports, gathered for one file.

A codemod speaks of nodes; what comes out are edits of the text, so that whatever no codemod spoke
of stays byte for byte. Imports are gathered by name and written once for all fixes of a round.
"""

from __future__ import annotations

import libcst as cst
from msgspec import Struct, field

from turnstay_lint.codemods.tree import Tree
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span

_NAME = regex(r"[^\W\d]\w*")


class CannotFix(Exception):
    """The codemod found the file otherwise than its plan says; the message is for the user."""


class TextEdit(Struct, frozen=True, order=True):
    """Replace the text between two offsets; equal offsets insert."""

    start: int
    end: int
    replacement: str

    def overlaps(self, other: TextEdit) -> bool:
        """Tell whether two edits meet; touching is not meeting, two insertions at one place are."""
        if self.start == self.end or other.start == other.end:
            if self.start == self.end and other.start == other.end:
                return self.start == other.start
            inner, outer = (self, other) if self.start == self.end else (other, self)
            return outer.start < inner.start < outer.end
        return self.start < other.end and other.start < self.end


class Import(Struct, frozen=True, order=True):
    """A name to import: ``from module import name``, or ``import module`` without a name."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def local(self) -> str:
        """Return the name that the import binds."""
        return self.alias or self.name or self.module.partition(".")[0]

    def clashes(self, other: Import) -> bool:
        """Tell whether two imports bind one name to two things; modules of one package do not."""
        if self == other or self.local != other.local:
            return False
        return any(one.name or one.alias for one in (self, other))


class Edits(Struct):
    """What the codemods of one file ask for, one fix after another.

    ``renamed`` are names that are called otherwise wherever they stand.
    """

    tree: Tree
    settings: Settings
    changes: list[TextEdit] = field(default_factory=list)
    imports: set[Import] = field(default_factory=set)
    unused: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)

    def replace(self, node: cst.CSTNode, new: cst.CSTNode | str) -> None:
        """Put ``new`` where ``node`` stands, inside the parentheses that it has."""
        code = new if isinstance(new, str) else self._code(new)
        start, end = self.tree.lines.offsets(self.tree.span(node))
        self.replace_text(start, end, code)

    def replace_span(self, span: Span, code: str) -> None:
        """Put ``code`` in place of a span of the file."""
        self.replace_text(*self.tree.lines.offsets(span), code)

    def replace_text(self, start: int, end: int, code: str) -> None:
        """Put ``code`` between two offsets, its line ends made those of the file."""
        edit = TextEdit(start, end, self._line_ends(code))
        if edit not in self.changes:
            self.changes.append(edit)

    def hold(self, span: Span) -> None:
        """Keep what stands at a span, so that a fix which changes it waits for another round."""
        start, end = self.tree.lines.offsets(span)
        self.changes.append(TextEdit(start, end, self.tree.text[start:end]))

    def insert_before(self, statement: cst.CSTNode, lines: str) -> None:
        """Put whole lines before a statement, indented as it is; ``lines`` are unindented."""
        line = self.tree.span(statement).line
        start = self.tree.lines.offset(line, 0)
        self.replace_text(start, start, self._indented(lines, self.tree.indent_of(line)))

    def insert_after(self, statement: cst.CSTNode, lines: str) -> None:
        """Put whole lines after a statement, indented as it is; ``lines`` are unindented."""
        span = self.tree.span(statement)
        start = self.tree.lines.offset(span.end_line + 1, 0)
        code = self._indented(lines, self.tree.indent_of(span.line))
        if start == len(self.tree.text) and not self.tree.text.endswith(("\n", "\r")):
            code = "\n" + code.removesuffix("\n")
        self.replace_text(start, start, code)

    def remove_lines(self, first: cst.CSTNode, last: cst.CSTNode | None = None) -> None:
        """Remove the lines that statements stand on; comments above them stay.

        Raises CannotFix where a line holds something else too, or a comment would be lost.
        """
        begin, end = self.tree.span(first), self.tree.span(last if last is not None else first)
        start = self.tree.lines.offset(begin.line, 0)
        stop = self.tree.lines.offset(end.end_line + 1, 0)
        before = self.tree.text[start : self.tree.lines.offset(*begin.start)]
        after = self.tree.text[self.tree.lines.offset(*end.end) : stop]
        if before.strip() or after.strip():
            raise CannotFix("its line holds something else, or a comment that would be lost")
        self.replace_text(start, stop, "")

    def add_import(self, module: str, name: str = "", alias: str = "") -> str:
        """Ask for an import; returns the local name that the new code should use.

        A name that the file already imports is used as it is called there.
        """
        from turnstay_lint.codemods.imports import local_name

        wanted = Import(module, name, alias)
        existing = local_name(self.tree, wanted)
        if existing:
            return existing
        self.imports.add(wanted)
        return wanted.local

    def drop_if_unused(self, local: str) -> None:
        """Ask that the import of a local name goes if nothing uses it any more."""
        self.unused.add(local)

    def call_otherwise(self, name: str) -> None:
        """Say that a name is replaced everywhere, so that no other fix writes it meanwhile."""
        self.renamed.add(name)

    def meets(self, other: Edits, *, beside: bool = False) -> bool:
        """Tell whether the edits of another fix meet these; the same edit again does not.

        Imports that bind one name to two things do, and code that says a name with what renames it.
        With ``beside`` two insertions at one place do not either: both will be there.
        """
        if any(new.clashes(old) for new in other.imports for old in self.imports):
            return True
        if self._says(other.renamed) or other._says(self.renamed):
            return True
        return any(
            new.overlaps(old) and not (beside and new.start == new.end and old.start == old.end)
            for new in other.changes
            if new not in self.changes
            for old in self.changes
        )

    def _says(self, renamed: set[str]) -> bool:
        """Tell whether new code has a name that another fix does away with."""
        if not renamed:
            return False
        if any(not renamed.isdisjoint((one.name, one.local)) for one in self.imports):
            return True
        return any(not renamed.isdisjoint(_NAME.findall(one.replacement)) for one in self.changes)

    def gather(self, other: Edits) -> None:
        """Take in the edits of another fix, which do not meet these."""
        self.renamed |= other.renamed
        self.changes += [change for change in other.changes if change not in self.changes]
        self.imports |= other.imports
        self.unused |= other.unused

    def _code(self, node: cst.CSTNode) -> str:
        if isinstance(node, cst.BaseExpression) and node.lpar:
            node = node.with_changes(lpar=[], rpar=[])
        return self.tree.module.code_for_node(node)

    def _line_ends(self, code: str) -> str:
        plain = code.replace("\r\n", "\n").replace("\r", "\n")
        return plain if self.tree.newline == "\n" else plain.replace("\n", self.tree.newline)

    @staticmethod
    def _indented(lines: str, indent: str) -> str:
        body = lines if lines.endswith("\n") else lines + "\n"
        return "".join(
            indent + line if line.strip() else line for line in body.splitlines(keepends=True)
        )


def apply(text: str, edits: list[TextEdit]) -> str:
    """Return the text with edits made; they must not overlap (raises ValueError)."""
    result: list[str] = []
    position = 0
    for edit in sorted(edits):
        if edit.start < position:
            raise ValueError(f"edits overlap at offset {edit.start}")
        result += [text[position : edit.start], edit.replacement]
        position = edit.end
    result.append(text[position:])
    return "".join(result)
