"""### What it does

Finds SQL that is put together of values: an f-string, `%`, `.format()` or `+` inside `text()`.

### Why

A value in the text of a statement is read as SQL: with a quote in it the statement fails, and with
more it does what its sender wants (handbook 3, Database Query Best Practices; the handbook's own
`SET app.current_tenant` takes a number that the service itself has found).

### Bad

```python
# app/api/utils/search_utils.py
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def find_rates(session: AsyncSession, code: str) -> list[int]:
    query = text(f"SELECT rate FROM rates WHERE code = '{code}'")
    return list(await session.scalars(query))
```

### Good

```python
# app/api/utils/search_utils.py
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def find_rates(session: AsyncSession, code: str) -> list[int]:
    query = text("SELECT rate FROM rates WHERE code = :code").bindparams(code=code)
    return list(await session.scalars(query))
```

### Fix safety

Unsafe: the database is told the value with its type, where it read a literal before. f-strings in
SELECT, INSERT, UPDATE and DELETE are rewritten, whose values stand behind a comparison, `LIKE`,
`LIMIT` or `OFFSET`. A name of a table or column cannot be a parameter, and no parameters are taken
by other statements.

### Options

None.

### Known limits

Opt-in: names of tables and columns, which no parameter can be, are put into SQL so as well.
Constants of the code are no values, and nothing is said of text that is made elsewhere and handed
to `text()` in a variable. Silent in a revision of Alembic's where the statement takes no parameters
(`ALTER TABLE`): there is no other way to write it, and nobody but its author says the values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.alembic.revision import is_revision
from turnstay_lint.project.constants import UNREADABLE, constant_of
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Scope

_TEXT = ("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text")
_F_STRING = regex(r"^[fF](\"\"\"|'''|\"|')")
_HOLE = regex(r"'\{([^{}'\"]+)\}'|\{([^{}'\"]+)\}")
_BEFORE = regex(r"(=|<|>|\b(?:I?LIKE|LIMIT|OFFSET))\s*$", re.IGNORECASE)
_STATEMENT = regex(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_NAME = regex(r"\w+")


class BindParameters(Struct, frozen=True):
    """The text of the statement, as it is written, and the parameters that it gets."""

    text: str
    parameters: tuple[tuple[str, str], ...]


class _Unbindable(Exception):
    """Why the values cannot be parameters, for the user."""


def find_interpolated_sql(look: Look) -> Iterator[Finding]:
    """Yield the calls of ``text`` whose SQL is put together of values."""
    if is_test(look.source.path):
        return
    for call, scope, _ in look.source.calls_of(*_TEXT):
        sql = call.args[0] if call.args else None
        values = _values(sql) if sql is not None else []
        if not values or all(_is_constant(value, scope, look) for value in values):
            continue
        if sql is not None and is_revision(look.source) and not _takes_parameters(sql):
            continue
        fix, reason = _fix(look, call)
        yield look.finding(
            call,
            "this SQL is put together of values",
            scope=scope,
            help="Bind them as parameters",
            fix=fix,
            unfixable=reason,
        )


def _takes_parameters(sql: ast.expr) -> bool:
    """Tell whether a statement may take parameters, in doubt it does."""
    match sql:
        case ast.Constant(value=str(written)):
            return not written.strip() or _STATEMENT.match(written) is not None
        case ast.JoinedStr(values=[first, *_]):
            return _takes_parameters(first)
        case ast.BinOp(left=left) | ast.Call(func=ast.Attribute(value=left)):
            return _takes_parameters(left)
    return True


def _values(sql: ast.expr) -> list[ast.expr]:
    """Return what is put into a text."""
    match sql:
        case ast.JoinedStr(values=parts):
            return [part.value for part in parts if isinstance(part, ast.FormattedValue)]
        case ast.BinOp(left=left, op=ast.Mod(), right=right) if _is_text(left):
            return list(right.elts) if isinstance(right, ast.Tuple) else [right]
        case ast.BinOp(left=left, op=ast.Add(), right=right) if _is_text(left) or _is_text(right):
            return [*_values(left), *_values(right), *(s for s in (left, right) if not _is_text(s))]
        case ast.Call(func=ast.Attribute(value=owner, attr="format")) if _is_text(owner):
            return [*sql.args, *(keyword.value for keyword in sql.keywords)]
    return []


def _is_text(expression: ast.expr) -> bool:
    match expression:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            return _is_text(left) or _is_text(right)
    return False


def _is_constant(value: ast.expr, scope: Scope, look: Look) -> bool:
    return constant_of(value, scope, look.project) is not UNREADABLE


def _fix(look: Look, call: ast.Call) -> tuple[Fix | None, str]:
    try:
        plan = _plan(look, call)
    except _Unbindable as error:
        return None, str(error)
    caution = "the database is told the value with its type, where it read a literal before"
    return unsafe("Bind the values as parameters", plan, caution), ""


def _plan(look: Look, call: ast.Call) -> BindParameters:
    sql = call.args[0]
    start, end = look.source.lines.offsets(look.source.span(sql))
    written = look.source.text[start:end]
    opened = _F_STRING.match(written)
    if not isinstance(sql, ast.JoinedStr) or opened is None or len(call.args) > 1:
        raise _Unbindable("only a plain f-string is rewritten")
    quote = opened[1]
    body = written[opened.end() : -len(quote)]
    if quote in body or "{{" in body or "}}" in body or "\\" in body:
        raise _Unbindable("the f-string is written in parts, or escapes something")
    if not _STATEMENT.match(body):
        raise _Unbindable("such a statement takes no parameters")
    parameters: dict[str, str] = {}
    pieces, position = [], 0
    for hole in _HOLE.finditer(body):
        if not _BEFORE.search(body[: hole.start()]):
            raise _Unbindable("what stands for a name in SQL cannot be a parameter")
        name = _parameter(hole[1] or hole[2], parameters)
        pieces += [body[position : hole.start()], f":{name}"]
        position = hole.end()
    pieces.append(body[position:])
    if "{" in "".join(pieces):
        raise _Unbindable("a value of the f-string is formatted, or has quotes of its own")
    return BindParameters(f"{quote}{''.join(pieces)}{quote}", tuple(parameters.items()))


def _parameter(written: str, parameters: dict[str, str]) -> str:
    """Return a name for a value that is written so; the same value has one name."""
    if ":" in written or "!" in written or written.rstrip().endswith("="):
        raise _Unbindable("a value of the f-string is formatted")
    code = written.strip()
    try:
        ast.parse(code, mode="eval")
    except SyntaxError as error:
        raise _Unbindable("a value of the f-string could not be read") from error
    base: str = _NAME.findall(code)[-1]
    name, count = base, 2
    while parameters.get(name, code) != code:
        name, count = f"{base}_{count}", count + 1
    if not name.isidentifier():
        raise _Unbindable("a value of the f-string has no name")
    parameters[name] = code
    return name


RULE = Rule(
    code="TSL314",
    name="interpolated-sql",
    severity=Severity.WARNING,
    check=find_interpolated_sql,
    triggers=("text",),
    default=False,
    uses_project=True,
    in_tests=False,
)
