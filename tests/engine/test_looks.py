"""How much of a service is looked at again after a round of fixes."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import test_change_sets as several
from tests.engine.services import write
from tests.engine.words import rule, use, while_broken, words
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.findings import Finding, Related
from turnstay_lint.rules.rule import Look, Rule

OTHERS = {f"other{n}.py": f"x{n} = {n}\n" for n in range(30)}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"pyproject.toml": ""})


def mended(folder: Path, files: dict[str, str]) -> Report:
    return repair([write(folder, files)], Options(jobs=1), unsafe_too=True)


def counting(looked: Counter[str]) -> Rule:
    """Return a rule that counts how often it is shown each file, and finds nothing."""

    def find(look: Look) -> Iterator[Finding]:
        looked[look.source.path] += 1
        yield from ()

    return rule("TSL105", find, uses_project=True)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    return Counter()


def test_what_one_file_becomes_step_by_step_is_looked_at_alone_and_all_at_the_end(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: Counter[str] = Counter()
    steps = words("TSL101", {"one": "two", "two": "three", "three": "four"})
    use(monkeypatch, steps, counting(looked))
    mended(here, {**OTHERS, "a.py": "one\n"})
    assert (here / "a.py").read_text() == "four\n"
    assert looked["a.py"] == 5
    assert {looked[path] for path in OTHERS} == {2}


def test_what_black_lays_out_is_looked_at_alone(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: Counter[str] = Counter()
    use(monkeypatch, words("TSL101", {"one": "two( )"}), counting(looked))
    mended(here, {**OTHERS, "a.py": "one\n"})
    assert (here / "a.py").read_text() == "two()\n"
    assert looked["a.py"] == 4
    assert {looked[path] for path in OTHERS} == {2}


def test_a_finding_shows_where_a_line_is_that_black_moved_in_another_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(look: Look) -> Iterator[Finding]:
        for node in ast.walk(look.source.tree):
            if isinstance(node, ast.Name) and node.id == "victim":
                there = look.project.modules["a"].variables["mark"].span
                related = (Related("a.py", there, "it is here"),)
                yield look.finding(node, "victim", unfixable="so it is", related=related)

    long = f"call({'a' * 50}, {'b' * 50})"
    use(monkeypatch, words("TSL101", {"odd": long}), rule("TSL301", find, uses_project=True))
    report = mended(here, {**OTHERS, "a.py": "odd\nmark = 1\n", "b.py": "victim\n"})
    assert (here / "a.py").read_text().splitlines().index("mark = 1") == 4
    assert [finding.related[0].span.line for finding in report.findings] == [5]


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch, looked: Counter[str]) -> Counter[str]:
    """Fixes of two files each, and a rule that finds what one of them does to a third."""
    use(monkeypatch, several.RULE, while_broken("TSL301"), counting(looked))
    codemod = Codemod("TSL306", several.move, several.define)
    monkeypatch.setattr("turnstay_lint.engine.mending.making.codemod_of", lambda code: codemod)
    return looked


def test_few_change_sets_are_proven_together_in_one_look(here: Path, sets: Counter[str]) -> None:
    wants = {"a.py": "WANT('one', 'x.py')\nWANT('two', 'x.py')\nWANT('one', 'y.py')\n"}
    report = mended(here, {**OTHERS, **wants, "x.py": "", "y.py": "", "b.py": "victim\n"})
    assert (here / "a.py").read_text() == "one\ntwo\none\n"
    assert report.fixed == 3
    assert {sets[path] for path in OTHERS} == {2}


def test_a_change_set_whose_harm_only_a_look_at_all_shows_is_refused_and_others_are_made(
    here: Path, sets: Counter[str]
) -> None:
    wants = {"a.py": "WANT('broken', 'x.py')\n", "c.py": "WANT('fine', 'y.py')\n"}
    report = mended(here, {**OTHERS, **wants, "x.py": "", "y.py": "", "b.py": "victim\n"})
    assert (here / "a.py").read_text() == wants["a.py"]
    assert (here / "x.py").read_text() == ""
    assert (here / "c.py").read_text() == "fine\n"
    assert (here / "y.py").read_text() == "fine = 'fine'\n"
    [finding] = report.findings
    assert finding.unfixable == (
        "its fix was taken back: a new finding would appear in b.py: TSL301"
    )


def test_what_a_later_round_did_is_not_held_against_an_earlier_one(
    here: Path, sets: Counter[str]
) -> None:
    wants = "WANT('one', 'x.py', 'new.py+')\nWANT('broken', 'x.py', 'new.py+')\n"
    report = mended(here, {**OTHERS, "a.py": wants, "x.py": "", "b.py": "victim\n"})
    assert (here / "a.py").read_text() == "one\nWANT('broken', 'x.py', 'new.py+')\n"
    assert (here / "new.py").read_text() == "one = 'one'\n"
    assert len(report.findings) == 1
