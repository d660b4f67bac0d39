"""Whose fixes did harm to files that they did not change."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.services import write
from tests.engine.words import rule, use, while_broken, words
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.findings import Finding
from turnstay_lint.rules.rule import Look

HARM = "its fix was taken back: a new finding would appear in b.py: TSL301; "
GOOD = words("TSL001", {"bad": "good"})
BREAKING = words("TSL101", {"fine": "broken", "odd": "even"})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"pyproject.toml": ""})


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(folder.glob("*.py"))}


def mended(folder: Path, files: dict[str, str]) -> Report:
    return repair([write(folder, files)], Options(jobs=1), unsafe_too=True)


def test_only_the_rule_that_harms_another_file_is_left_out_and_only_where_it_does(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GOOD, BREAKING, while_broken("TSL301"))
    own = {f"{name}.py": f"odd = bad = '{name}'\n" for name in "acdegh"}
    report = mended(here, {**own, "b.py": "victim\n", "f.py": "fine = bad = odd = 1\n"})
    made = {f"{name}.py": f"even = good = '{name}'\n" for name in "acdegh"}
    assert contents(here) == {**made, "b.py": "victim\n", "f.py": "fine = good = odd = 1\n"}
    assert {f.unfixable for f in report.findings} == {HARM + "other rules' fixes go on without it"}
    assert {f.path for f in report.findings} == {"f.py"}


def test_each_of_two_files_that_do_the_harm_together_is_found(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GOOD, BREAKING, while_broken("TSL301"))
    mended(here, {"a.py": "fine = bad\n", "b.py": "victim\n", "c.py": "fine = bad\n"})
    assert contents(here) == {"a.py": "fine = good\n", "b.py": "victim\n", "c.py": "fine = good\n"}


def test_a_rule_that_fails_on_another_file_since_then(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(look: Look) -> Iterator[Finding]:
        if any("broken" in one.variables for one in look.project.modules.values()):
            assert "victim" not in look.source.words
        yield from ()

    use(monkeypatch, GOOD, BREAKING, rule("TSL301", fail, uses_project=True))
    mended(here, {"a.py": "fine = bad\n", "b.py": "victim\n", "c.py": "odd = bad\n"})
    assert contents(here) == {"a.py": "fine = good\n", "b.py": "victim\n", "c.py": "even = good\n"}


def test_what_two_rules_of_a_file_do_together_leaves_both_out_there(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(look: Look) -> Iterator[Finding]:
        said = {name for one in look.project.modules.values() for name in one.variables}
        for node in ast.walk(look.source.tree):
            if isinstance(node, ast.Name) and node.id == "victim" and said & {"good", "broken"}:
                yield look.finding(node, "victim suffers", unfixable="it is elsewhere")

    use(monkeypatch, GOOD, BREAKING, rule("TSL301", find, uses_project=True))
    mended(here, {"a.py": "fine = bad = 1\n", "b.py": "victim\n", "c.py": "odd = 1\n"})
    assert contents(here) == {
        "a.py": "fine = bad = 1\n",
        "b.py": "victim\n",
        "c.py": "even = 1\n",
    }
