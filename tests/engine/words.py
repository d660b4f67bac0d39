"""Rules that want words replaced, so that a test can say what each fix does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

import pytest
from msgspec.structs import replace

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import Edits
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.findings import Finding, safe
from turnstay_lint.rules.rule import Look, Rule


def rule(code: str, find: Callable[[Look], Iterator[Finding]], *, uses_project: bool) -> Rule:
    """Return the rule of that code with another way to find."""
    [known] = [rule for rule in all_rules() if rule.code == code]
    return replace(known, check=find, triggers=(), uses_project=uses_project, default=True)


def words(code: str, fixes: Mapping[str, str | None]) -> Rule:
    """Return a rule that finds names: each becomes what ``fixes`` say, None cannot be fixed."""

    def find(look: Look) -> Iterator[Finding]:
        for node in ast.walk(look.source.tree):
            if isinstance(node, ast.Name) and node.id in fixes:
                new = fixes[node.id]
                fix = None if new is None else safe(f"Say {new}", new)
                reason = "" if fix else "nobody knows better"
                yield look.finding(node, f"{node.id} is said", fix=fix, unfixable=reason)

    return rule(code, find, uses_project=False)


def while_broken(code: str) -> Rule:
    """Return a rule that finds ``victim`` while some module of the service defines ``broken``."""

    def find(look: Look) -> Iterator[Finding]:
        if any("broken" in module.variables for module in look.project.modules.values()):
            for node in ast.walk(look.source.tree):
                if isinstance(node, ast.Name) and node.id == "victim":
                    yield look.finding(node, "victim suffers", unfixable="it is elsewhere")

    return rule(code, find, uses_project=True)


def say(finding: Finding, edits: Edits) -> None:
    """Put the word of the plan in the place of the one that was found."""
    assert finding.fix is not None
    edits.replace_span(finding.span, str(finding.fix.plan))


def use(monkeypatch: pytest.MonkeyPatch, *rules: Rule) -> None:
    """Let these be all the rules that there are."""
    for module in ("configuring.selection", "passes.portions"):
        monkeypatch.setattr(f"turnstay_lint.engine.{module}.all_rules", lambda: rules)
    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda code: Codemod(code, say)
    )
