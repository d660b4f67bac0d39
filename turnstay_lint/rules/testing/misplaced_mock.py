"""### What it does

Finds fixtures called `mock_...` that lie outside of `fixtures/mocks/`.

### Why

Handbook 7, Test File Organization: what stands in for another service is kept in
`fixtures/mocks/{service}_mocks.py`, so that there is one mock of it, and who changes what is said
to the service finds it.

### Bad

```python
# app/tests/conftest.py
import pytest


@pytest.fixture
def mock_ledger(mocker):
    return mocker.patch("app.core.ledger.Ledger.post")
```

### Good

```python
# app/tests/fixtures/mocks/ledger_mocks.py
import pytest


@pytest.fixture
def mock_ledger(mocker):
    return mocker.patch("app.core.ledger.Ledger.post")
```

### Fix safety

There is none: which service a mock stands in for names the module that it belongs into, and tests
then import it from there.

### Options

None.

### Known limits

Functions that are no fixtures are not looked at, whatever they are called, nor are fixtures of
other names.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.pytest import FIXTURE, fixtures, name_span
from turnstay_lint.project.testing.mock_modules import MOCK, is_mock_module
from turnstay_lint.rules.rule import Look, Rule

HELP = "Mocks belong into tests/fixtures/mocks/{service}_mocks.py (handbook 7)."


def find_misplaced_mocks(look: Look) -> Iterator[Finding]:
    """Yield the fixtures called as mocks that lie elsewhere."""
    if f"def {MOCK}" not in look.source.text or is_mock_module(look.source.path):
        return
    for fixture in fixtures(look.source):
        if fixture.function.name.startswith(MOCK):
            yield look.finding(
                name_span(look.source, fixture.function),
                f"the fixture {fixture.function.name} lies outside of fixtures/mocks/",
                scope=fixture.function,
                help=HELP,
                unfixable="the service that it stands in for names the module that it belongs into",
            )


RULE = Rule(
    code="TSL704",
    name="misplaced-mock",
    severity=Severity.WARNING,
    check=find_misplaced_mocks,
    triggers=(FIXTURE,),
)
