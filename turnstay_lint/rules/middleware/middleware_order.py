"""### What it does

Finds `add_middleware` calls that stand out of the handbook's order: exceptions, logging, the
database session, authentication, the session cookie, CORS.

### Why

Each middleware builds on what the ones around it did (handbook 8, Middleware Execution Order): the
database session looks up the company of the tenant that authentication read off the token.
Starlette runs the middleware that was added last first, so authentication is added after the
session that needs it, and CORS, which answers preflight requests before anybody else, last.

The order of the handbook's calls is the law here. Its comments beside them say that the first added
runs first on a request; Starlette does the opposite
(https://www.starlette.io/applications/#starlette.applications.Starlette), and the order of the
calls is right for what Starlette does.

### Bad

```python
# app/core/application.py
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app.core.middleware import DatabaseSessionMiddleware, LoggingMiddleware


def add_all_middleware(app: FastAPI) -> None:
    app.add_middleware(DatabaseSessionMiddleware)
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
    app.add_middleware(LoggingMiddleware)
```

### Good

```python
# app/core/application.py
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app.core.middleware import DatabaseSessionMiddleware, LoggingMiddleware


def add_all_middleware(app: FastAPI) -> None:
    app.add_middleware(LoggingMiddleware)
    app.add_middleware(DatabaseSessionMiddleware)
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
```

### Fix safety

Unsafe: requests pass the middleware in another order then. The calls are put in order where they
stand beneath each other, those that the order does not name in their places; comments behind a call
go with it. There is none where other code or a comment of its own stands between them.

### Options

`middleware-order` lists the names of the classes in the order in which they are added, as patterns.

### Known limits

Calls on one application in one function, or at the top of a module, are compared, in tests and
scripts none. A list that is handed to `FastAPI(middleware=[...])` is not looked at; in it the first
is the outermost.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope, inner_bodies

_CAUTION = "requests pass the middleware in another order"


class _Added(Struct, frozen=True):
    """One ``app.add_middleware(Name, ...)``: its place in the order, None for what has none."""

    call: ast.Call
    name: str
    rank: int | None


def find_middleware_out_of_order(look: Look) -> Iterator[Finding]:
    """Yield the calls that stand below what they belong above."""
    if is_apart(look.source.path):
        return
    groups: dict[tuple[Scope, str], list[_Added]] = {}
    for call, scope in look.source.index.calls:
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "add_middleware"
            and call.args
        ):
            name = (resolve(call.args[0], scope) or "").rpartition(".")[2]
            added = _Added(call, name, _rank(look, name))
            groups.setdefault((scope, ast.dump(call.func.value)), []).append(added)
    for (scope, _), group in groups.items():
        highest: _Added | None = None
        for added in group:
            if added.rank is None:
                continue
            if highest is not None and highest.rank is not None and added.rank < highest.rank:
                yield _finding(look, added, highest, group, scope)
            else:
                highest = added


def _rank(look: Look, name: str) -> int | None:
    order = enumerate(look.settings.middleware_order)
    return next((rank for rank, pattern in order if fnmatchcase(name, pattern)), None)


def _finding(
    look: Look, added: _Added, above: _Added, group: list[_Added], scope: Scope
) -> Finding:
    made = _fix(look, group, scope)
    return look.finding(
        added.call,
        f"{added.name} is added after {above.name}, and belongs before it",
        scope=scope,
        help="Starlette runs the middleware that is added last first",
        fix=made,
    )


def _fix(look: Look, group: list[_Added], scope: Scope) -> Fix | str:
    statements = _statements(getattr(scope.node, "body", []), {added.call for added in group})
    if len(statements) != len(group):
        return "the calls do not stand beneath each other"
    lines, text = look.source.lines, look.source.text
    rows = [look.source.span(statement) for statement in statements]
    if any(not _is_alone(look, row) for row in rows):
        return "one of the calls shares its line"
    gaps = [range(above.end_line + 1, below.line) for above, below in pairwise(rows)]
    if any(lines.line(number).strip() for gap in gaps for number in gap):
        return "a comment stands between the calls"
    places = [Span(row.line, 0, row.end_line + 1, 0) for row in rows]
    codes = [text[slice(*lines.offsets(place))] for place in places]
    if not all(code.endswith("\n") for code in codes):
        return "the file ends with the last of the calls, without a line's end"
    parts = tuple(
        Replacement(places[here], codes[wanted])
        for here, wanted in enumerate(_arranged(group))
        if here != wanted
    )
    return unsafe("put the calls in order", parts, _CAUTION)


def _is_alone(look: Look, row: Span) -> bool:
    lines = look.source.lines
    behind = lines.line(row.end_line)[row.end_column :].strip()
    return not lines.line(row.line)[: row.column].strip() and behind[:1] in ("", "#")


def _arranged(group: list[_Added]) -> list[int]:
    """Return the places of the group anew; what has no rank keeps its own."""
    ranked = [place for place, added in enumerate(group) if added.rank is not None]
    wanted = iter(sorted(ranked, key=lambda place: group[place].rank or 0))
    return [next(wanted) if place in ranked else place for place in range(len(group))]


def _statements(body: list[ast.stmt], calls: set[ast.Call]) -> list[ast.stmt]:
    """Return the calls as neighbouring statements of one block, as far as they are such."""
    for number, statement in enumerate(body):
        if _is_one(statement, calls):
            run = []
            for following in body[number:]:
                if not _is_one(following, calls):
                    break
                run.append(following)
            return run
        for inner in inner_bodies(statement):
            found = _statements(inner, calls)
            if found:
                return found
    return []


def _is_one(statement: ast.stmt, calls: set[ast.Call]) -> bool:
    return isinstance(statement, ast.Expr) and statement.value in calls


RULE = Rule(
    code="TSL801",
    name="middleware-order",
    severity=Severity.WARNING,
    check=find_middleware_out_of_order,
    triggers=("add_middleware",),
    in_tests=False,
)
