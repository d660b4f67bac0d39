"""The handbook as one service has it: its own names, and the rules that it has not switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from msgspec import Struct
from msgspec.structs import fields, replace

from turnstay_lint.engine.configuring.configuration import Configuration
from turnstay_lint.engine.configuring.documentation import sections as pages
from turnstay_lint.engine.configuring.registry import matching
from turnstay_lint.engine.handbook.conventions import Convention, Section, sections
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.patterns import regex

NAMED = (
    "app",
    "tenant_model",
    "tenant_column",
    "access_class",
    "access_dependency",
    "session_dependency",
    "company_dependency",
    "user_dependency",
)
"""The settings that are names which the handbook writes out."""

_CODE = regex(r"```.*?```|`[^`\n]+`", re.DOTALL)


class Tailored(Struct, frozen=True, dict=True):
    """The handbook for a service with this configuration."""

    configuration: Configuration

    @cached_property
    def on(self) -> dict[str, Rule]:
        """Return the rules that are on, by their codes."""
        return {rule.code: rule for rule in self.configuration.rules()}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Return the sections in the service's words, without what it has switched off.

        A convention whose rules are opt-in holds all the same: the linter is silent, not of another
        opinion. One whose rules were all ignored is left out.
        """
        return tuple(
            replace(
                section,
                globs=tuple(map(self._named, section.globs)),
                conventions=tuple(
                    replace(convention, says=self.worded(self._named(convention.says)))
                    for convention in section.conventions
                    if self._holds(convention)
                ),
            )
            for section in sections()
        )

    def rules_of(self, section: Section) -> tuple[Rule, ...]:
        """Return the rules of a section that are on, in the order of its conventions."""
        codes = dict.fromkeys(code for c in section.conventions for code in c.rules)
        return tuple(self.on[code] for code in codes if code in self.on)

    def example(self, rule: Rule, heading: str) -> str:
        """Return a rule's Bad or Good example in the service's words, in Markdown."""
        return self.worded(pages(rule).get(heading, ""))

    def worded(self, text: str) -> str:
        """Put the service's names where code in Markdown has the handbook's."""
        if not self._renamed:
            return text
        pattern = re.compile("|".join(pattern for pattern, _ in self._renamed))
        return _CODE.sub(lambda code: pattern.sub(self._rename, code[0]), text)

    @cached_property
    def _renamed(self) -> list[tuple[str, str]]:
        settings, found = self.configuration.settings, []
        for item in fields(Settings):
            own = getattr(settings, item.name)
            if item.name in NAMED and own != item.default:
                word = re.escape(str(item.default))
                # The package's name is a common word: it is one at the head of a path alone.
                at_head = rf"(?<![\w./]){word}(?=[./]| import)"
                pattern = at_head if item.name == "app" else rf"\b{word}\b"
                found.append((f"(?P<{item.name}>{pattern})", own))
        return found

    def _rename(self, found: re.Match[str]) -> str:
        assert found.lastgroup is not None
        return str(getattr(self.configuration.settings, found.lastgroup))

    def _named(self, text: str) -> str:
        for name in NAMED:
            text = text.replace(f"{{{name}}}", str(getattr(self.configuration.settings, name)))
        return text

    def _holds(self, convention: Convention) -> bool:
        return not convention.rules or any(code not in self._ignored for code in convention.rules)

    @cached_property
    def _ignored(self) -> set[str]:
        return matching(self.configuration.ignore) - set(self.on)


def fix_of(rule: Rule, has_codemod: Callable[[Rule], bool]) -> str:
    """Say in a word or two what becomes of a rule's findings."""
    if not has_codemod(rule):
        return "no fix"
    said = pages(rule).get("Fix safety", "").lower()
    if said.startswith("unsafe"):
        return "unsafe fix"
    return "safe and unsafe fixes" if "unsafe" in said else "safe fix"
