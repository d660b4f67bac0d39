"""Tests and fixtures as pytest collects them, told by names and decorators.

https://docs.pytest.org/en/stable/reference/fixtures.html has how fixtures are named and asked for.
"""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters

FIXTURE_MAKERS = frozenset({"pytest.fixture", "pytest.yield_fixture", "pytest_asyncio.fixture"})
FIXTURE = "fixture"
_TEST_CASES = ("unittest.TestCase", "unittest.case.TestCase", "django.test.TestCase")
_NAMED = regex(r"(?:async\s+)?def\s+")


class Fixture(Struct, frozen=True):
    """A fixture: its function, and the decorator that makes it one."""

    function: Scope
    decorator: ast.expr

    @property
    def given_name(self) -> ast.Constant | None:
        """Return what ``name=`` of the decorator says, or None where it says no string."""
        said = self._keyword("name")
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            return said
        return None

    @property
    def name(self) -> str:
        """Return the name by which tests ask for it."""
        said = self.given_name
        return str(said.value) if said is not None else self.function.name

    @property
    def lives_for_one_test(self) -> bool:
        """Tell whether it is made anew for each test."""
        said = self._keyword("scope")
        return said is None or (isinstance(said, ast.Constant) and said.value == "function")

    def _keyword(self, name: str) -> ast.expr | None:
        if not isinstance(self.decorator, ast.Call):
            return None
        return next((k.value for k in self.decorator.keywords if k.arg == name), None)


@fact
def fixtures(source: SourceFile) -> tuple[Fixture, ...]:
    """Return the fixtures of a file, those of its classes included, in the order of the text."""
    if FIXTURE not in source.words and "yield_fixture" not in source.words:
        return ()
    found = []
    for scope in source.index.functions:
        node = scope.node
        assert isinstance(node, FunctionNode)
        for decorator in node.decorator_list:
            made = decorator.func if isinstance(decorator, ast.Call) else decorator
            if resolve(made, scope.parent or scope) in FIXTURE_MAKERS:
                found.append(Fixture(scope, decorator))
    return tuple(found)


def fixture_of(source: SourceFile, function: Scope) -> Fixture | None:
    """Return the fixture that a function is, or None."""
    return next((one for one in fixtures(source) if one.function is function), None)


def is_test_function(source: SourceFile, function: Scope) -> bool:
    """Tell whether pytest runs a function as a test, in a module or in a class of tests."""
    if not function.name.startswith("test") or fixture_of(source, function) is not None:
        return False
    outer = function.parent
    return outer is not None and (
        outer.is_module or (outer.is_class and not is_test_case(outer) and _collects(outer))
    )


def _collects(owner: Scope) -> bool:
    return owner.name.startswith("Test")


def is_test_case(owner: Scope) -> bool:
    """Tell whether a class is one of unittest's, whose methods are given no fixtures."""
    node = owner.node
    if not isinstance(node, ast.ClassDef):
        return False
    bases = [resolve(base, owner.parent or owner) or "" for base in node.bases]
    return any(base in _TEST_CASES or base.endswith("TestCase") for base in bases)


def asked_for(function: Scope) -> tuple[ast.arg, ...]:
    """Return the parameters of a test or fixture that pytest fills, ``self`` left out."""
    node = function.node
    assert isinstance(node, FunctionNode)
    parameters = tuple(all_parameters(node.args))
    owned = function.parent is not None and function.parent.is_class
    return parameters[1:] if owned else parameters


def name_span(source: SourceFile, function: Scope) -> Span:
    """Return where the name of a function stands in its ``def``."""
    span = source.span(function.node)
    head = _NAMED.match(source.lines.line(span.line)[span.column :])
    start = span.column + (head.end() if head is not None else 0)
    return Span(span.line, start, span.line, start + len(function.name))
