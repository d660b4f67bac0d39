"""### What it does

Finds schemas that are configured as in Pydantic 1, by an inner `class Config`.

### Why

Pydantic 2 warns of it, and half of what it says is called otherwise now and is passed over:
`orm_mode = True` does nothing. The handbook says `model_config` (handbook 4, Response Schema
Pattern).

### Bad

```python
# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    class Config:
        orm_mode = True


class AccountResponse(BaseResponse):
    id: int
    name: str


class CompanyResponse(BaseResponse):
    id: int
    name: str


class PaymentIntentResponse(BaseResponse):
    id: int
    account_id: int
```

### Good

```python
# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str


class CompanyResponse(BaseResponse):
    id: int
    name: str


class PaymentIntentResponse(BaseResponse):
    id: int
    account_id: int
```

### Fix safety

Safe: each key gets the name that it has in Pydantic 2, and those that say nothing there any more go
(`smart_union`). There is none where a key has no counterpart (`getter_dict`, `fields`), where the
class has methods or derives from another, where something else speaks of it, and beside a
`model_config`. In a service that has what Pydantic 2 refuses, it is unsafe.

### Options

None.

### Known limits

The handbook's own `Settings` has a `class Config`: settings classes are exempt. Silent in classes
of `pydantic.v1`, and where a class is not known to be a schema.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.rewrite import modernised
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

_SETTINGS = (
    "pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings",
    "pydantic.BaseSettings", "pydantic.v1.BaseSettings",
)  # fmt: skip
_RENAMED = {
    "allow_population_by_field_name": "populate_by_name",
    "anystr_lower": "str_to_lower",
    "anystr_strip_whitespace": "str_strip_whitespace",
    "anystr_upper": "str_to_upper",
    "keep_untouched": "ignored_types",
    "max_anystr_length": "str_max_length",
    "min_anystr_length": "str_min_length",
    "orm_mode": "from_attributes",
    "schema_extra": "json_schema_extra",
    "validate_all": "validate_default",
}
_SILENT = frozenset(
    {"copy_on_model_validation", "post_init_call", "smart_union", "underscore_attrs_are_private"}
)
_GONE = frozenset({"error_msg_templates", "fields", "getter_dict", "json_dumps", "json_loads"})
_EXTRA = "pydantic.Extra."


class Entry(Struct, frozen=True):
    """A key of the configuration: which statement says it, its new name, its new value.

    Without a ``name`` the statement goes; without a ``value`` it keeps the one that it has.
    """

    statement: Span
    name: str = ""
    value: str = ""


class Configure(Struct, frozen=True):
    """Say the entries in a ``model_config``; imports of the ``unused`` names may go."""

    entries: tuple[Entry, ...]
    unused: tuple[str, ...] = ()


class _Unsayable(Exception):
    """A configuration that has no such form; the message says why, for the user."""


def find_v1_configs(look: Look) -> Iterator[Finding]:
    """Yield the inner Config classes of schemas."""
    for scope in look.source.index.classes:
        owner = scope.parent
        if scope.name == "Config" and owner is not None and owner.is_class:
            if _is_configured(look, owner):
                yield _finding(look, scope, owner)


def _is_configured(look: Look, owner: Scope) -> bool:
    """Tell whether a class is a schema of Pydantic 2, and no settings."""
    name = f"{owner.module}.{owner.qualname}"
    if not is_schema(look.project, name, owner.module):
        return False
    above = list(look.project.ancestors(name, owner.module))
    return not any(one in _SETTINGS or one.startswith("pydantic.v1.") for one in above)


def _finding(look: Look, scope: Scope, owner: Scope) -> Finding:
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    fix, reason = _fix(look, node, scope, owner)
    start = look.source.span(node)
    end = look.source.lines.line(start.line).index("Config", start.column) + len("Config")
    return look.finding(
        Span(start.line, start.column, start.line, end),
        f"{owner.qualname} is configured by an inner class, as in Pydantic 1",
        scope=scope,
        help="Say model_config (handbook 4, Response Schema Pattern)",
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, node: ast.ClassDef, scope: Scope, owner: Scope) -> tuple[Fix | None, str]:
    try:
        _check(look, node, owner)
        entries = tuple(_entry(look, statement, scope) for statement in node.body)
    except _Unsayable as reason:
        return None, str(reason)
    unused = {
        n.value.id
        for statement in node.body
        for n in ast.walk(statement)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and _extra(n, scope)
    }
    return modernised(look, "Say model_config", Configure(entries, tuple(sorted(unused)))), ""


def _check(look: Look, node: ast.ClassDef, owner: Scope) -> None:
    if node.bases or node.keywords or node.decorator_list:
        raise _Unsayable("it derives from another configuration: say what that says as well")
    if "model_config" in owner.bindings:
        raise _Unsayable("the class has a model_config as well: say it there")
    if node.body[0].lineno == node.lineno:
        raise _Unsayable("it stands on one line")
    lines = [statement.lineno for statement in node.body]
    if len(set(lines)) < len(lines):
        raise _Unsayable("a line of it holds two statements")
    _check_mentions(look, f"{owner.module}.{owner.qualname}")


def _check_mentions(look: Look, schema: str) -> None:
    for symbol in look.project.classes():
        assert isinstance(symbol.definition, ClassSummary)
        for base in symbol.definition.bases:
            if base.name.endswith(".Config"):
                if look.project.canonical(base.name, symbol.module.name) == f"{schema}.Config":
                    raise _Unsayable(f"the configuration of {symbol.qualname} derives from it")
    own = {"self", "cls"}
    for inner in ast.walk(look.source.tree):
        if isinstance(inner, ast.Attribute) and inner.attr == "Config":
            held = inner.value
            if resolve(held, look.source.scope) == schema or getattr(held, "id", "") in own:
                raise _Unsayable("the file speaks of it by name")


def _entry(look: Look, statement: ast.stmt, scope: Scope) -> Entry:
    span = look.source.span(statement)
    match statement:
        case ast.Pass():
            return Entry(span)
        case ast.Expr(value=ast.Constant(value=value)) if value is ...:
            return Entry(span)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return _named(name, value, span, scope)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return _named(name, value, span, scope)
    raise _Unsayable("it holds more than values")


def _named(name: str, value: ast.expr, span: Span, scope: Scope) -> Entry:
    if name in _GONE:
        raise _Unsayable(f"{name} has no counterpart in Pydantic 2")
    if name in _SILENT:
        return Entry(span)
    if name == "allow_mutation":
        if not isinstance(value, ast.Constant):
            raise _Unsayable("allow_mutation is frozen now, and the other way round")
        return Entry(span, "frozen", str(not value.value))
    extra = _extra(value, scope)
    return Entry(span, _RENAMED.get(name, name), f'"{extra}"' if extra else "")


def _extra(value: ast.expr, scope: Scope) -> str:
    """``Extra.forbid`` is ``"forbid"``, empty for any other value."""
    name = resolve(value, scope) or ""
    return name.removeprefix(_EXTRA) if name.startswith(_EXTRA) else ""


RULE = Rule(
    code="TSL404",
    name="v1-config",
    severity=Severity.WARNING,
    check=find_v1_configs,
    triggers=("Config",),
    uses_project=True,
)
