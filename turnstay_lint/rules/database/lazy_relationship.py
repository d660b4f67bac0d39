"""### What it does

Finds relationships that load when they are first read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.rules.rule import Look, Rule

RELATIONSHIP = ("sqlalchemy.orm.relationship", "sqlalchemy.orm.relationships.relationship")


@dataclass(frozen=True, slots=True)
class SetLazy:
    """Give the relationship call ``lazy=value``."""

    value: str


def find_lazy_relationships(look: Look) -> Iterator[Finding]:
    """Yield the relationship calls that load on access."""
    for call, scope, _ in look.source.calls_of(*RELATIONSHIP):
        if not any(keyword.arg in (None, "lazy") for keyword in call.keywords):
            yield look.finding(
                call,
                "relationship loads lazily, which fails in async code",
                scope=scope,
                fix=safe('Load it with lazy="selectin"', SetLazy("selectin")),
            )


RULE = Rule(
    code="TSL306",
    name="lazy-relationship",
    severity=Severity.ERROR,
    check=find_lazy_relationships,
    triggers=("relationship", "Relationship"),
)
