"""A file as libcst sees it, with the way from a finding's span to the node that stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import LineMap, Span
from turnstay_lint.source.text import newline_of

Node = TypeVar("Node", bound=cst.CSTNode)
Found = TypeVar("Found", bound=cst.CSTNode)


class CannotRead(Exception):
    """libcst cannot read what Python can; the message is for the user."""


class Tree:
    """The libcst module of a text, its nodes' spans, and their parents.

    Spans are those of ``ast``: parentheses around an expression and decorators above a
    definition are not part of it. libcst takes far longer than Python to read a file and to tell
    where its nodes stand, so it does when a codemod first asks for a node, which many never do.
    Asking raises CannotRead where it cannot.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text
        self.newline = newline_of(source.text)

    def let_go(self) -> None:
        """Keep the text alone, which takes a thirtieth of the room; no node is asked for again."""
        for name in ("source", "_read", "_nodes", "_parents"):
            self.__dict__.pop(name, None)

    @cached_property
    def _read(self) -> tuple[cst.Module, Mapping[cst.CSTNode, CodeRange]]:
        try:
            wrapper = MetadataWrapper(cst.parse_module(self.text), unsafe_skip_copy=True)
            return wrapper.module, wrapper.resolve(PositionProvider)
        except KeyError as error:
            # A node that was not reached when the stack was full has no place; told, it fills it.
            raise CannotRead("libcst cannot read the file: it is nested too deeply") from error
        except Exception as error:  # libcst says in many ways that it cannot
            raise CannotRead(f"libcst cannot read the file: {error}") from error

    @property
    def module(self) -> cst.Module:
        """Return the whole."""
        return self._read[0]

    @property
    def _ranges(self) -> Mapping[cst.CSTNode, CodeRange]:
        return self._read[1]

    @property
    def lines(self) -> LineMap:
        """Return the lines of the text."""
        return self.source.lines

    @cached_property
    def _nodes(self) -> dict[tuple[int, int], list[cst.CSTNode]]:
        """Nodes by where they start: few share a start, so a look-up is short."""
        found: dict[tuple[int, int], list[cst.CSTNode]] = {}
        for node, place in self._ranges.items():
            found.setdefault((place.start.line, place.start.column), []).append(node)
        return found

    @cached_property
    def _parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        """What holds each node; walked here, which is seven times as fast as libcst's provider."""
        found: dict[cst.CSTNode, cst.CSTNode] = {}
        todo: list[cst.CSTNode] = [self.module]
        while todo:
            node = todo.pop()
            for name in node.__dataclass_fields__:
                held = getattr(node, name)
                for inner in held if isinstance(held, (list, tuple)) else (held,):
                    if isinstance(inner, cst.CSTNode):
                        found[inner] = node
                        todo.append(inner)
        return found

    def span(self, node: cst.CSTNode) -> Span:
        """Return where a node of this tree stands; raises KeyError for a foreign node."""
        place = self._ranges[node]
        return Span(place.start.line, place.start.column, place.end.line, place.end.column)

    def at(self, span: Span, kind: type[Found]) -> Found | None:
        """Return the node of that type at exactly that span, or None.

        ``Name`` and ``Param`` and many others share spans, so the type is asked for too.
        """
        for node in self._nodes.get(span.start, ()):
            if isinstance(node, kind) and self.span(node) == span:
                return node
        return None

    def starting_at(self, span: Span, kind: type[Found]) -> Found | None:
        """Return the first node of that type that starts where ``span`` does, or None."""
        nodes = self._nodes.get(span.start, ())
        return next((node for node in nodes if isinstance(node, kind)), None)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the node that holds ``node``; None for the module."""
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield what holds a node, nearest first."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def enclosing(self, node: cst.CSTNode, kind: type[Found]) -> Found | None:
        """Return the nearest node of that type that holds ``node``, or None."""
        return next((above for above in self.ancestors(node) if isinstance(above, kind)), None)

    def text_of(self, node: cst.CSTNode) -> str:
        """Return the text of a node as it stands in the file."""
        start, end = self.lines.offsets(self.span(node))
        return self.text[start:end]

    def indent_of(self, line: int) -> str:
        """Return the white space that a line (from 1) begins with."""
        text = self.lines.line(line)
        return text[: len(text) - len(text.lstrip(" \t\f"))]

    @property
    def indent_unit(self) -> str:
        """Return one step of the file's indentation."""
        return self.module.default_indent
