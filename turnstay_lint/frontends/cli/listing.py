"""``turnstay-lint rules``: all rules, a line each."""

from __future__ import annotations

import click

from turnstay_lint.engine.configuring.documentation import summary
from turnstay_lint.engine.configuring.registry import all_rules, has_codemod, section_of
from turnstay_lint.rules.rule import Rule


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A line for people, or an array of objects.",
)
def command(output_format: str) -> None:
    """List all rules: code, [*] where it has fixes, severity, name, what it does."""
    rules = all_rules()
    if output_format == "json":
        import json

        click.echo(json.dumps([_described(rule) for rule in rules], indent=2))
        return
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        star = "[*]" if has_codemod(rule) else "[ ]"
        off = "" if rule.default else " (off by default)"
        severity = f"{rule.severity.value:<7}"
        click.echo(f"{rule.code} {star} {severity} {rule.name:<{width}}  {summary(rule)}{off}")


def _described(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "section": section_of(rule),
        "severity": rule.severity.value,
        "default": rule.default,
        "fixable": has_codemod(rule),
        "summary": summary(rule),
    }
