"""The handbook's conventions as one page: each with its rules and fixes, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.engine.configuring.registry import all_rules, has_codemod
from turnstay_lint.engine.handbook.conventions import Convention
from turnstay_lint.engine.handbook.tailoring import Tailored, fix_of
from turnstay_lint.rules.rule import Rule


def handbook_markdown(handbook: Tailored, link: str = "") -> str:
    """Return the page, whose links to rules lead to ``link``, or nowhere."""
    rules = {rule.code: rule for rule in all_rules()}
    lines = [
        "# The handbook, sentence by sentence",
        "",
        "What the handbook asks, in its own order; which rules decide it, and what becomes of what",
        "they find. Where there is no rule, it says why a program cannot decide.",
    ]
    for section in handbook.sections:
        lines += ["", f"## {section.number}. {section.title}", ""]
        lines += ["| heading | what it asks | rules |", "| --- | --- | --- |"]
        lines += _rows(section.conventions, rules, link, handbook)
    return "\n".join(lines) + "\n"


def _rows(
    conventions: tuple[Convention, ...], rules: dict[str, Rule], link: str, handbook: Tailored
) -> Iterator[str]:
    heading = ""
    for convention in conventions:
        under = convention.under if convention.under != heading else ""
        heading = convention.under
        held = "; ".join(_rule(rules[code], link, code in handbook.on) for code in convention.rules)
        cells = (under, convention.says, held or f"none: {convention.reason}")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rule(rule: Rule, link: str, on: bool) -> str:
    name = f"[{rule.code}]({link}{rule.name}.md)" if link else rule.code
    return f"{name} {rule.name} ({fix_of(rule, has_codemod)}{'' if on else ', off'})"
