"""What fixed files are held to: what a fix may change beside the finding that it is of."""

from __future__ import annotations

import pytest

from scripts.promises import broken
from turnstay_lint.findings import Finding, Severity, unsafe
from turnstay_lint.rules.schemas.class_renaming import RenameClass
from turnstay_lint.source.positions import Span

BEFORE = """\
class AccountOut:
    pass


class Other:
    made: list[AccountOut] = [AccountOut()]
"""
RENAMING = unsafe(
    "Call it AccountResponse", RenameClass("AccountOut", "AccountResponse", ("a.AccountOut",)), ""
)
FINDING = Finding(
    code="TSL411",
    name="schema-name",
    severity=Severity.WARNING,
    path="a.py",
    span=Span(1, 0, 1, 16),
    message="AccountOut",
    help="",
    fix=RENAMING,
)


def told(after: str) -> list[str]:
    return list(broken(BEFORE.encode(), after.encode(), [FINDING]))


def test_a_class_is_called_otherwise_wherever_it_is_named() -> None:
    assert told(BEFORE.replace("AccountOut", "AccountResponse")) == []


def test_a_line_that_is_too_long_with_the_new_name_is_broken() -> None:
    after = BEFORE.replace("AccountOut", "AccountResponse")
    assert told(after.replace("[AccountResponse()]", "[\n        AccountResponse(),\n    ]")) == []


@pytest.mark.parametrize(
    "line",
    [
        "    made: list[AccountAnswer] = [AccountResponse()]",
        "    made: list[AccountResponse] = []",
        "    other: list[AccountResponse] = [AccountResponse()]",
    ],
)
def test_nothing_else_is(line: str) -> None:
    after = BEFORE.replace("    made: list[AccountOut] = [AccountOut()]", line)
    assert told(after) == ["changed line 6, which no finding speaks of"]
