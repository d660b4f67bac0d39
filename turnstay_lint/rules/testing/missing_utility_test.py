"""### What it does

Finds modules of utilities that no test module in `tests/utils/` is called after.

### Why

Handbook 7, Test File Organization: `tests/utils/test_currency_utils.py` beside the tests of
endpoints. What several endpoints rest on is tested by itself, where a fault is soon found.

### Bad

```python
# app/api/utils/amount_utils.py
def format_amount(amount: int) -> str:
    return f"{amount / 100:,.2f}"


def _cents(amount: int) -> int:
    return amount % 100

# app/tests/utils/test_currency_utils.py
def test_currency():
    assert True
```

### Good

```python
# app/api/utils/amount_utils.py
def format_amount(amount: int) -> str:
    return f"{amount / 100:,.2f}"


def _cents(amount: int) -> int:
    return amount % 100

# app/tests/utils/test_currency_utils.py
def test_currency():
    assert True

# app/tests/utils/test_amount_utils.py
\"\"\"Amount utils.\"\"\"

from inspect import signature

from app.api.utils.amount_utils import format_amount


def test_format_amount():
    \"\"\"Test format_amount.\"\"\"
    assert list(signature(format_amount).parameters) == ["amount"]
```

### Fix safety

Unsafe: the tests that are written assert how the functions are called, and say nothing of what they
give. They are places to begin at, one for each function that does not begin with an underscore. A
function that is told the session, the tenant and the identifier of a row, and raises HTTPException,
gets a second one where the service has `add_<row>_to_db`: another tenant's row is refused.

### Options

`plurals` are words whose other number is not what English has.

### Known limits

Off unless selected: many utilities are tested by the endpoints that use them. A module of utilities
is a file called `..._utils.py` or `..._util.py`, or one in a folder `utils/`. A test module counts
wherever among the tests it lies, `tests/endpoints/` apart. Silent where the service has no tests in
`tests/utils/` at all, and for modules without functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Elsewhere, Finding, Severity, unsafe
from turnstay_lint.project.errors.http_errors import http_errors
from turnstay_lint.project.inference.flow import is_generator
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.testing.fixtures_of_tests import SESSION, adds_row, has_conftest_fixture
from turnstay_lint.project.testing.tested_modules import (
    ENDPOINTS,
    UTILS,
    has_test_of,
    numbers_of,
    tests_in,
)
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.testing.new_tests import NewUtilityTest, Row, WriteUtilityTests
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters

HELP = "Utilities are tested in tests/utils/test_{domain}_utils.py (handbook 7)."
_CAUTION = "the tests assert how the functions are called: say what they give"
_ENDINGS = ("_utils", "_util")


def find_missing_utility_tests(look: Look) -> Iterator[Finding]:
    """Yield the module, if it has utilities and no test module is called after it."""
    parts = tuple(look.source.module.split("."))
    stem = parts[-1]
    if is_apart(look.source.path) or stem == "__init__" or not stem.isidentifier():
        return
    if not (stem.endswith(_ENDINGS) or UTILS in parts[:-1]):
        return
    functions = [
        scope
        for scope in look.source.index.functions
        if scope.parent is look.source.index.module and not scope.name.startswith("_")
    ]
    homes = tests_in(look.project, UTILS, parts[:1])
    if not functions or not homes:
        return
    if has_test_of(look.project, _names(look, stem), without=ENDPOINTS):
        return
    home = max(homes, key=homes.count)
    path = "/".join((*home, f"test_{stem}.py"))
    title = stem.replace("_", " ").capitalize()
    tests = {scope.name: _test(look, scope) for scope in functions}
    plan = WriteUtilityTests(f"{title}.", look.source.scope.module, tuple(tests.values()))
    part = Elsewhere(path, plan, adds=stem, created=True)
    yield look.finding(
        Span(1, 0, 1, 0),
        f"no test module is called after {stem}",
        help=HELP,
        fix=unsafe(f"Write {path}", plan, _CAUTION, elsewhere=(part,)),
    )


def _test(look: Look, function: Scope) -> NewUtilityTest:
    node = function.node
    assert isinstance(node, FunctionNode)
    names = [parameter.arg for parameter in all_parameters(node.args)]
    is_async = isinstance(node, ast.AsyncFunctionDef) and not is_generator(node)
    if node.decorator_list:
        return NewUtilityTest(function.name, None)
    row = _row(look, function, node, names) if is_async else None
    tenant = look.settings.tenant_column if row is not None else ""
    return NewUtilityTest(function.name, tuple(names), is_async, row, tenant)


def _row(
    look: Look, function: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef, names: list[str]
) -> Row | None:
    """Return the row of which a function refuses another tenant's, if the tests can add one.

    It is told the session, the tenant and the row's identifier, and raises where there is none.
    """
    needed = names[: len(node.args.args) - len(node.args.defaults)]
    tenant = look.settings.tenant_column
    others = [name for name in needed if name not in (SESSION, tenant)]
    plain = not node.args.vararg and not node.args.kwarg and not node.args.posonlyargs
    if len(needed) != 3 or len(others) != 1 or not plain or node.args.kwonlyargs:
        return None
    [identifier] = others
    name = identifier.removesuffix("_id")
    adds = adds_row(look.project, name) if name != identifier else ("", "")
    raises = _raises(look, function)
    has_session = has_conftest_fixture(look.project, SESSION)
    return Row(adds, name, identifier) if adds[1] and raises and has_session else None


def _raises(look: Look, function: Scope) -> bool:
    """Tell whether a function raises HTTPException, or one of its file that it calls does."""
    raising = {error.scope.function for error in http_errors(look.project, look.source)}
    called = {
        call.func.id
        for call, scope in look.source.index.calls
        if scope.function is function and isinstance(call.func, ast.Name)
    }
    return function in raising or any(one is not None and one.name in called for one in raising)


def _names(look: Look, stem: str) -> tuple[str, ...]:
    """Return what a test of the module may be called after: ``currency_utils`` or ``currency``."""
    bare = stem
    for ending in _ENDINGS:
        bare = bare.removesuffix(ending)
    words = [stem, f"{bare}_utils", f"{bare}_util", *numbers_of(bare, look.settings)]
    return tuple(dict.fromkeys(word for word in words if word))


RULE = Rule(
    code="TSL706",
    name="missing-utility-test",
    severity=Severity.WARNING,
    check=find_missing_utility_tests,
    triggers=("def",),
    default=False,
    uses_project=True,
    uses_layout=True,
    in_tests=False,
)
