"""The pages say what the code says, and the README's commands are those that CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import document
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.handbook.conventions import sections

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("path", sorted(map(str, document.pages())))
def test_a_generated_page_is_fresh(path: str) -> None:
    wanted = document.pages()[Path(path)]
    assert (ROOT / path).read_text(encoding="utf-8") == wanted, "run python scripts/document.py"


def test_no_page_speaks_of_a_rule_that_is_gone() -> None:
    assert document.main(["--check"]) == 0


def test_every_rule_is_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = [rule.code for rule in all_rules() if f"{rule.code} {rule.name}" not in changelog]
    assert not missing


def test_the_readme_has_two_commands_and_ci_runs_the_second() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Two commands")[1].split("\n## ")[0]
    commands = re.findall(r"```sh\n(.*?)\n```", section, flags=re.DOTALL)
    assert len(commands) == 2
    assert all("\n" not in command for command in commands)
    assert commands[0].endswith("turnstay-lint fixtures/services/drifted")
    assert commands[1].endswith("tox")
    assert "tests -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_rule_is_some_convention_and_every_convention_has_one_or_a_reason() -> None:
    conventions = [c for section in sections() for c in section.conventions]
    named = {code for convention in conventions for code in convention.rules}
    assert named == {rule.code for rule in all_rules()}
    for convention in conventions:
        assert bool(convention.rules) != bool(convention.reason), convention.says


def test_the_page_of_the_handbook_has_every_rule_with_its_fix() -> None:
    text = (ROOT / "docs" / "handbook.md").read_text(encoding="utf-8")
    for rule in all_rules():
        assert f"[{rule.code}](rules/{rule.name}.md) {rule.name} (" in text, rule.code
