"""What an import statement says: its module and names as written, its last comma, its comments."""

from __future__ import annotations

import ast

from turnstay_lint.source.patterns import regex

ImportStatement = ast.Import | ast.ImportFrom

_TRAILING_COMMA = regex(r",\s*(?:#[^\n\r]*\s*)*\)\s*$")


def module_of(statement: ImportStatement) -> str:
    """Return the module that a statement is ordered by, with the dots of a relative one."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def spelled(alias: ast.alias) -> str:
    """Return a name as it is written, ``a`` or ``a as b``."""
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def names_of(statement: ImportStatement) -> list[str]:
    """Return the names of a statement as they are written, ``a`` or ``a as b``."""
    return [spelled(alias) for alias in statement.names]


def local_of(statement: ImportStatement, alias: ast.alias) -> str:
    """Return the name that an import binds: ``import a.b`` binds ``a``."""
    if alias.asname or isinstance(statement, ast.ImportFrom):
        return alias.asname or alias.name
    return alias.name.partition(".")[0]


def has_comment(code: str) -> bool:
    """Tell whether a statement's text holds a comment; no import holds a ``#`` otherwise."""
    return "#" in code


def has_trailing_comma(code: str) -> bool:
    """Tell whether a statement's text ends its names with black's magic trailing comma."""
    return _TRAILING_COMMA.search(code) is not None
