"""The handbook's conventions as Cursor's rules: one file a section, with the rules' examples.

https://docs.cursor.com/context/rules describes the front matter: a description, the files that a
rule is attached to (``globs``, with commas between them), and whether it always is.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.engine.handbook.conventions import Section
from turnstay_lint.engine.handbook.tailoring import Tailored
from turnstay_lint.rules.rule import Rule

FOLDER = ".cursor/rules"
MARK = "<!-- written by `turnstay-lint handbook --format cursor`; changes here are lost -->"


def handbook_cursor(handbook: Tailored) -> dict[str, str]:
    """Return the files by their names in ``.cursor/rules``."""
    return {
        f"turnstay-{section.slug}.mdc": "\n".join(_lines(handbook, section)) + "\n"
        for section in handbook.sections
        if section.conventions
    }


def _lines(handbook: Tailored, section: Section) -> Iterator[str]:
    yield from (
        "---",
        f"description: {section.description}",
        f"globs: {','.join(section.globs)}",
        "alwaysApply: false",
        "---",
        "",
        MARK,
        "",
        f"# {section.title}",
        "",
    )
    for convention in section.conventions:
        codes = [code for code in convention.rules if code in handbook.on]
        yield f"- {convention.says}" + (f" ({', '.join(codes)})" if codes else "")
    for rule in handbook.rules_of(section):
        yield from _examples(handbook, rule)


def _examples(handbook: Tailored, rule: Rule) -> Iterator[str]:
    bad, good = handbook.example(rule, "Bad"), handbook.example(rule, "Good")
    yield from ("", f"## {rule.code} {rule.name}")
    for heading, text in (("Bad:", bad), ("Good:", good)):
        if text:
            yield from ("", heading, "", text)
