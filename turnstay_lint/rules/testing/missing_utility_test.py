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

from app.api.utils.amount_utils import format_amount


def test_format_amount():
    \"\"\"Test format_amount.\"\"\"
    assert callable(format_amount)
```

### Fix safety

Unsafe: the tests that are written assert no more than that the functions are there. They are
places to begin at, one for each function that does not begin with an underscore.

### Options

`plurals` are words whose other number is not what English has.

### Known limits

Off unless selected: many utilities are tested by the endpoints that use them. A module of utilities
is a file called `..._utils.py` or `..._util.py`, or one in a folder `utils/`. A test module counts
wherever among the tests it lies, `tests/endpoints/` apart. Silent where the service has no tests in
`tests/utils/` at all, and for modules without functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Elsewhere, Finding, Severity, unsafe
from turnstay_lint.project.places import is_apart
from turnstay_lint.project.tested_modules import ENDPOINTS, UTILS, has_test_of, numbers_of, tests_in
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.testing.new_tests import WriteUtilityTests
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode

HELP = "Utilities are tested in tests/utils/test_{domain}_utils.py (handbook 7)."
_CAUTION = "the tests assert no more than that the functions are there"
_ENDINGS = ("_utils", "_util")


def find_missing_utility_tests(look: Look) -> Iterator[Finding]:
    """Yield the module, if it has utilities and no test module is called after it."""
    parts = tuple(look.source.module.split("."))
    stem = parts[-1]
    if is_apart(look.source.path) or stem == "__init__" or not stem.isidentifier():
        return
    if not (stem.endswith(_ENDINGS) or UTILS in parts[:-1]):
        return
    functions = tuple(
        statement.name
        for statement in look.source.tree.body
        if isinstance(statement, FunctionNode) and not statement.name.startswith("_")
    )
    homes = tests_in(look.project, UTILS, parts[:1])
    if not functions or not homes:
        return
    if has_test_of(look.project, _names(look, stem), without=ENDPOINTS):
        return
    home = max(homes, key=homes.count)
    path = "/".join((*home, f"test_{stem}.py"))
    title = stem.replace("_", " ").capitalize()
    plan = WriteUtilityTests(f"{title}.", look.source.scope.module, functions)
    part = Elsewhere(path, plan, adds=stem, created=True)
    yield look.finding(
        Span(1, 0, 1, 0),
        f"no test module is called after {stem}",
        help=HELP,
        fix=unsafe(f"Write {path}", plan, _CAUTION, elsewhere=(part,)),
    )


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
    uses_layout=True,
    in_tests=False,
)
