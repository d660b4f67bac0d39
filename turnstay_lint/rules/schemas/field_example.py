"""### What it does

Finds examples that are given to `Field` by a keyword of their own: `Field(..., example=1)`.

### Why

Pydantic 2 has no such keyword. It takes what it does not know for a part of the schema, warns of
it, and will refuse it (handbook 4, Request Schema Pattern: `json_schema_extra={"example": 1}`).

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str = Field(..., example="New Account")
```

### Good

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str = Field(..., json_schema_extra={"example": "New Account"})
```

### Fix safety

Safe: the documentation shows the example as before. A `json_schema_extra` that is written out gets
it as a further entry; there is no fix where that is made elsewhere, or has an example already. In a
service that has what Pydantic 2 refuses, it is unsafe.

### Options

None.

### Known limits

`examples=[...]` is Pydantic 2's own. What FastAPI's `Query`, `Body` and the like take is theirs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.rewrite import Rewrite, modernised
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span

_FIELDS = frozenset({"pydantic.Field", "pydantic.fields.Field"})
_SAID = regex(r"example(?<!\wexample)\s*[=#\\]")
"""What a keyword of that name begins with, as words in strings and addresses seldom do."""
_EXTRA = "json_schema_extra"


def find_field_examples(look: Look) -> Iterator[Finding]:
    """Yield the fields that are given an example by a keyword of its own."""
    if _SAID.search(look.source.text) is None:
        return
    for call, scope in look.source.index.calls:
        example = next((k for k in call.keywords if k.arg == "example"), None)
        if example is None:
            continue
        name = resolve(call.func, scope)
        if name is None or look.project.canonical(name, scope.module) not in _FIELDS:
            continue
        fix, reason = _fix(look, call, example)
        yield look.finding(
            example,
            "example= is no argument of Field in Pydantic 2",
            scope=scope,
            help=f"Say {_EXTRA} (handbook 4, Request Schema Pattern)",
            fix=fix,
            unfixable=reason,
        )


def _fix(look: Look, call: ast.Call, example: ast.keyword) -> tuple[Fix | None, str]:
    title = f"Say the example in {_EXTRA}"
    if any(keyword.arg is None for keyword in call.keywords):
        return None, f"what ** brings may have a {_EXTRA}"
    extra = next((k.value for k in call.keywords if k.arg == _EXTRA), None)
    whole = look.source.span(example)
    if extra is None:
        value = _behind_equals(look, whole)
        head = Replacement(Span(*whole.start, *value.start), f'{_EXTRA}={{"example": ')
        tail = Replacement(Span(*whole.end, *whole.end), "}")
        return modernised(look, title, Rewrite((head, tail))), ""
    if not isinstance(extra, ast.Dict):
        return None, f"its {_EXTRA} is made elsewhere"
    if any(isinstance(key, ast.Constant) and key.value == "example" for key in extra.keys):
        return None, f"its {_EXTRA} has an example already: keep one of them"
    start, end = look.source.lines.offsets(_behind_equals(look, whole))
    entry = f'"example": {look.source.text[start:end]}'
    place = look.source.span(extra)
    if extra.values:
        last = look.source.span(extra.values[-1])
        added = Replacement(Span(*last.end, *last.end), f", {entry}")
    else:
        added = Replacement(place, f"{{{entry}}}")
    plan = Rewrite((Replacement(_with_comma(look, call, example), ""), added))
    return modernised(look, title, plan), ""


def _behind_equals(look: Look, keyword: Span) -> Span:
    """Return where the value of a keyword stands, with the parentheses around it."""
    start, end = look.source.lines.offsets(keyword)
    text = look.source.text[start:end]
    rest = text[text.index("=") + 1 :]
    begin = end - len(rest.lstrip())
    return Span(*look.source.lines.position(begin), *keyword.end)


def _with_comma(look: Look, call: ast.Call, keyword: ast.keyword) -> Span:
    """Return where a keyword stands, with the comma that parts it from another argument."""
    whole = look.source.span(keyword)
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    place = given.index(keyword)
    if place:
        return Span(*look.source.span(given[place - 1]).end, *whole.end)
    return Span(*whole.start, *look.source.span(given[1]).start)


RULE = Rule(
    code="TSL406",
    name="field-example",
    severity=Severity.WARNING,
    check=find_field_examples,
    triggers=("example",),
    uses_project=True,
)
