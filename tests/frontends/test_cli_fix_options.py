"""Which fixes are made, how the run ends, and how it is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.engine.services import FIXED, LAZY, write
from tests.engine.words import rule, use, words
from tests.frontends.command_line import CommandLine
from turnstay_lint.findings import Finding
from turnstay_lint.rules.rule import Look

ONLY = ("--select", "TSL306")
UNSAFE = LAZY.replace('("Company")', '("Account", remote_side="Account.id")')


def configured(command: CommandLine, table: str, source: str = LAZY) -> None:
    write(command.folder, {"pyproject.toml": f"[tool.turnstay-lint]\n{table}\n", "a.py": source})


def read(command: CommandLine) -> str:
    return (command.folder / "a.py").read_text()


def test_fix_only_is_clean_whatever_is_left(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY, "b.py": UNSAFE})
    ended = command(*ONLY, "--fix-only")
    assert (ended.status, ended.errors) == (0, "")
    assert ended.output == "fixed 1 in 1 file, 0.00 s\n"
    assert read(command) == FIXED


def test_fix_only_hides_nothing_that_could_not_be_read(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY, "b.py": "def f(:\n"})
    ended = command(*ONLY, "--fix-only", "--output-format", "concise")
    assert ended.status == 2
    assert ended.output.startswith("b.py:1:7: TSL000 syntax error")


@pytest.mark.parametrize(
    ("source", "arguments", "status"),
    [
        (LAZY, ("--fix",), 1),
        (LAZY, ("--fix-only",), 1),
        (FIXED, ("--fix",), 0),
        (UNSAFE, ("--fix-only",), 0),
        (LAZY, ("--fix", "--exit-zero"), 0),
    ],
)
def test_a_run_that_changed_something_can_be_told(
    command: CommandLine, source: str, arguments: tuple[str, ...], status: int
) -> None:
    write(command.folder, {"a.py": source})
    assert command(*ONLY, *arguments, "--exit-non-zero-on-fix").status == status


@pytest.mark.parametrize(
    ("table", "arguments", "made"),
    [
        ("", (), True),
        ("unfixable = ['TSL306']", (), False),
        ("unfixable = ['TSL3']", (), False),
        ("fixable = ['TSL9']", (), False),
        ("fixable = ['lazy-relationship']\nunfixable = ['TSL3']", (), True),
        ("fixable = ['TSL306']\nunfixable = ['TSL306']", (), False),
        ("", ("--unfixable", "TSL306"), False),
        ("", ("--fixable", "TSL1,TSL9"), False),
        ("unfixable = ['TSL306']", ("--fixable", "TSL306"), True),
        ("fixable = ['TSL9']", ("--fixable", "ALL", "--unfixable", "TSL306"), False),
    ],
)
def test_which_rules_are_fixed(
    command: CommandLine, table: str, arguments: tuple[str, ...], made: bool
) -> None:
    configured(command, table)
    ended = command(*ONLY, "--fix", "--show-fixes", *arguments)
    assert (read(command) == FIXED) == made
    assert ended.status == (not made)
    if not made:
        assert "the configuration says that this rule's findings are not to be" in ended.output
        assert "TSL306 (lazy-relationship): 1 skipped" in ended.output


@pytest.mark.parametrize(
    ("table", "source", "arguments", "changed"),
    [
        ("extend-unsafe-fixes = ['TSL306']", LAZY, (), False),
        ("extend-unsafe-fixes = ['TSL306']", LAZY, ("--unsafe-fixes",), True),
        ("extend-safe-fixes = ['TSL306']", UNSAFE, (), True),
        ("extend-safe-fixes = ['TSL306']\nextend-unsafe-fixes = ['TSL3']", UNSAFE, (), True),
        ("extend-safe-fixes = ['TSL3']\nextend-unsafe-fixes = ['TSL3']", LAZY, (), False),
    ],
)
def test_how_safe_a_rules_fixes_are_held_to_be(
    command: CommandLine, table: str, source: str, arguments: tuple[str, ...], changed: bool
) -> None:
    configured(command, table, source)
    ended = command(*ONLY, "--fix", *arguments)
    assert (read(command) != source) == changed
    assert ended.status == (not changed)


@pytest.mark.parametrize(
    "key", ["fixable", "unfixable", "extend-safe-fixes", "extend-unsafe-fixes"]
)
def test_a_rule_that_there_is_not(command: CommandLine, key: str) -> None:
    configured(command, f"{key} = ['TSL3O6']")
    ended = command()
    assert ended.status == 2
    assert ended.errors == (
        f"turnstay-lint: pyproject.toml: [tool.turnstay-lint] {key}: there is no rule 'TSL3O6'; "
        "did you mean 'TSL306'?\n"
    )
    if key.endswith("fixable"):
        ended = command(f"--{key}", "lazy-relation", "--isolated")
        assert (ended.status, ended.output) == (2, "")
        assert ended.errors == (
            f"turnstay-lint: --{key}: there is no rule 'lazy-relation'; "
            "did you mean 'lazy-relationship'?\n"
        )


def test_json_after_fixes_says_what_became_of_each_rules(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY, "b.py": UNSAFE})
    assert len(json.loads(command(*ONLY, "--output-format", "json").output)) == 2
    ended = command(*ONLY, "--fix", "--output-format", "json")
    said = json.loads(ended.output)
    assert [finding["filename"] for finding in said.pop("findings")] == ["b.py"]
    counts = {"code": "TSL306", "name": "lazy-relationship"}
    assert said == {
        "fixes": [{**counts, "applied": 1, "skipped": 1, "refused": 0}],
        "changed": ["a.py"],
        "moved": [],
    }
    clean = json.loads(command("--select", "TSL905", "--fix", "--output-format", "json").output)
    assert clean == {"findings": [], "fixes": [], "changed": [], "moved": []}


def test_a_cycle_is_one_line_and_a_status_of_its_own(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, words("TSL101", {"one": "two"}), words("TSL102", {"two": "one"}))
    write(command.folder, {"a.py": "one\n"})
    ended = command("--fix", "--exit-zero", "--output-format", "concise")
    assert (ended.status, read(command)) == (2, "one\n")
    assert ended.errors == (
        "a.py: the fixes of TSL101 and TSL102 undo each other; they were taken back. "
        "Please report this\n"
    )
    assert ended.output.splitlines()[-1].endswith("the fixes of 1 file failed, 0.00 s")


def failing(look: Look) -> Iterator[Finding]:
    if look.source.path == "a.py":
        raise ZeroDivisionError("by design")
    yield from ()


def test_a_rule_that_fails_is_a_finding_of_that_rule(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(
        monkeypatch,
        rule("TSL101", failing, uses_project=False),
        words("TSL102", {"bad": "good"}),
    )
    write(command.folder, {"a.py": "bad\n", "b.py": "bad\n"})
    ended = command("--output-format", "json", "-q")
    assert ended.status == 2
    assert [(f["filename"], f["code"], f["message"]) for f in json.loads(ended.output)] == [
        ("a.py", "TSL101", "failed on this file (ZeroDivisionError: by design)"),
        ("a.py", "TSL102", "bad is said"),
        ("b.py", "TSL102", "bad is said"),
    ]
    [line] = ended.errors.splitlines()
    assert line == (
        "a.py: TSL101 failed (ZeroDivisionError: by design); the other rules went on. "
        "Please report this"
    )
    ended = command("--fix", "--verbose", "--output-format", "concise")
    assert (ended.status, read(command)) == (2, "good\n")
    trace = [line for line in ended.errors.splitlines() if line.startswith("    ")]
    assert 1 <= len(trace) <= 4
    assert trace[-1].endswith('in failing: raise ZeroDivisionError("by design")')


def test_a_codemod_that_fails_is_the_finding_that_it_was_for(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from turnstay_lint.codemods.codemod import Codemod
    from turnstay_lint.codemods.edits import Edits

    def fix(finding: Finding, edits: Edits) -> None:
        if finding.code == "TSL101":
            raise ZeroDivisionError("by design")
        edits.replace_span(finding.span, "good")

    use(monkeypatch, words("TSL101", {"odd": "even"}), words("TSL102", {"bad": "good"}))
    monkeypatch.setattr(
        "turnstay_lint.engine.mending.making.codemod_of", lambda code: Codemod(code, fix)
    )
    write(command.folder, {"a.py": "odd\nbad\n"})
    dry = command("--diff", "--verbose")
    assert dry.status == 2
    assert "a.py: the fix of TSL101 failed (ZeroDivisionError: by design)" in dry.errors
    ended = command("--fix", "--show-fixes", "--verbose")
    assert (ended.status, read(command)) == (2, "odd\ngood\n")
    assert "no fix: its codemod failed: ZeroDivisionError: by design" in ended.output
    assert "TSL101 (missing-response-model): 1 refused" in ended.output
    assert 'in fix: raise ZeroDivisionError("by design")' in ended.errors


def test_the_help_has_its_options_under_headings(command: CommandLine) -> None:
    said = command("--help").output
    headings = [line for line in said.splitlines() if line.endswith(":") and line[:1].strip()]
    assert headings == [
        "Fixing:",
        "Which rules:",
        "Which files and configuration:",
        "What is said, and how it ends:",
        "Other options:",
    ]
    fixing = said.partition("Fixing:")[2].partition("Which rules:")[0]
    for option in (
        "--fix ",
        "--unsafe-fixes",
        "--diff",
        "--interactive",
        "--fix-only",
        "--fixable",
    ):
        assert f"\n  {option}" in fixing
