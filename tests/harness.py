"""How a rule's tests speak: ``check.flags(before, after=...)`` and ``check.clean(source)``.

What a finding must point at stands between « and » in the source.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from textwrap import dedent

import black

from turnstay_lint.engine.configuring.registry import all_rules, rule_named
from turnstay_lint.engine.mending.fixing import comments, fix, wants
from turnstay_lint.engine.services.lint import lint
from turnstay_lint.findings import Applicability, Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile, module_name
from turnstay_lint.source.positions import LineMap, Span


def unmarked(marked: str) -> tuple[str, list[Span]]:
    """Return a source without its « » marks, and the spans that they mark."""
    text, starts, spans = "", [], []
    for character in marked:
        if character == "«":
            starts.append(len(text))
        elif character == "»":
            spans.append((starts.pop(), len(text)))
        else:
            text += character
    lines = LineMap(text)
    return text, sorted(Span(*lines.position(a), *lines.position(b)) for a, b in spans)


class Check:
    """Checks one rule on sources; ``others`` are the rest of the service by path."""

    def __init__(
        self,
        code: str,
        path: str = "app/module.py",
        others: Mapping[str, str] | None = None,
        settings: Settings | None = None,
    ) -> None:
        rule = rule_named(code)
        assert rule is not None, f"there is no rule {code}"
        self.rule = rule
        self.path = path
        self.others = {name: dedent(text) for name, text in (others or {}).items()}
        self.settings = settings or Settings()

    def with_(
        self,
        *,
        path: str | None = None,
        others: Mapping[str, str] | None = None,
        settings: Settings | None = None,
    ) -> Check:
        """Return a check that differs in what is named; ``others`` are added."""
        return Check(
            self.rule.code,
            path or self.path,
            {**self.others, **(others or {})},
            settings or self.settings,
        )

    def source(self, text: str) -> SourceFile:
        return SourceFile.from_text(self.path, text)

    def project(self, source: SourceFile) -> Project:
        others = [SourceFile.from_text(path, text) for path, text in self.others.items()]
        return Project.of([source, *others], self.settings)

    def findings(self, text: str) -> list[Finding]:
        source = self.source(text)
        verdict = lint(source, self.project(source), self.settings, [self.rule])
        assert not verdict.crashes, verdict.crashes
        return list(verdict.findings)

    def clean(self, text: str) -> None:
        """Assert that the rule says nothing of a source."""
        found = self.findings(dedent(text))
        assert not found, [(f.span, f.message) for f in found]

    def flags(
        self,
        before: str,
        *,
        after: str | None,
        unsafe: bool = False,
        reason: str = "",
        message: str = "",
        scope: str | None = None,
    ) -> list[Finding]:
        """Assert where the rule fires and what its fix makes; ``after=None`` for no fix.

        ``reason`` is in what the findings say of having no fix, ``message`` in each message.
        """
        text, spans = unmarked(dedent(before))
        assert spans, "mark what should be flagged with « »"
        found = self.findings(text)
        assert [f.span for f in found] == spans, [(f.span, f.message) for f in found]
        for finding in found:
            assert finding.code == self.rule.code
            assert finding.name == self.rule.name
            assert message in finding.message, finding.message
            assert scope is None or finding.scope == scope, finding.scope
        if after is None:
            self._has_no_fix(found, text, reason)
        else:
            wanted = Applicability.UNSAFE if unsafe else Applicability.SAFE
            assert {f.fix.applicability if f.fix else f.unfixable for f in found} == {wanted}
            self._fixes(text, dedent(after), unsafe)
        return found

    def _has_no_fix(self, found: list[Finding], text: str, reason: str) -> None:
        for finding in found:
            assert finding.fix is None, finding.fix
            assert finding.unfixable
            assert reason in finding.unfixable, finding.unfixable
        assert self.fixed(text, unsafe=True) == text

    def fixed(self, text: str, *, unsafe: bool = False) -> str:
        """Return the source after every fix of the rule."""
        source = self.source(text)
        made = fix(source, self.project(source), self.settings, [self.rule], wants(unsafe))
        assert not made.problem, made.problem
        return made.text

    def _fixes(self, before: str, after: str, unsafe: bool) -> None:
        if unsafe:
            assert self.fixed(before) == before, "an unsafe fix was made unasked"
        result = self.fixed(before, unsafe=unsafe)
        assert result == after, f"--- got\n{result}\n--- wanted\n{after}"
        ast.parse(result)
        left = [f for f in self.findings(result) if wants(unsafe)(f)]
        assert not left, f"not clean after its fix: {left}"
        assert self.fixed(result, unsafe=unsafe) == result, "a second run changes something"
        assert sorted(comments(before)) == sorted(comments(result)), "a comment is lost"
        mode = black.Mode(line_length=self.settings.line_length)
        if _formatted(before, mode):
            assert _formatted(result, mode), f"no longer as black has it:\n{result}"


def _formatted(text: str, mode: black.Mode) -> bool:
    return black.format_str(text, mode=mode) == text


__all__ = ["Check", "all_rules", "module_name", "unmarked"]
