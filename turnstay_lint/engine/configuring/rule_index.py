"""What rules say of themselves, so that a rule is imported only when it is to look.

Importing all of them takes longer than most checks. So it is noted beside Python's own compiled
files, under the same conditions: what does not fit the files that are there is made anew, and
where nothing can be written everything is imported.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

import turnstay_lint.rules
from turnstay_lint.engine.keeping.identity import program
from turnstay_lint.findings import Applicability, Finding, Severity
from turnstay_lint.rules.rule import Look, Rule

Defined = tuple[Rule, str]
"""A rule, and the dotted name of its module."""


class Deferred(Struct, frozen=True):
    """The check of a rule whose module is imported when it is called for the first time."""

    module: str

    def __call__(self, look: Look) -> Iterable[Finding]:
        """Look, as the rule does."""
        return _rule_of(self.module).check(look)


@cache
def _rule_of(module: str) -> Rule:
    rule: Rule = import_module(module).RULE
    return rule


def read_index() -> list[Defined] | None:
    """Return the rules that were noted, None where that does not fit the files any more."""
    try:
        noted = json.loads(_file().read_text("utf-8"))
        if noted["program"] != program():
            return None
        return [(_rule(said, module), module) for module, said in noted["rules"]]
    except (OSError, ValueError, KeyError, TypeError, NotImplementedError):
        return None


def note_index(defined: Iterable[Defined]) -> None:
    """Note what rules say of themselves, where that can be."""
    if sys.dont_write_bytecode:
        return
    rules = [(module, _said(rule)) for rule, module in defined]
    content = json.dumps({"program": program(), "rules": rules})
    try:
        file = _file()
        temporary = file.with_suffix(f".{os.getpid()}.part")
        temporary.write_text(content, "utf-8")
        temporary.replace(file)
    except (OSError, NotImplementedError):
        return


def _file() -> Path:
    compiled = Path(cache_from_source(str(turnstay_lint.rules.__file__)))
    return compiled.with_name(f"rules.{sys.implementation.cache_tag}.json")


def _said(rule: Rule) -> dict[str, object]:
    said = asdict(rule)
    del said["check"]
    kind = rule.applicability
    values = {"severity": rule.severity.value, "applicability": kind.value if kind else None}
    return {**said, **values}


def _rule(said: dict[str, object], module: str) -> Rule:
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in said.items()}
    kind = values["applicability"]
    values["severity"] = Severity(values["severity"])
    values["applicability"] = Applicability(kind) if kind is not None else None
    return Rule(check=Deferred(module), **values)  # type: ignore[arg-type]
