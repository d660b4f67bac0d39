"""### What it does

Finds what the application reads from `os.environ` or `os.getenv` outside its settings.

### Why

`Settings` says once which variables there are, of which type, and what holds without them; a
service that lacks one does not start. What is read elsewhere is missed in the middle of a request
(handbook 10, Code Organization Rules: Configuration Access).

### Bad

```python
# app/core/links.py
import os


def get_database() -> str:
    return os.environ["DATABASE_URL"]
```

### Good

```python
# app/core/links.py
from app.settings import settings


def get_database() -> str:
    return settings.DATABASE_URL
```

### Fix safety

Safe where `Settings` has the field as text, and what holds without the variable is the same, or
nothing did. Unsafe where the code said another default than the field. There is no fix where
`Settings` has no such field, or one of another type, which the code here would read as text.

### Options

None.

### Known limits

Silent in a service without a class of settings, in its settings modules (`settings`, `config`, and
what is in a package of that name), and in tests, migrations and scripts. What is written to the
environment, or handed on as a whole to another process, is free.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe, unsafe
from turnstay_lint.project.organization.service_settings import (
    SettingsField,
    field_of,
    instance_of,
    is_settings_module,
    settings_near,
)
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.values import Call, Literal
from turnstay_lint.project.writing.spelling import Spelling, Unspellable, spell
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.holding import holders, scope_around
from turnstay_lint.source.names import resolve
from turnstay_lint.source.occurrences import occurrences
from turnstay_lint.source.scopes import Scope

_WORDS = ("environ", "getenv")
_CALLS = frozenset({"os.getenv", "os.environ.get"})
_MISSING = object()


class ReadSettings(Struct, frozen=True):
    """The instance of the settings, the field that is read, and what was imported for it before."""

    instance: Spelling
    field: str
    unused: tuple[str, ...]


class _Access(Struct, frozen=True):
    """What is read: the variable, empty where it cannot be told, and a default that is said."""

    at: ast.expr
    variable: str
    default: object = _MISSING
    required: bool = False


def find_environment_accesses(look: Look) -> Iterator[Finding]:
    """Yield what is read from the environment past the settings."""
    source = look.source
    if is_apart(source.path) or is_settings_module(source.module):
        return
    offsets = occurrences(source, {*_WORDS, *_aliases(source.scope)})
    parents = holders(source, offsets)
    for node in parents:
        if not isinstance(node, ast.Call | ast.Subscript | ast.Compare):
            continue
        scope = scope_around(source, parents, node)
        access = _access(node, scope)
        if access is None or not settings_near(look.project, source.module):
            continue
        fix, reason = _fix(look, access, scope)
        yield look.finding(
            access.at,
            f"{_said(access)} is read past the settings",
            scope=scope,
            help="Declare it in Settings, and read it from there",
            fix=fix,
            unfixable=reason,
        )


def _aliases(scope: Scope) -> Iterator[str]:
    """Yield what a file calls the environment otherwise: ``from os import environ as env``."""
    for name, bindings in scope.bindings.items():
        if bindings[-1].target.startswith("os.") and bindings[-1].target.endswith(_WORDS):
            yield name


def _said(access: _Access) -> str:
    return f"the variable {access.variable}" if access.variable else "the environment"


def _access(node: ast.expr, scope: Scope) -> _Access | None:
    match node:
        case ast.Call(func=called, args=[key, *rest]) if resolve(called, scope) in _CALLS:
            given = [*rest, *(k.value for k in node.keywords)]
            default: object = _MISSING
            if given:
                default = given[0].value if isinstance(given[0], ast.Constant) else given[0]
            return _Access(node, _text(key), default)
        case ast.Subscript(value=owner, slice=key, ctx=ast.Load()):
            if resolve(owner, scope) == "os.environ":
                return _Access(node, _text(key), required=True)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[owner]):
            if resolve(owner, scope) == "os.environ":
                return _Access(node, "")
    return None


def _text(key: ast.expr) -> str:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _fix(look: Look, access: _Access, scope: Scope) -> tuple[Fix | None, str]:
    if not access.variable:
        return None, "which variable, or whether there is one, only the run knows"
    found = field_of(look.project, access.variable, look.source.module)
    instance = instance_of(found.owner) if found is not None else None
    if found is None or instance is None:
        return None, f"no settings of the service have a field {access.variable} alone"
    reason = _unlike(look, found)
    if reason:
        return None, reason
    try:
        spelling = spell(look.project, look.source, instance, access.at, scope)
    except Unspellable as error:
        return None, str(error)
    unused = tuple({n.id for n in ast.walk(access.at) if isinstance(n, ast.Name)})
    plan = ReadSettings(spelling, found.declared.name, unused)
    title = f"Read {found.owner.symbol.qualname}.{found.declared.name}"
    if _same_without(found, access):
        return safe(title, plan), ""
    return unsafe(title, plan, "without the variable, the default of Settings holds"), ""


def _unlike(look: Look, found: SettingsField) -> str:
    """Say why the field does not give what the environment does, empty where it does."""
    type_ = found.declared.type
    plain = look.project.canonical_type(type_, found.near).without_none if type_ else None
    name = found.declared.name
    if plain is None or plain.name != "builtins.str":
        return f"the field {name} of Settings is no text, as which it is read here"
    value = found.declared.value
    if isinstance(value, Call) and any("alias" in key or key == "env" for key, _ in value.keywords):
        return f"the field {name} of Settings reads a variable of another name"
    return ""


def _same_without(found: SettingsField, access: _Access) -> bool:
    """Tell whether code and field agree on what holds without the variable."""
    value = found.declared.value
    if access.required or value is None:
        return True
    said = None if access.default is _MISSING else access.default
    return value == Literal(said)


RULE = Rule(
    code="TSL004",
    name="environment-access",
    severity=Severity.WARNING,
    check=find_environment_accesses,
    triggers=_WORDS,
    uses_project=True,
    in_tests=False,
)
