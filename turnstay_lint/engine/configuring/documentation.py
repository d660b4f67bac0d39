"""What a rule's page says, by its headings: the docstring of its module, taken apart."""

from __future__ import annotations

from turnstay_lint.engine.configuring.registry import documentation_of
from turnstay_lint.rules.rule import Rule


def sections(rule: Rule) -> dict[str, str]:
    """Return the text under each ``###`` heading of a rule's documentation, in order."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in documentation_of(rule).split("\n"):
        if line.startswith("### "):
            lines = found.setdefault(line.removeprefix("### ").strip(), [])
        else:
            lines.append(line)
    return {heading: "\n".join(text).strip() for heading, text in found.items()}


def purpose(rule: Rule) -> str:
    """Return the first paragraph of what a rule does, on one line."""
    text = sections(rule).get("What it does", "")
    return " ".join(text.split("\n\n")[0].split())


def summary(rule: Rule) -> str:
    """Return the first sentence of what a rule does, with its full stop."""
    return purpose(rule).split(". ")[0].rstrip(".:") + "."
