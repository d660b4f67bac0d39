"""The pylint plugin: ``pylint --load-plugins=turnstay_lint.frontends.pylint``.

A finding of TSL101 is the message W9101, one of TSL301, an error, E9301; the symbol is the rule's
name, so ``# pylint: disable=missing-response-model`` works. The file's bytes are read with
``ast`` as everywhere, not pylint's tree, and what is on is said in ``[tool.turnstay-lint]``.
Syntax errors are pylint's to report.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pylint.checkers import BaseRawFileChecker
from pylint.interfaces import HIGH

from turnstay_lint.engine.configuring.documentation import purpose
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.configuring.selection import ConfigurationError
from turnstay_lint.engine.services.roots import read_source
from turnstay_lint.engine.services.service import Service
from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frontends.hosted import Hosted
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.file import SourceFile

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.lint import PyLinter

_LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W"}


def register(linter: PyLinter) -> None:
    """Give pylint a checker for each section of the handbook; pylint calls this for each run."""
    run = Run()
    for section, rules in groupby(all_rules(), key=lambda rule: rule.code[:4]):
        linter.register_checker(SectionChecker(linter, section, tuple(rules), run))


def message_id(rule: Rule) -> str:
    """Return pylint's id of a rule: its own severity, 9, and the digits of its code."""
    return f"{_LETTERS[rule.severity]}9{rule.code.removeprefix('TSL')}"


class Run:
    """What the checkers of one run share: each service, and each file, is judged once."""

    def __init__(self) -> None:
        self.hosted = Hosted()
        self.judged: tuple[nodes.Module | None, list[Finding]] = None, []

    def findings(self, module: nodes.Module) -> list[Finding]:
        """Return the findings of a module; pylint asks for each section, one after the other.

        Raises ConfigurationError, the first time.
        """
        if self.judged[0] is not module:
            self.judged = module, []
            findings = self.hosted.findings(module.file, lambda *at: _read(module, *at))
            self.judged = module, findings
        return self.judged[1]


def _read(module: nodes.Module, service: Service, file: Path) -> SourceFile:
    with module.stream() as stream:
        return read_source(service.root, file, stream.read())


class SectionChecker(BaseRawFileChecker):
    """The messages of one section: pylint wants those of a checker to share their first digits."""

    name = "turnstay-lint"

    def __init__(self, linter: PyLinter, section: str, rules: tuple[Rule, ...], run: Run) -> None:
        self.msgs = {message_id(rule): ("%s", rule.name, purpose(rule)) for rule in rules}
        super().__init__(linter)
        self.section = section
        self.run = run

    def process_module(self, node: nodes.Module) -> None:
        """Add the messages of the section to a file."""
        try:
            findings = self.run.findings(node)
        except ConfigurationError as error:
            self.linter.add_message("config-parse-error", line=0, args=str(error))
            return
        for finding in findings:
            if finding.code.startswith(self.section):
                self.add_message(
                    finding.name,
                    args=finding.message,
                    confidence=HIGH,
                    line=finding.span.line,
                    col_offset=finding.span.column,
                    end_lineno=finding.span.end_line,
                    end_col_offset=finding.span.end_column,
                )
