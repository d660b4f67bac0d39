"""The definitions of a revision that others name in strings alone.

SQLAlchemy looks them up when the first query is made: the class that ``relationship("Household")``
or ``Mapped["Household"]`` speaks of, and the table of ``ForeignKey("households.id")``.
https://docs.sqlalchemy.org/en/20/orm/basic_relationships.html#late-evaluation-of-relationship-arguments
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex

_WORD = regex(r"[A-Za-z_]\w*")
_DEFINITIONS = (ast.ClassDef, ast.Assign, ast.AnnAssign)


def spoken_names(look: Look, definition: ast.stmt) -> set[str]:
    """Return the names in the module of what a class or a table names in strings."""
    if not isinstance(definition, _DEFINITIONS):
        return set()
    words = {word for text in _strings(definition) for word in _WORD.findall(text)}
    return {name for said, name in _named(look) if said in words}


def _strings(definition: ast.stmt) -> Iterator[str]:
    """Yield the strings in a definition but for its documentation."""
    told = {id(node.value) for node in ast.walk(definition) if isinstance(node, ast.Expr)}
    for node in ast.walk(definition):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def _named(look: Look) -> Iterator[tuple[str, str]]:
    """Yield how strings may name each class and table of the module, and its name there."""
    scope = look.source.index.module
    for statement in look.source.tree.body:
        match statement:
            case ast.ClassDef(name=name, body=body):
                yield name, name
                yield from ((table, name) for table in map(_table_name, body) if table)
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=made, args=[ast.Constant(value=str(table)), *_]),
            ) if (resolve(made, scope) or "").endswith(".Table"):
                yield table, name


def _table_name(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(
            targets=[ast.Name(id="__tablename__")], value=ast.Constant(value=str(table))
        ):
            return table
    return ""
