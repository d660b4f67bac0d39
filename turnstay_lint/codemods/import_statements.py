"""How an import statement is written: on one line where it fits, else a name on each, as black."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_blocks import ImportStatement


def head_of(statement: ast.ImportFrom) -> str:
    """Return ``from module import`` as black writes it."""
    return f"from {'.' * statement.level}{statement.module or ''} import"


def module_of(statement: ImportStatement) -> str:
    """Return the module that a statement is ordered by, with the dots of a relative one."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def names_of(statement: ImportStatement) -> list[str]:
    """Return the names of a statement as they are written, ``a`` or ``a as b``."""
    return [f"{n.name} as {n.asname}" if n.asname else n.name for n in statement.names]


def written(
    head: str, names: Sequence[str], *, indent: str, width: int, unit: str, spread: bool = False
) -> str:
    """Return a ``from`` import without indentation of its first line, nor a line end.

    ``spread`` gives each name a line even where one would do, as a magic trailing comma asks.
    """
    line = f"{head} {', '.join(names)}"
    if not spread and len(indent) + len(line) <= width:
        return line
    if list(names) == ["*"]:
        return line
    rows = "".join(f"{indent}{unit}{name},\n" for name in names)
    return f"{head} (\n{rows}{indent})"


_TRAILING_COMMA = re.compile(r",\s*(?:#[^\n\r]*\s*)*\)\s*$")


def has_trailing_comma(code: str) -> bool:
    """Tell whether a statement's text ends its names with black's magic trailing comma."""
    return _TRAILING_COMMA.search(code) is not None


def has_comment(code: str) -> bool:
    """Tell whether a statement's text holds a comment; no import holds a ``#`` otherwise."""
    return "#" in code


def indent_unit(text: str) -> str:
    """Return one step of indentation in a file: a tab where it indents with tabs."""
    return "\t" if re.search(r"^\t", text, re.MULTILINE) else "    "


def is_comment(source: SourceFile, line: int) -> bool:
    """Tell whether a line (from 1) holds a comment and nothing else."""
    return source.lines.line(line).lstrip().startswith("#")
