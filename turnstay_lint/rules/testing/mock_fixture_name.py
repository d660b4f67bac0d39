"""### What it does

Finds fixtures in `fixtures/mocks/` that are not called `mock_...`.

### Why

Handbook 7, Mock Fixture Pattern: `mock_auth_success`, `mock_auth_success_tenant_2`. A test says in
its parameters what it does not really do, and whoever reads it sees that at once.

### Bad

```python
# app/tests/fixtures/mocks/ledger_mocks.py
import pytest


@pytest.fixture
def fake_ledger(mocker):
    return mocker.patch("app.core.ledger.post")

# app/tests/utils/test_ledger.py
from app.core.ledger import post_twice

from app.tests.fixtures.mocks.ledger_mocks import fake_ledger


def test_post_twice(fake_ledger):
    post_twice()
    assert fake_ledger.call_count == 2
```

### Good

```python
# app/tests/fixtures/mocks/ledger_mocks.py
import pytest


@pytest.fixture
def mock_ledger(mocker):
    return mocker.patch("app.core.ledger.post")

# app/tests/utils/test_ledger.py
from app.core.ledger import post_twice

from app.tests.fixtures.mocks.ledger_mocks import mock_ledger


def test_post_twice(mock_ledger):
    post_twice()
    assert mock_ledger.call_count == 2
```

### Fix safety

Unsafe: the fixture is renamed in all tests that import it, or lie below a `conftest.py` that does
or names its module in `pytest_plugins`: imports, parameters and what is done with them,
`usefixtures` and `getfixturevalue`. What asks for it otherwise is not seen. There is none where the
new name is taken, where another fixture of the old name hides it, or where nothing imports it.

### Options

None.

### Known limits

Words that say the same (`fake_`, `_stub`, `mocked`) go: `fake_ledger` is to be `mock_ledger`.
Fixtures are functions with the decorator; `fixture(make_clock)` is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Elsewhere, Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.pytest import FIXTURE, Fixture, fixtures, name_span
from turnstay_lint.project.testing.fixture_uses import Asker, askers
from turnstay_lint.project.testing.mock_modules import MOCK, is_mock_module
from turnstay_lint.rules.rule import Look, Rule

HELP = "Fixtures in fixtures/mocks/ are called mock_... (handbook 7, Mock Fixture Pattern)."
_SAME = frozenset({"fake", "faked", "mock", "mocked", "mocks", "patch", "patched", "stub"})


class RenameFixture(Struct, frozen=True):
    """Call a fixture otherwise in a file, which imports it from ``module`` as ``local``.

    ``defines`` tells that the file has the fixture itself.
    """

    old: str
    new: str
    module: str = ""
    local: str = ""
    defines: bool = False


def find_mock_fixture_names(look: Look) -> Iterator[Finding]:
    """Yield the fixtures among mocks that are not called so."""
    if not is_mock_module(look.source.path):
        return
    for fixture in fixtures(look.source):
        if not fixture.name.startswith(MOCK):
            new = _new_name(fixture.name)
            fix, reason = _fix(look, fixture, new)
            at = fixture.given_name or name_span(look.source, fixture.function)
            yield look.finding(
                at,
                f"the mock {fixture.name} is not called {new or MOCK + '...'}",
                scope=fixture.function,
                help=HELP,
                fix=fix,
                unfixable=reason,
            )


def _new_name(old: str) -> str:
    """Return the name that a mock should have, empty where nothing is left to call it by."""
    words = [word for word in old.split("_") if word and word.lower() not in _SAME]
    return MOCK + "_".join(words) if words else ""


def _fix(look: Look, fixture: Fixture, new: str) -> tuple[Fix | None, str]:
    old = fixture.name
    if not new:
        return None, "its name says nothing of what it stands in for"
    if not fixture.function.parent or not fixture.function.parent.is_module:
        return None, "it is a fixture of a class"
    asking = askers(look.project, look.source.scope.module, fixture.function.name)
    if not asking:
        return None, "nothing imports it, so that who asks for it is not seen"
    elsewhere = []
    for asker in asking:
        source = look.project.read(asker.path)
        if source is None or source.words.isdisjoint({old, fixture.function.name}):
            continue
        if new in source.words:
            return None, f"{asker.path} has something called {new} already"
        if any(one.name == old for one in fixtures(source)):
            return None, f"{asker.path} has a fixture {old} of its own"
        elsewhere.append(_part(asker, fixture, new))
    if new in look.source.words:
        return None, f"something is called {new} already"
    plan = RenameFixture(old, new, defines=True)
    caution = "what asks for it in other ways than tests do is not seen"
    return unsafe(f"Call it {new}", plan, caution, elsewhere=tuple(elsewhere)), ""


def _part(asker: Asker, fixture: Fixture, new: str) -> Elsewhere:
    """Return what is done in a file that may ask for a fixture.

    One with a ``name=`` is imported by the name of its function, which stays.
    """
    imported = asker.module if fixture.given_name is None else ""
    return Elsewhere(asker.path, RenameFixture(fixture.name, new, imported, asker.local), new)


RULE = Rule(
    code="TSL705",
    name="mock-fixture-name",
    severity=Severity.WARNING,
    check=find_mock_fixture_names,
    triggers=(FIXTURE,),
    uses_project=True,
)
