"""Which rules there are, found by walking ``rules/`` when asked."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache

import turnstay_lint.rules
from turnstay_lint.engine.configuring.rule_index import Defined, note_index, read_index
from turnstay_lint.rules.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of its code."""
    return tuple(sorted((rule for rule, _ in _defined()), key=lambda rule: rule.code))


@cache
def _modules() -> dict[str, str]:
    return {rule.code: module for rule, module in _defined()}


@cache
def _defined() -> tuple[Defined, ...]:
    found = read_index()
    if found is None:
        found = list(_walk())
        note_index(found)
    return tuple(found)


def import_rules(rules: Iterable[Rule]) -> None:
    """Import the modules of rules, before processes are forked that would each do so."""
    for rule in rules:
        importlib.import_module(module_of(rule))


def _walk() -> Iterator[tuple[Rule, str]]:
    import pkgutil

    for section in pkgutil.iter_modules(turnstay_lint.rules.__path__, "turnstay_lint.rules."):
        if not section.ispkg:
            continue
        package = importlib.import_module(section.name)
        for found in pkgutil.iter_modules(package.__path__, f"{section.name}."):
            module = importlib.import_module(found.name)
            rule = getattr(module, "RULE", None)
            if isinstance(rule, Rule):
                yield rule, found.name


def module_of(rule: Rule) -> str:
    """Return the dotted name of the module that defines a rule."""
    return _modules()[rule.code]


def section_of(rule: Rule) -> str:
    """Return the handbook's section of a rule, which is the name of its folder."""
    return module_of(rule).split(".")[-2]


def documentation_of(rule: Rule) -> str:
    """Return a rule's documentation: the docstring of its module, in Markdown."""
    return (importlib.import_module(module_of(rule)).__doc__ or "").strip()


def has_codemod(rule: Rule) -> bool:
    """Tell whether a rule has a codemod, without importing it."""
    return importlib.util.find_spec(codemod_module_of(rule)) is not None


def codemod_module_of(rule: Rule) -> str:
    """Return the dotted name that the module of a rule's codemod would have."""
    return module_of(rule).replace("turnstay_lint.rules.", "turnstay_lint.codemods.", 1)


def rule_named(word: str) -> Rule | None:
    """Return the rule with that code or name, whatever the case of its letters, or None."""
    wanted = word.strip().lower()
    return next((r for r in all_rules() if wanted in (r.code.lower(), r.name)), None)


def matching(prefixes: Iterable[str]) -> set[str]:
    """Return the codes that the given codes, code prefixes (``TSL3``), names or ``ALL`` select.

    Raises KeyError with the first word that selects nothing.
    """
    chosen: set[str] = set()
    for prefix in prefixes:
        word = prefix.strip()
        codes = {
            rule.code
            for rule in all_rules()
            if word.upper() == "ALL"
            or rule.name == word.lower()
            or (word.upper().startswith("TSL") and rule.code.startswith(word.upper()))
        }
        if not codes:
            raise KeyError(word)
        chosen |= codes
    return chosen
