"""Each codemod as a command of libcst: ``python -m libcst.tool codemod -x MODULE.COMMAND PATH``.

MODULE is this one, COMMAND the rule's name in capitals and lower case: ``MissingResponseModel``.
The rule runs first, in the service that the file belongs to; then its safe fixes are made, with
``--unsafe-fixes`` the others too. What is left is a warning of libcst's.
"""

from __future__ import annotations

import argparse
import os
import re
from functools import cache
from pathlib import Path
from typing import ClassVar

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from turnstay_lint.engine.configuring.documentation import purpose
from turnstay_lint.engine.configuring.registry import all_rules, rule_named
from turnstay_lint.engine.mending.codemods import codemod_of
from turnstay_lint.engine.mending.fixing import fix, wants
from turnstay_lint.engine.services.roots import read_source
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Finding
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.file import UnparsableSource
from turnstay_lint.source.text import UnreadableText


class RuleCommand(CodemodCommand):
    """Fixes the findings of one rule, which ``ignore`` and ``select`` do not turn off here."""

    rule: ClassVar[Rule]

    def __init__(self, context: CodemodContext, unsafe_fixes: bool = False) -> None:
        super().__init__(context)
        self.unsafe_fixes = unsafe_fixes

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Add ``--unsafe-fixes``, as the command line has it."""
        arg_parser.add_argument(
            "--unsafe-fixes",
            action="store_true",
            help="make fixes too after which something may differ",
        )

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """Return the file with the rule's fixes made.

        Raises SkipFile for a file that Python cannot read, and ConfigurationError.
        """
        file = Path(os.path.abspath(self.context.filename or "stdin"))  # noqa: PTH100
        service = _services().of(file)
        try:
            source = read_source(service.root, file, tree.bytes)
        except (UnreadableText, UnparsableSource) as error:
            raise SkipFile(str(error)) from error
        rules = service.configuration.rules_for(str(file), (self.rule,))
        settings = service.configuration.settings
        made = fix(source, service.around(source), settings, rules, wants(self.unsafe_fixes))
        for crash in made.left.crashes:
            self.warn(f"{crash.code} failed: {crash.error}")
        for finding in made.left.findings:
            self.warn(_what_is_left(finding))
        if made.text == source.text:
            return tree
        return cst.parse_module(made.text, tree.config_for_parsing)


def _what_is_left(finding: Finding) -> str:
    reason = finding.unfixable or "its fix is unsafe, see --unsafe-fixes"
    place = f"{finding.span.line}:{finding.span.column + 1}"
    return f"{place}: {finding.code} {finding.message} ({reason})"


@cache
def _services() -> Services:
    """libcst makes a command for each file; in a process they share what they know of services."""
    return Services()


def command_name(rule: Rule) -> str:
    """Return the name of a rule's command: ``MissingResponseModel``."""
    return "".join(word.capitalize() for word in rule.name.split("-"))


@cache
def _command(name: str) -> type[RuleCommand] | None:
    """Make a command once, so that libcst's processes find the same class by its name."""
    rule = rule_named(re.sub(r"(?<=.)(?=[A-Z])", "-", name))
    if rule is None or command_name(rule) != name or codemod_of(rule.code) is None:
        return None
    description = f"{rule.code}, {rule.name}. {purpose(rule)}"
    made = {"__module__": __name__, "__doc__": description, "DESCRIPTION": description}
    return type(name, (RuleCommand,), {**made, "rule": rule})


def __getattr__(name: str) -> type[RuleCommand]:
    command = None if name.startswith("_") else _command(name)
    if command is None:
        raise AttributeError(f"there is no codemod {name} in {__name__}")
    return command


def __dir__() -> list[str]:
    commands = [command_name(rule) for rule in all_rules() if codemod_of(rule.code) is not None]
    return sorted([*globals(), *commands])
