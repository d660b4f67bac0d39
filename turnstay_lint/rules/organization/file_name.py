"""### What it does

Finds files that are not called as the handbook calls files of their folder: utilities
`<domain>_utils.py`, middleware `<name>_middleware.py`, tests `test_<resource>.py`, fixtures
`<domain>_fixtures.py`, mocks `<service>_mocks.py`.

### Why

Who looks for something finds it by its name (handbook 10, Code Organization Rules: File Naming
Conventions), and pytest never runs the tests of a file that is not called so.

### Bad

```python
# app/api/utils/money.py
def format_amount(amount: int) -> str:
    return f"{amount / 100:.2f}"


# app/core/receipts.py
from app.api.utils.money import format_amount


def describe(amount: int) -> str:
    return f"Paid {format_amount(amount)}"
```

### Good

```python
# app/api/utils/money_utils.py
def format_amount(amount: int) -> str:
    return f"{amount / 100:.2f}"


# app/core/receipts.py
from app.api.utils.money_utils import format_amount


def describe(amount: int) -> str:
    return f"Paid {format_amount(amount)}"
```

### Fix safety

Unsafe: the file gets its name, every import of it in the service is changed, and so are strings
that say its dotted name, as `mocker.patch` takes them. Configuration files, scripts outside the run
and other repositories are not looked at. There is no fix where the new name is taken, and where a
file imports the module whole (`import app.api.utils.money`).

### Options

`strict-file-names` asks endpoint files for the plural as well (`accounts.py`), and utilities for
`_utils.py` where `_util.py` is accepted otherwise; `plurals` are words whose plural is not told
right.

### Known limits

The folder that a file lies in decides; endpoint files may lie deeper. `__init__.py`, `conftest.py`
and names that begin with an underscore are free. The handbook's own examples are accepted unless
`strict-file-names` is set: `find_company_scoped_records_util.py`, `add_fixtures_to_db.py`,
`endpoints/account.py`. A file among tests that has none is free.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Elsewhere, Finding, Fix, Move, Severity, unsafe
from turnstay_lint.project.number import is_plural, plural
from turnstay_lint.project.organization.module_renaming import (
    CannotRename,
    Renaming,
    change_for,
    files_that_name,
    renamed_in,
    renaming_of,
)
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope

_SUFFIXES = {
    "utils": "_utils",
    "middleware": "_middleware",
    "middlewares": "_middleware",
    "fixtures": "_fixtures",
    "mocks": "_mocks",
}
_OTHERWISE = {
    "_utils": regex(r"(_(utilities|utility|util|helpers?)|utils?|helpers?)$"),
    "_middleware": regex(r"_?middlewares?$"),
    "_fixtures": regex(r"_fixture$|^fixtures?_"),
    "_mocks": regex(r"_mock$|^mocks?_"),
}
_ADDS_TO_DATABASE = regex(r"^add_\w+_to_db$")
_FREE = regex(r"^(__\w+__|conftest|_\w*)$")


class NameFile(Struct, frozen=True):
    """The module gets another name; its own text stays."""

    renaming: Renaming


def find_file_names(look: Look) -> Iterator[Finding]:
    """Yield the file where it is not called as those of its folder are."""
    *folders, name = look.source.path.replace("\\", "/").split("/")
    stem = name.removesuffix(".py")
    if stem in (name, "") or _FREE.match(stem):
        return
    wanted = _wanted(look, folders, stem)
    if not wanted or wanted == stem:
        return
    fix, reason = _fix(look, "/".join([*folders, f"{wanted}.py"]), wanted)
    folder = folders[-1] if folders else ""
    yield look.finding(
        Span(1, 0, 1, 0),
        f"a file of `{folder}/` is called `{wanted}.py`, not `{name}`",
        help=f"Rename it to `{wanted}.py`",
        fix=fix,
        unfixable=reason,
    )


def _wanted(look: Look, folders: list[str], stem: str) -> str:
    """Return what the file should be called, without its ending; empty where it is free."""
    suffix = _SUFFIXES.get(folders[-1], "") if folders else ""
    if not {"test", "tests"}.isdisjoint(folders):
        if suffix in ("_fixtures", "_mocks"):
            return _with_suffix(stem, suffix)
        wanted = _test_name(stem)
        return wanted if wanted == stem or _has_tests(look.source.scope) else ""
    if is_apart(look.source.path):
        return ""
    strict = look.settings.strict_file_names
    if suffix in ("_utils", "_middleware"):
        accepted = suffix == "_utils" and stem.endswith("_util") and not strict
        return stem if accepted else _with_suffix(stem, suffix)
    if strict and "endpoints" in folders:
        known = look.settings.plurals
        return stem if is_plural(stem, known) else plural(stem, known)
    return ""


def _with_suffix(stem: str, suffix: str) -> str:
    if stem.endswith(suffix) or _ADDS_TO_DATABASE.match(stem):
        return stem
    domain = _OTHERWISE[suffix].sub("", stem).strip("_") or stem
    return f"{domain}{suffix}"


def _test_name(stem: str) -> str:
    if stem.startswith("test_"):
        return stem
    return f"test_{stem.removesuffix('_tests').removesuffix('_test')}"


def _has_tests(scope: Scope) -> bool:
    """Tell whether pytest would find tests in a file: functions, or methods of a class."""
    for name, bindings in scope.bindings.items():
        node = bindings[-1].node
        if _is_test_function(node, name, scope):
            return True
        if name.startswith("Test") and isinstance(node, ast.ClassDef):
            if any(_is_test_function(m, getattr(m, "name", ""), scope) for m in node.body):
                return True
    return False


def _is_test_function(node: ast.AST, name: str, scope: Scope) -> bool:
    if not name.startswith("test_") or not isinstance(node, FunctionNode):
        return False
    called = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return not any((resolve(each, scope) or "").endswith(".fixture") for each in called)


def _fix(look: Look, new: str, wanted: str) -> tuple[Fix | None, str]:
    project = look.project
    module = project.modules.get(look.source.module)
    if module is None or not wanted.isidentifier():
        return None, "the file is no module that others could import"
    package, _, _ = module.name.rpartition(".")
    if f"{package}.{wanted}".lstrip(".") in project.layout.modules:
        return None, f"there is a `{wanted}.py` beside it already"
    renaming = renaming_of(project, module, wanted)
    try:
        named = _files_naming(look, renaming)
    except CannotRename as error:
        return None, str(error)
    elsewhere = tuple(Elsewhere(file, NameFile(renaming)) for file in named)
    caution = "what names the file outside of the service's Python code is not changed"
    moves = (Move(look.source.path, new),)
    return unsafe(f"Rename it to {wanted}.py", NameFile(renaming), caution, elsewhere, moves), ""


def _files_naming(look: Look, renaming: Renaming) -> list[str]:
    """Return the files that have to be changed; raises CannotRename."""
    found = []
    for path in files_that_name(look.project, renaming):
        module, imported, new = renaming.module, renaming.imported, renaming.new
        reason = change_for(look.project, path, module, imported, new)
        if reason:
            raise CannotRename(reason)
        if reason is not None:
            found.append(path)
    if renamed_in(look.source, renaming):
        raise CannotRename("the file names itself")
    return found


RULE = Rule(
    code="TSL002",
    name="file-name",
    severity=Severity.WARNING,
    check=find_file_names,
    uses_project=True,
    uses_layout=True,
)
