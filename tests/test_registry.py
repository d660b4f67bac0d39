"""What holds for every rule, whoever writes it: names agree, and what a page says is true.

The examples on a rule's page are executed in the service of ``documentation_context``: Bad fires
this rule and no other that is on by default, Good is clean, and fixing Bad gives Good.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import turnstay_lint.codemods
from scripts.add_rule import SECTIONS
from tests.change_sets import changed
from tests.documentation_context import CONTEXT, examples, section_of
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.engine.configuring.registry import (
    all_rules,
    documentation_of,
    matching,
    module_of,
    rule_named,
)
from turnstay_lint.engine.configuring.registry import section_of as handbook_section
from turnstay_lint.engine.mending.codemods import codemod_of
from turnstay_lint.engine.mending.fixing import fix, wants
from turnstay_lint.engine.services.lint import lint
from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.file import SourceFile, UnparsableSource

TESTS = Path(__file__).resolve().parent
RULES = all_rules()
HEADINGS = ["What it does", "Why", "Bad", "Good", "Fix safety", "Options", "Known limits"]
UNREADABLE = "TSL000"  # what cannot be parsed has a page, and nothing that a rule could look at

ERRORS = frozenset(
    f"TSL{number:03}"
    for number in (
        *(0, 102, 201, 202, 203, 301, 302, 304, 306, 307, 308, 309, 316, 412),
        *(504, 505, 602, 604, 803, 901, 902, 905, 906),
    )
)
TITLES = re.compile(
    "[Hh]andbook|API Endpoint Patterns|Authentication & Authorization|Database Access Patterns"
    "|Schema Design|Dependency Injection|Error Handling|Testing Patterns|Middleware Architecture"
    "|Migration Workflow|Code Organization Rules|Quick Reference Checklist"
)

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")
readable_rule = pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if rule.code != UNREADABLE],
    ids=lambda rule: f"{rule.code}-{rule.name}",
)


def page(rule: Rule) -> str:
    return documentation_of(rule)


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


@every_rule
def test_names_agree(rule: Rule) -> None:
    section, module = handbook_section(rule), module_of(rule).rpartition(".")[2]
    assert re.fullmatch(r"TSL\d{3}", rule.code)
    assert module == rule.name.replace("-", "_"), "the module is named as the rule"
    assert rule.code[3] == SECTIONS[section], (
        f"codes of {section} begin with TSL{SECTIONS[section]}"
    )
    check = importlib.import_module(module_of(rule)).RULE.check
    assert check.__name__.startswith("find_"), "the finder reads find_..."
    assert rule_named(rule.code.lower()) is rule
    assert rule_named(rule.name) is rule
    assert matching([rule.code[:4]]) >= {rule.code}


@every_rule
def test_the_severity_is_the_catalog_s(rule: Rule) -> None:
    assert (rule.severity is Severity.ERROR) == (rule.code in ERRORS)


@every_rule
def test_a_rule_has_a_test(rule: Rule) -> None:
    name = f"test_{rule.name.replace('-', '_')}.py"
    path = TESTS / "rules" / handbook_section(rule) / name
    assert path.is_file(), f"{rule.code} has no test: {path.relative_to(TESTS.parent)}"


@every_rule
def test_the_page_has_its_sections_in_order(rule: Rule) -> None:
    assert re.findall(r"^### (.+)$", page(rule), re.MULTILINE) == HEADINGS
    for heading in HEADINGS:
        assert section_of(page(rule), heading), f"nothing stands below {heading!r}"
    assert TITLES.search(section_of(page(rule), "Why")), "Why names the handbook's section"
    assert examples(page(rule), "Bad"), "Bad has a python block"
    assert examples(page(rule), "Good"), "Good has a python block"


def test_every_codemod_is_a_rule_s() -> None:
    prefix = "turnstay_lint.codemods."
    for found in pkgutil.walk_packages(turnstay_lint.codemods.__path__, prefix):
        codemod = getattr(importlib.import_module(found.name), "CODEMOD", None)
        if isinstance(codemod, Codemod):
            rule = rule_named(codemod.code)
            assert rule is not None, f"{found.name} speaks of {codemod.code}, which is no rule"
            wanted = module_of(rule).replace("turnstay_lint.rules.", prefix)
            assert found.name == wanted, f"the codemod of {rule.code} belongs into {wanted}"


def sources(files: dict[str, str]) -> dict[str, SourceFile]:
    return {path: SourceFile.from_text(path, text) for path, text in files.items()}


def service(files: dict[str, SourceFile]) -> Project:
    around = sources({path: text for path, text in CONTEXT.items() if path not in files})
    return Project.of((*files.values(), *around.values()), Settings())


def found_in(files: dict[str, str], rule: Rule) -> list[Finding]:
    """Return what the default rules, and this one, say of an example's files."""
    read = sources(files)
    project = service(read)
    rules = [each for each in RULES if each.default or each is rule]
    findings: list[Finding] = []
    for source in read.values():
        verdict = lint(source, project, Settings(), rules)
        assert not verdict.crashes, verdict.crashes
        findings += verdict.findings
    return findings


def told(findings: list[Finding]) -> list[str]:
    return [f"{f.path}:{f.span.line}: {f.code} {f.message}" for f in findings]


def fixed(files: dict[str, str], rule: Rule) -> dict[str, str]:
    read = sources(files)
    made = {}
    for path, source in read.items():
        result = fix(source, service(read), Settings(), [rule], wants(True))
        assert not result.problem, f"{path}: {result.problem}"
        made[path] = result.text
    return made


def all_changed(files: dict[str, str], rule: Rule) -> dict[str, str]:
    result = changed(files, rule.code)
    made = {**files, **result.files}
    return {path: text for path, text in made.items() if path not in result.gone}


def test_the_context_is_clean() -> None:
    assert RULES
    assert not told(found_in(CONTEXT, RULES[0]))


@readable_rule
def test_bad_fires_this_rule_alone(rule: Rule) -> None:
    for files in examples(page(rule), "Bad"):
        findings = found_in(files, rule)
        assert findings, f"a Bad example of {rule.code} fires nothing"
        others = [finding for finding in findings if finding.code != rule.code]
        assert not told(others), f"a Bad example of {rule.code} fires other rules too"


@pytest.mark.parametrize("rule", [r for r in RULES if not r.in_tests], ids=lambda r: r.code)
def test_a_rule_that_is_not_asked_of_tests_says_nothing_of_them(rule: Rule) -> None:
    for files in examples(page(rule), "Bad"):
        bad = next(f.path for f in found_in(files, rule) if f.code == rule.code)
        moved = {path: text for path, text in files.items() if path != bad}
        moved["app/tests/test_bad.py"] = files[bad]
        left = [f for f in found_in(moved, rule) if f.code == rule.code]
        assert not [f for f in left if f.path == "app/tests/test_bad.py"]


@readable_rule
def test_good_is_clean(rule: Rule) -> None:
    for files in examples(page(rule), "Good"):
        assert not told(found_in(files, rule)), f"a Good example of {rule.code} is not clean"


@readable_rule
def test_fixing_bad_gives_good(rule: Rule) -> None:
    bad, good = examples(page(rule), "Bad"), examples(page(rule), "Good")
    if codemod_of(rule.code) is None:
        for files in bad:
            offered = [f for f in found_in(files, rule) if f.fix is not None]
            assert not told(offered), f"{rule.code} offers a fix and has no codemod"
        return
    offered = [f for files in bad for f in found_in(files, rule) if f.fix is not None]
    assert offered, f"{rule.code} has a codemod, and no Bad example that it fixes"
    several = all(f.fix is not None and f.fix.is_change_set for f in offered)
    for before, after in zip(bad, good, strict=True):
        made = all_changed(before, rule) if several else fixed(before, rule)
        assert made == after


@pytest.mark.parametrize("heading", ["Bad", "Good"])
def test_what_cannot_be_read_is_bad(heading: str) -> None:
    rule = rule_named(UNREADABLE)
    assert rule is not None
    for files in examples(page(rule), heading):
        if heading == "Good":
            sources(files)
        else:
            with pytest.raises(UnparsableSource):
                sources(files)
