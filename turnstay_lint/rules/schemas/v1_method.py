"""### What it does

Finds Pydantic 1's methods called on schemas: `.dict()`, `.json()`, `.copy()`, and on their classes:
`.parse_obj()`, `.parse_raw()`, `.from_orm()`, `.construct()`.

### Why

Pydantic 2 only keeps them for the move, warns of each call, and drops them in its third version.
The handbook's code says `model_dump` (handbook 4, Schema Design).

### Bad

```python
from app.schemas.requests import AccountCreateRequest


def describe(request_data: AccountCreateRequest) -> str:
    return f"{request_data.dict()}"
```

### Good

```python
from app.schemas.requests import AccountCreateRequest


def describe(request_data: AccountCreateRequest) -> str:
    return f"{request_data.model_dump()}"
```

### Fix safety

Safe: under Pydantic 2 the old methods do what the new ones do. `from_orm` becomes `model_validate`,
with `from_attributes=True` where the schema is not seen to say that. It is unsafe for `parse_raw`,
which reads in JSON's own, stricter mode as `model_validate_json`. There is none beside arguments
that the new method does not take, such as `include=` of `copy` and `encoder=` of `json`. In a
service that has what Pydantic 2 refuses, all are unsafe.

### Options

None.

### Known limits

Only where the class is known and is a schema of Pydantic 2: `response.json()` and `values.copy()`
are somebody else's. Silent where the schema has a field or a method of that name itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.schemas.schema_configuration import configured
from turnstay_lint.project.schemas.schema_dumps import schema_of
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.project.summaries.values import Literal
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.rewrite import Rewrite, modernised
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope


class _Successor(Struct, frozen=True):
    """What a method is called now, and the arguments that it still takes."""

    name: str
    takes: frozenset[str]
    positional: int = 0


_CHOOSING = frozenset(
    {"include", "exclude", "by_alias", "exclude_unset", "exclude_defaults", "exclude_none"}
)
_OF_OBJECTS = {
    "dict": _Successor("model_dump", _CHOOSING),
    "json": _Successor("model_dump_json", _CHOOSING | {"indent"}),
    "copy": _Successor("model_copy", frozenset({"update", "deep"})),
}
_OF_CLASSES = {
    "parse_obj": _Successor("model_validate", frozenset({"obj"}), 1),
    "parse_raw": _Successor("model_validate_json", frozenset(), 1),
    "from_orm": _Successor("model_validate", frozenset({"obj"}), 1),
    "construct": _Successor("model_construct", frozenset(), 1),
}
_METHODS = _OF_OBJECTS | _OF_CLASSES
_CALLED = regex(rf"\.\s*(?:{'|'.join(_METHODS)})\s*\(")


def find_v1_methods(look: Look) -> Iterator[Finding]:
    """Yield the calls of Pydantic 1's methods on schemas."""
    if _CALLED.search(look.source.text) is None:
        return
    for call, scope in look.source.index.calls:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
            continue
        schema = _owner(look, call.func, scope)
        if schema is not None and _is_pydantic_s(look, schema, call.func.attr):
            yield _finding(look, call, call.func, scope, schema)


def _owner(look: Look, method: ast.Attribute, scope: Scope) -> Symbol | None:
    """Return the schema on which, or on an object of which, a method is called."""
    name = resolve(method.value, scope)
    symbol = look.project.find(name, scope.module) if name else None
    if symbol is not None and isinstance(symbol.definition, ClassSummary):
        known = is_schema(look.project, symbol.name, symbol.module.name)
        return symbol if known and method.attr in _OF_CLASSES else None
    return schema_of(look.project, look.source, method.value, scope)


def _is_pydantic_s(look: Look, schema: Symbol, method: str) -> bool:
    """Tell whether the method is what Pydantic 2 kept of Pydantic 1."""
    near = schema.module.name
    if any(name.startswith("pydantic.v1.") for name in look.project.ancestors(schema.name, near)):
        return False
    for ancestor in look.project.lineage(schema.name, near):
        held = ancestor.definition
        if isinstance(held, ClassSummary) and not ancestor.name.startswith("pydantic."):
            if method in held.methods or held.attribute(method) is not None:
                return False
    return True


def _finding(
    look: Look, call: ast.Call, method: ast.Attribute, scope: Scope, schema: Symbol
) -> Finding:
    successor = _METHODS[method.attr]
    fix, reason = _fix(look, call, method, schema)
    return look.finding(
        call,
        f"{schema.qualname}.{method.attr}() is Pydantic 1's",
        scope=scope,
        help=f"Say {successor.name}() (handbook 4, Schema Design)",
        fix=fix,
        unfixable=reason,
    )


def _fix(
    look: Look, call: ast.Call, method: ast.Attribute, schema: Symbol
) -> tuple[Fix | None, str]:
    successor = _METHODS[method.attr]
    lost = _not_taken(call, method.attr)
    if lost:
        return None, f"{successor.name} does not take {lost}"
    end = look.source.span(method)
    begin = end.end_column - len(method.attr)
    parts = [Replacement(Span(end.end_line, begin, end.end_line, end.end_column), successor.name)]
    if method.attr == "from_orm":
        if configured(look.project, schema, "from_attributes") != Literal(True):
            behind = look.source.span((call.args or [call.keywords[0].value])[0])
            place = Span(*behind.end, *behind.end)
            parts.append(Replacement(place, ", from_attributes=True"))
    title = f"Say {successor.name}()"
    plan = Rewrite(tuple(parts))
    caution = "it is read in JSON's own mode, which is stricter"
    return modernised(look, title, plan, caution if method.attr == "parse_raw" else ""), ""


def _not_taken(call: ast.Call, method: str) -> str:
    """Return an argument that the new method does not take, empty where it takes them all."""
    successor = _METHODS[method]
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    if starred or len(call.args) > successor.positional:
        return "these arguments by place"
    if method == "construct":
        return ""
    if successor.positional and not call.args and not call.keywords:
        return "nothing"
    for keyword in call.keywords:
        if keyword.arg is None:
            return "what ** may bring"
        if keyword.arg not in successor.takes:
            return f"{keyword.arg}="
    return ""


RULE = Rule(
    code="TSL405",
    name="v1-method",
    severity=Severity.WARNING,
    check=find_v1_methods,
    triggers=tuple(_METHODS),
    uses_project=True,
)
