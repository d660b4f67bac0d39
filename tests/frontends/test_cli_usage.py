import json

import pytest

from tests.engine.services import LAZY, write
from tests.frontends.command_line import CommandLine
from turnstay_lint.engine.configuring.registry import all_rules


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ap",), "no such file or folder: 'ap'; did you mean 'app'?"),
        (
            ("app/model.py",),
            "no such file or folder: 'app/model.py'; did you mean 'app/models.py'?",
        ),
        (("none/x.py",), "no such file or folder: 'none/x.py'"),
        (("--select", "TSL3066"), "--select: there is no rule 'TSL3066'; did you mean 'TSL306'?"),
        (
            ("--select", "TSL306,lazy-relation"),
            "--select: there is no rule 'lazy-relation'; did you mean 'lazy-relationship'?",
        ),
        (("--ignore", "nonsense"), "--ignore: there is no rule 'nonsense'"),
        (("--config", "no.toml"), "no.toml: No such file or directory"),
        (("--config", "app/models.py"), "app/models.py: is not TOML: "),
        (("-", "app"), "`-` is standard input, and goes without other paths"),
        (
            ("--stdin-filename", "x.py", "app"),
            "--stdin-filename goes with `-`, without other paths",
        ),
        (("rule", "TSL3O6"), "there is no rule 'TSL3O6'; did you mean 'TSL306'?"),
        (
            ("--fix", "rules"),
            "'rules' names a subcommand and comes first, before options: turnstay-lint rules; "
            "for the path of that name say ./rules",
        ),
    ],
)
def test_wrong_usage_is_one_line(
    command: CommandLine, arguments: tuple[str, ...], message: str
) -> None:
    write(command.folder, {"app/models.py": LAZY})
    ended = command(*arguments, "--exit-zero") if arguments[0] != "rule" else command(*arguments)
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors.startswith(f"turnstay-lint: {message}")
    assert ended.errors.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--bogus",), ("--output-format", "jsn"), ("--jobs", "0")])
def test_unknown_options_and_values(command: CommandLine, arguments: tuple[str, ...]) -> None:
    ended = command(*arguments)
    assert (ended.status, ended.output) == (2, "")
    assert "Error: " in ended.errors


def test_a_wrong_configuration_is_one_line_even_deep_in_the_tree(command: CommandLine) -> None:
    table = "[tool.turnstay-lint]\ntenent-column = 'x'\n"
    write(command.folder, {"service/pyproject.toml": table, "service/app/a.py": ""})
    ended = command("--exit-zero")
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors == (
        "turnstay-lint: service/pyproject.toml: [tool.turnstay-lint] has no key 'tenent-column'; "
        "did you mean 'tenant-column'?\n"
    )


def test_a_first_word_that_names_a_subcommand_is_one(command: CommandLine) -> None:
    ended = command("rules")
    assert (ended.status, ended.errors) == (0, "")
    assert [line[:6] for line in ended.output.splitlines()] == [r.code for r in all_rules()]


@pytest.mark.parametrize("word", ["rules", "rule", "check"])
def test_a_hint_where_a_path_has_that_name(command: CommandLine, word: str) -> None:
    write(command.folder, {f"{word}/a.py": LAZY, "b.py": LAZY})
    hint = (
        f"turnstay-lint: {word!r} names a subcommand; to check the path of that name: "
        f"turnstay-lint check {word}, or ./{word}\n"
    )
    arguments = [word, "TSL306"] if word == "rule" else [word]
    assert command(*arguments).errors == hint
    only = ("-q", "--select", "TSL306", "--output-format", "concise")
    for named in (("check", word), (f"./{word}",), ("check", *only, word)):
        ended = command(*named, *only)
        assert [line[: len(word)] for line in ended.output.splitlines()] == [word]


def test_check_may_come_after_options_too(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command("--select", "TSL306", "-q", "check", "a.py")
    assert (ended.status, ended.errors) == (1, "")


def test_a_rule_is_explained_by_code_or_name(command: CommandLine) -> None:
    by_code, by_name = command("rule", "tsl306"), command("rule", "lazy-relationship")
    assert by_code == by_name
    assert by_code.status == 0
    assert by_code.output.startswith(
        "# lazy-relationship (TSL306)\n\n"
        "error · on by default · has fixes · handbook: database\n\n"
        "## What it does\n\n"
    )
    assert by_code.output.endswith("/docs/rules/lazy-relationship.md\n")
    assert "```python\n" in by_code.output


def test_rules_for_programs(command: CommandLine) -> None:
    described = json.loads(command("rules", "--output-format", "json").output)
    assert [rule["code"] for rule in described] == [rule.code for rule in all_rules()]
    lazy = next(rule for rule in described if rule["code"] == "TSL306")
    assert {key: lazy[key] for key in ("name", "section", "severity", "default", "fixable")} == {
        "name": "lazy-relationship",
        "section": "database",
        "severity": "error",
        "default": True,
        "fixable": True,
    }


def test_an_interrupted_run_looks_like_no_other(command: CommandLine) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    command.monkeypatch.setattr("turnstay_lint.frontends.cli.fulfilling.check", interrupt)
    ended = command()
    assert (ended.status, ended.output, ended.errors) == (130, "", "")


def test_a_fault_of_its_own_never_looks_like_findings(command: CommandLine) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by design")

    command.monkeypatch.setattr("turnstay_lint.frontends.cli.fulfilling.check", fail)
    ended = command("--exit-zero")
    assert (ended.status, ended.output) == (2, "")
    assert ended.errors.splitlines()[-2:] == [
        "ZeroDivisionError: by design",
        "turnstay-lint: this is a fault of turnstay-lint; please report it",
    ]
