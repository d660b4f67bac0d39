"""One file of the service: its text, its tree, and what can be asked of it without opinion."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

from turnstay_lint.source.index import Index
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import LineMap, Span
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.text import Text, decode
from turnstay_lint.source.words import words_of

Result = TypeVar("Result")
P = ParamSpec("P")


class UnparsableSource(Exception):
    """A file that Python cannot parse: the message, and the place in code points."""

    def __init__(self, message: str, line: int = 1, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class SourceFile:
    """A file of Python: made from text, parsed when first asked, each fact taken once.

    ``path`` is how findings name the file; ``module`` its dotted name in the service, with
    ``.__init__`` for a package's own file, so that relative imports resolve.
    """

    __slots__ = ("__dict__", "facts", "module", "origin", "path", "text", "tree")

    def __init__(self, path: str, origin: Text, module: str = "", tree: ast.Module | None = None):
        """Parse the text unless a tree of it is handed over; raise UnparsableSource."""
        self.path = path
        self.origin = origin
        self.text = origin.text
        self.module = module or module_name(path)
        self.facts: dict[object, Any] = {}
        self.tree = tree if tree is not None else parse(self.text)

    @classmethod
    def from_bytes(cls, path: str, content: bytes, module: str = "") -> SourceFile:
        """Read a file's bytes; raises UnreadableText or UnparsableSource."""
        return cls(path, decode(content), module)

    @classmethod
    def from_text(cls, path: str, text: str, module: str = "") -> SourceFile:
        """Read a text that an editor or a test hands over; raises UnparsableSource."""
        return cls(path, Text(text), module)

    @cached_property
    def lines(self) -> LineMap:
        """Return the lines, with the way between positions and offsets."""
        return LineMap(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Return every identifier, and every word in strings and comments."""
        return words_of(self.text)

    @cached_property
    def index(self) -> Index:
        """Return scopes, functions, classes and calls, walked once."""
        return Index(self.tree, self.module)

    @cached_property
    def outline(self) -> Index:
        """Return the same of all that stands outside functions, which is soon walked."""
        return Index(self.tree, self.module, bodies=False)

    @property
    def outer_classes(self) -> list[Scope]:
        """Return the classes that stand in no function, of whichever walk was made already."""
        if "index" not in self.__dict__:
            return self.outline.classes
        return [scope for scope in self.index.classes if scope.function is None]

    @property
    def scope(self) -> Scope:
        """Return the module's own scope."""
        return self.index.module

    def span(self, node: ast.AST) -> Span:
        """Return where a node stands."""
        return self.lines.span(node)

    def written(self, node: ast.AST) -> str:
        """Return the text of a node as it stands in the file."""
        start, end = self.lines.offsets(self.span(node))
        return self.text[start:end]

    @cached_property
    def named_calls(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        """Return the calls of what has a dotted name, by that name, each with its scope."""
        found: dict[str, list[tuple[ast.Call, Scope]]] = {}
        for call, scope in self.index.calls:
            name = resolve(call.func, scope)
            if name is not None:
                found.setdefault(name, []).append((call, scope))
        return found

    def calls_of(self, *names: str) -> Iterator[tuple[ast.Call, Scope, str]]:
        """Yield every call of one of the dotted ``names``, with its scope and which it is."""
        found = [(*one, name) for name in names for one in self.named_calls.get(name, ())]
        yield from sorted(found, key=lambda one: (one[0].lineno, one[0].col_offset))

    def remembered(self, key: object, make: Callable[[], Result]) -> Result:
        """Return what ``make`` gives, made once a file and kept under ``key``."""
        kept = self.facts
        if key not in kept:
            kept[key] = make()
        found: Result = kept[key]
        return found


def fact(
    build: Callable[Concatenate[SourceFile, P], Result],
) -> Callable[Concatenate[SourceFile, P], Result]:
    """Let a function of one file (and hashable arguments) be computed once for each file."""

    def remembered(source: SourceFile, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        key = (build, args, *kwargs.items()) if kwargs or args else build
        kept = source.facts
        try:
            known: Result = kept[key]
        except KeyError:
            kept[key] = known = build(source, *args, **kwargs)
        return known

    remembered.__doc__ = build.__doc__
    remembered.__name__ = build.__name__
    return remembered


def parse(text: str) -> ast.Module:
    """Parse a module; raises UnparsableSource, never anything else, whatever the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _tree_of(text)
    except SyntaxError as error:
        raise _explained(error, text) from error
    except (RecursionError, MemoryError) as error:
        raise UnparsableSource("is nested too deeply for Python's parser") from error
    except (ValueError, SystemError) as error:
        raise UnparsableSource(str(error)) from error


def _tree_of(text: str) -> ast.Module:
    """Parse, once more where the parser lost count of its own depth.

    CPython 3.11 keeps that count for all threads together ("AST constructor recursion depth
    mismatch"), so another's parsing can upset it, whatever the text.
    """
    try:
        return ast.parse(text)
    except SystemError:
        return ast.parse(text)


def _explained(error: SyntaxError, text: str) -> UnparsableSource:
    line = max(1, min(error.lineno or 1, len(LineMap(text).starts)))
    newer = _newer_syntax(error)
    message = f"syntax error: {error.msg}"
    if newer:
        running = ".".join(map(str, sys.version_info[:2]))
        message = f"{newer}; this is Python {running}, so run turnstay-lint under the newer one"
    elif sys.version_info < (3, 12) and _is_of_an_f_string(error):
        message += " (Python 3.12 reads f-strings that older ones cannot)"
    return UnparsableSource(message, line, max(0, (error.offset or 1) - 1))


def _is_of_an_f_string(error: SyntaxError) -> bool:
    """Before Python 3.12 an f-string ends with its line, whatever is open in it."""
    if error.msg.startswith("f-string: "):
        return True
    if not error.msg.startswith("unterminated string literal"):
        return False
    rest = (error.text or "")[max(0, (error.offset or 1) - 1) :]
    return bool(_F_STRING.match(rest)) and rest.count("{") > rest.count("}")


def _newer_syntax(error: SyntaxError) -> str:
    """Say which Python would read the file, where the error is known to be a matter of age."""
    if "multiple exception types must be parenthesized" in error.msg:
        return "syntax of Python 3.14 (except without parentheses)"
    if sys.version_info < (3, 12) and "f-string expression part cannot include" in error.msg:
        return "syntax of Python 3.12 (what an f-string may hold)"
    line, column = error.text or "", max(0, (error.offset or 1) - 1)
    for since, what, shape in _NEWER:
        if sys.version_info < since and shape.search(line):
            return f"syntax of Python {since[0]}.{since[1]} ({what})"
    template = _TEMPLATE.match(line, column) or _TEMPLATE.search(line[: column + 1])
    if sys.version_info < (3, 14) and template and template.end() >= column:
        return "syntax of Python 3.14 (template strings)"
    return ""


_NEWER = (
    ((3, 15), "lazy imports", regex(r"^\s*lazy\s+(?:import|from)\s+\w")),
    (
        (3, 13),
        "defaults of type parameters",
        regex(r"^\s*(?:(?:async\s+)?def|class|type)\s+\w+\s*\[[^\]]*="),
    ),
    ((3, 12), "type parameters", regex(r"^\s*(?:(?:async\s+)?def|class|type)\s+\w+\s*\[")),
    ((3, 12), "type statements", regex(r"^\s*type\s+\w+\s*=")),
)
_F_STRING = regex(r"(?:r?f|fr)['\"]", re.IGNORECASE)
_TEMPLATE = regex(r"(?<![\w'\"])(?:t|tr|rt)['\"]", re.IGNORECASE)


@cache
def module_name(path: str) -> str:
    """Return the dotted name of a file by its path from the root; ``__init__`` is kept."""
    folders, _, name = path.replace("\\", "/").rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    parts = [*folders.split("/"), stem if dot and stem and suffix else name]
    return ".".join([part for part in parts if part not in ("", ".", "..")])
