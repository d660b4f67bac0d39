"""``turnstay-lint rule CODE|NAME``: what a rule does, why, and what its fix may change."""

from __future__ import annotations

import click

from turnstay_lint.engine.configuring.documentation import sections
from turnstay_lint.engine.configuring.registry import all_rules, has_codemod, rule_named, section_of
from turnstay_lint.engine.configuring.selection import nearest
from turnstay_lint.frontends.cli.failing import fail
from turnstay_lint.reporters.view import page_of
from turnstay_lint.rules.rule import Rule


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("word", metavar="CODE|NAME")
def command(word: str) -> None:
    """Explain a rule, by its code (TSL306) or name (lazy-relationship)."""
    rule = rule_named(word)
    if rule is None:
        names = [name for rule in all_rules() for name in (rule.code, rule.name)]
        fail(f"there is no rule {word!r}{nearest(word, names)}")
    click.echo("\n".join(page(rule)))


def page(rule: Rule) -> list[str]:
    """Return the lines of a rule's page."""
    facts = [
        rule.severity.value,
        "on by default" if rule.default else "off by default",
        "has fixes" if has_codemod(rule) else "has no fix",
        f"handbook: {section_of(rule)}",
    ]
    lines = [f"# {rule.name} ({rule.code})", "", " · ".join(facts), ""]
    for heading, text in sections(rule).items():
        lines += [f"## {heading}", "", text, ""]
    return [*lines, page_of(rule.name)]
