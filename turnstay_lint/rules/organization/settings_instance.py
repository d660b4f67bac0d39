"""### What it does

Finds settings that are made outside the settings module: `Settings()`.

### Why

The service has one instance, which reads the environment once and which tests can change
(handbook 10, Code Organization Rules: Configuration Access). Another one is read anew, from what
the environment and `.env` say by then, and knows nothing of what a test has set.

### Bad

```python
# app/core/links.py
from app.settings import Settings


def get_database() -> str:
    return Settings().DATABASE_URL
```

### Good

```python
# app/core/links.py
from app.settings import settings


def get_database() -> str:
    return settings.DATABASE_URL
```

### Fix safety

Unsafe: what was read anew at every call is then what was read at the start. There is no fix where
the settings are made with arguments, and where no instance, or more than one, is shared.

### Options

None.

### Known limits

Settings are classes that derive from Pydantic's `BaseSettings`. Silent in the modules that are
called `settings` or `config`, in the one that defines the class, in a class of settings that holds
others, and in tests, migrations and scripts. A function that is cached (`@lru_cache`, `@cache`) and
returns them shares one instance too, and where every field is given nothing is read anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.project.organization.service_settings import (
    SettingsClass,
    fields_of,
    instance_of,
    is_settings,
    is_settings_module,
    settings_classes,
)
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.writing.spelling import Spelling, Unspellable, spell
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope

_CACHING = frozenset({"functools.lru_cache", "functools.cache"})


class UseInstance(Struct, frozen=True):
    """The instance that is shared, and what was imported to make another."""

    instance: Spelling
    unused: tuple[str, ...]


def find_settings_instances(look: Look) -> Iterator[Finding]:
    """Yield the calls that make settings outside their module."""
    source = look.source
    if is_apart(source.path) or is_settings_module(source.module):
        return
    known = {one.symbol.qualname.rpartition(".")[2] for one in settings_classes(look.project)}
    if not known:
        return
    for call, scope, name in source.calls_of(*_likely(source, known)):
        found = is_settings(look.project, name, scope.module)
        if found is None or found.symbol.module.path == source.path or scope.is_class:
            continue
        if _is_cached(scope) or _gives_all(look, call, found):
            continue
        fix, reason = _fix(look, call, scope, found)
        yield look.finding(
            call,
            f"`{found.symbol.qualname}()` is made outside the settings module",
            scope=scope,
            help="Use the instance that the service shares",
            fix=fix,
            unfixable=reason,
        )


def _likely(source: SourceFile, known: set[str]) -> list[str]:
    """Return the names of what is called in a file that may be classes of settings."""
    found = []
    for name in source.named_calls:
        last = name.rpartition(".")[2]
        if last in known or last.endswith(("Settings", "Config")):
            found.append(name)
    return found


def _is_cached(scope: Scope) -> bool:
    """Tell whether the function that makes them is called once and remembered."""
    node, around = scope.node, scope.parent or scope
    if not isinstance(node, FunctionNode):
        return False
    made = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return any(resolve(maker, around) in _CACHING for maker in made)


def _gives_all(look: Look, call: ast.Call, found: SettingsClass) -> bool:
    """Tell whether every field is given, so that the environment is not read."""
    given = {keyword.arg for keyword in call.keywords}
    fields = {name for name in fields_of(look.project, found) if name != "model_config"}
    return bool(fields) and fields <= given


def _fix(look: Look, call: ast.Call, scope: Scope, found: SettingsClass) -> tuple[Fix | None, str]:
    if call.args or call.keywords:
        return None, "they are made with arguments of their own"
    instance = instance_of(found)
    if instance is None:
        return None, f"the service does not share one instance of {found.symbol.qualname}"
    try:
        spelling = spell(look.project, look.source, instance, call, scope)
    except Unspellable as error:
        return None, str(error)
    unused = tuple({n.id for n in ast.walk(call.func) if isinstance(n, ast.Name)})
    caution = "what was read anew at every call is what was read at the start"
    plan = UseInstance(spelling, unused)
    return unsafe(f"Use {instance.qualname}", plan, caution), ""


RULE = Rule(
    code="TSL005",
    name="settings-instance",
    severity=Severity.WARNING,
    check=find_settings_instances,
    triggers=(
        "Settings",
        "AppSettings",
        "AppConfig",
        "Config",
        "BaseSettings",
        "settings",
        "config",
    ),
    uses_project=True,
    in_tests=False,
)
