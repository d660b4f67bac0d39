"""SQL written as text: which tables it touches, and whether it binds the tenant's column.

Only the statement's shape is read, not its meaning: text that touches a tenant's table without
binding the tenant column cannot be verified, and the finding says so.
"""

from __future__ import annotations

import ast
import re

from turnstay_lint.project.dataflow.facts import NOTHING, anchored
from turnstay_lint.project.dataflow.values import Entity, Query
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.source.patterns import regex

_HOLE = ":hole"
_STATEMENT = regex(r"^\s*(?:select|insert|update|delete|with)\b", re.IGNORECASE)
_TABLE = regex(
    r"\b(?:from|join|update|into|using|only)\s+(?:only\s+|lateral\s+)?"
    r"((?:[\"`\[]?\w+[\"`\]]?\.)?[\"`\[]?\w+[\"`\]]?)",
    re.IGNORECASE,
)
_LISTED = regex(
    r"\bfrom\s+([\w\s,.\"]+?)(?:\bwhere\b|\bjoin\b|\border\b|\bgroup\b|$)", re.IGNORECASE
)
_COMMENT = regex(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def read_sql(call: ast.Call, words: Vocabulary) -> Query:
    """Return the query that ``text(...)`` is; its entities are the models of its tables."""
    sql = flattened(call.args[0]) if call.args else None
    return query_of(sql or "", words).then("text", call)


def query_of(sql: str, words: Vocabulary) -> Query:
    """Return a query of SQL text; one that is no SELECT, INSERT, UPDATE or DELETE reads nothing."""
    plain = _COMMENT.sub(" ", sql)
    if not _STATEMENT.match(plain):
        return Query("text", sql=sql)
    entities = tuple(_entities(plain, words))
    column = words.settings.tenant_column
    tenants = words.tenancy.tenant_models
    by_id = _binds_id(plain, column) and any(entity.model in tenants for entity in entities)
    bound = by_id or _binds_tenant(plain, column)
    facts = anchored(*(entity.key for entity in entities)) if bound else NOTHING
    return Query("text", entities=entities, joined=entities, facts=facts, sql=sql)


def _entities(sql: str, words: Vocabulary) -> list[Entity]:
    names = [match.group(1) for match in _TABLE.finditer(sql)]
    for match in _LISTED.finditer(sql):
        names += [part.split()[0] for part in match.group(1).split(",") if part.split()]
    found: dict[Entity, None] = {}
    for name in names:
        table = re.sub(r'["`\[\]]', "", name)
        models = words.models.by_table.get(table) or words.models.by_table.get(
            table.rpartition(".")[2], ()
        )
        if models:
            found.setdefault(words.entity(models[0].name))
    return list(found)


def _binds_tenant(sql: str, column: str) -> bool:
    """``company_id = :company_id``, ``IN (...)``, or a column of an INSERT."""
    named = rf"[\"`]?\b{re.escape(column)}\b[\"`]?"
    compared = rf"{named}\s*(?:=|in\b|is\s+not\s+distinct\s+from)\s*(?:any\s*)?\(?\s*[:%?$@'\d{{]"
    reversed_ = rf"[:%?$@]\w+\)?s?\s*=\s*(?:\w+\.)?{named}"
    inserted = rf"insert\s+into\s+[\w.\"`]+\s*\([^)]*{named}[^)]*\)"
    return any(re.search(p, sql, re.IGNORECASE) for p in (compared, reversed_, inserted))


def _binds_id(sql: str, column: str) -> bool:
    """The tenant's own row is found by its id, given as a parameter that is called so."""
    return bool(re.search(rf"\bid\b\s*=\s*[:%]\(?{re.escape(column)}\b", sql, re.IGNORECASE))


def flattened(expression: ast.expr) -> str | None:
    """Return a string with what is computed as a hole, or None for what is no string."""
    match expression:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            pieces = [flattened(part) for part in parts]
            return "".join(_HOLE if piece is None else piece for piece in pieces)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            one, other = flattened(left), flattened(right)
            if one is None and other is None:
                return None
            return f"{_HOLE if one is None else one}{_HOLE if other is None else other}"
        case (
            ast.BinOp(op=ast.Mod(), left=left)
            | ast.Call(func=ast.Attribute(value=left, attr="format"))
        ):
            return flattened(left)
        case (
            ast.Call(func=ast.Attribute(attr="dedent"), args=[inner])
            | ast.Call(func=ast.Name(id="dedent"), args=[inner])
        ):
            return flattened(inner)
    return None
