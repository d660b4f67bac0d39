"""How an import statement is written: on one line where it fits, else a name on each, as black."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_statements import has_trailing_comma


def head_of(statement: ast.ImportFrom) -> str:
    """Return ``from module import`` as black writes it."""
    return f"from {'.' * statement.level}{statement.module or ''} import"


def written(
    head: str,
    names: Sequence[str],
    *,
    width: int,
    unit: str,
    indent: str = "",
    spread: bool = False,
) -> str:
    """Return a ``from`` import without indentation of its first line, nor a line end.

    ``spread`` gives each name a line even where one would do, as a magic trailing comma asks.
    """
    line = f"{head} {', '.join(names)}"
    fits = not spread and len(indent) + len(line) <= width
    if fits or list(names) == ["*"] or head == "import":
        return line
    rows = "".join(f"{indent}{unit}{name},\n" for name in names)
    return f"{head} (\n{rows}{indent})"


def rewritten(
    source: SourceFile, statement: ast.ImportFrom, names: Sequence[str], settings: Settings
) -> str:
    """Return a statement of a file with other names, a line for each where it has that now."""
    start, end = source.lines.offsets(source.span(statement))
    return written(
        head_of(statement),
        names,
        width=settings.line_length,
        unit=indent_unit(source.text),
        spread=has_trailing_comma(source.text[start:end]),
    )


def indent_unit(text: str) -> str:
    """Return one step of indentation in a file: a tab where it indents with tabs."""
    return "\t" if re.search(r"^\t", text, re.MULTILINE) else "    "


def is_comment(source: SourceFile, line: int) -> bool:
    """Tell whether a line (from 1) holds a comment and nothing else."""
    return source.lines.line(line).lstrip().startswith("#")
