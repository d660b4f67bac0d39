"""### What it does

Finds `unittest.mock.patch` in tests: as a decorator, in a `with`, and by itself, with `.object`,
`.dict` and `.multiple`.

### Why

Handbook 7, Mock Fixture Pattern: tests patch with `mocker.patch`, which takes back what it did when
the test is over, and hands the mock to a variable rather than to a parameter whose place counts.

### Bad

```python
# app/tests/utils/test_ledger.py
from unittest.mock import patch

from app.core.ledger import post_twice


def test_post_twice():
    with patch("app.core.ledger.post") as post:
        post_twice()
    assert post.call_count == 2
```

### Good

```python
# app/tests/utils/test_ledger.py
from app.core.ledger import post_twice


def test_post_twice(mocker):
    post = mocker.patch("app.core.ledger.post")
    post_twice()
    assert post.call_count == 2
```

### Fix safety

Unsafe: what a `with` patched is patched to the end of the test. The fix takes all patches that a
`with` begins with, or all of a function's decorators, and asks for `mocker`, of which `pytest-mock`
has to be installed. There is none for classes, where no test or fixture holds the patch (a helper,
an inner function, a method of unittest's `TestCase`), for fixtures that live longer than a test,
for patches that are started or entered by hand, and where a decorator hands over what cannot be
read.

### Options

None.

### Known limits

`MagicMock` and its like are no patches, and stay. Silent outside of tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.pytest import fixture_of, is_test_case, is_test_function
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.testing.patching import PATCH, Patching, patchings
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters

HELP = "Patch with mocker.patch, pytest-mock's fixture (handbook 7, Mock Fixture Pattern)."
MOCKER = "mocker"
_CAUTION = "what is patched stays so to the end of the test"


class Replaced(Struct, frozen=True):
    """A patch: where its call stands, what stands behind ``patch``, and what gets the mock."""

    call: Span
    kind: str
    target: str = ""


class PatchWithMocker(Struct, frozen=True):
    """Let a function patch by statements, those of ``patches`` in this order.

    ``block`` is the ``with`` that begins with them; without one they are decorators, and
    ``dropped`` the parameters that had their mocks. ``asks`` says that ``mocker`` is to be added.
    """

    function: Span
    patches: tuple[Replaced, ...]
    asks: bool
    block: Span | None = None
    dropped: tuple[str, ...] = ()


def find_unittest_mocks(look: Look) -> Iterator[Finding]:
    """Yield the calls of unittest's ``patch`` in tests."""
    if "mock" not in look.source.words or not is_test(look.source.path):
        return
    found = list(patchings(look.source))
    for one in found:
        reason = _reason(look, one, found)
        fix = None if reason else _fix(look, one, found)
        yield look.finding(
            one.call,
            f"unittest's {PATCH}{one.kind} where pytest's mocker.{PATCH}{one.kind} belongs",
            scope=one.function or one.scope,
            help=HELP,
            fix=fix,
            unfixable=reason,
        )


def _reason(look: Look, one: Patching, found: list[Patching]) -> str:
    """Say why a patch is not replaced, empty where it is."""
    function = one.function
    if function is None:
        return "it is started or entered by hand, and whether it is ended is not known"
    if function.is_class:
        return "it patches each test of a class: which of them needs it is not known"
    outer = function.parent
    if outer is not None and outer.is_class and is_test_case(outer):
        return "methods of unittest's TestCase are given no fixtures"
    fixture = fixture_of(look.source, function)
    if fixture is not None and not fixture.lives_for_one_test:
        return "mocker lives for one test, and this fixture longer"
    if fixture is None and not is_test_function(look.source, function):
        return f"{function.name} is no test and no fixture, and is not given mocker"
    if MOCKER in function.bindings and MOCKER not in _parameters(function):
        return f"{MOCKER} is the name of something else in {function.name}"
    return _reason_of_block(one, found) if one.block else _reason_of_decorators(function, found)


def _reason_of_block(one: Patching, found: list[Patching]) -> str:
    block = one.block
    assert block is not None
    if isinstance(block, ast.AsyncWith):
        return "it is entered by an `async with`"
    if one.scope is not one.function:
        return "an inner scope enters it"
    leading = _leading(block, found)
    if one not in leading:
        return "what is entered before it may be needed for it"
    return ""


def _leading(block: ast.With | ast.AsyncWith, found: list[Patching]) -> list[Patching]:
    """Return the patches that a ``with`` begins with."""
    by_call = {id(one.call): one for one in found}
    leading = []
    for item in block.items:
        one = by_call.get(id(item.context_expr))
        if one is None:
            break
        leading.append(one)
    return leading


def _reason_of_decorators(function: Scope, found: list[Patching]) -> str:
    own = _decorators(function, found)
    if not all(one.is_readable for one in own):
        return "what a decorator hands over cannot be read"
    if len(_handed(function, own)) < sum(one.hands_over for one in own):
        return "the parameters that get the mocks are not seen"
    return ""


def _decorators(function: Scope, found: list[Patching]) -> list[Patching]:
    """Return the patches that decorate a function, in the order in which they are made."""
    own = [one for one in found if one.decorates and one.function is function]
    return own[::-1]


def _handed(function: Scope, own: list[Patching]) -> list[str]:
    """Return the parameters that get the mocks, in the order of the patches that hand them."""
    node = function.node
    assert isinstance(node, FunctionNode)
    plain = [parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args)]
    if function.parent is not None and function.parent.is_class:
        plain = plain[1:]
    return plain[: sum(one.hands_over for one in own)]


def _parameters(function: Scope) -> set[str]:
    node = function.node
    assert isinstance(node, FunctionNode)
    return {parameter.arg for parameter in all_parameters(node.args)}


def _fix(look: Look, one: Patching, found: list[Patching]) -> Fix:
    function = one.function
    assert function is not None
    span = look.source.span
    asks = MOCKER not in _parameters(function)
    if one.block is not None:
        targets = {id(item.context_expr): item.optional_vars for item in one.block.items}
        patches = tuple(
            Replaced(span(each.call), each.kind, _text(look, targets[id(each.call)]))
            for each in _leading(one.block, found)
        )
        plan = PatchWithMocker(span(function.node), patches, asks, span(one.block))
        return unsafe("Patch with mocker", plan, _CAUTION)
    own = _decorators(function, found)
    handed = iter(_handed(function, own))
    targeted = [(each, next(handed) if each.hands_over else "") for each in own]
    used = {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name)}
    patches = tuple(
        Replaced(span(each.call), each.kind, target if target in used else "")
        for each, target in targeted
    )
    dropped = tuple(target for _, target in targeted if target)
    plan = PatchWithMocker(span(function.node), patches, asks, dropped=dropped)
    return unsafe("Patch with mocker", plan, "patches are made when the test begins, not before")


def _text(look: Look, target: ast.expr | None) -> str:
    if target is None:
        return ""
    start, end = look.source.lines.offsets(look.source.span(target))
    return look.source.text[start:end]


RULE = Rule(
    code="TSL703",
    name="unittest-mock",
    severity=Severity.WARNING,
    check=find_unittest_mocks,
    triggers=(PATCH,),
)
