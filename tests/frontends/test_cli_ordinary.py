"""A command line that is read without click says what click makes of it."""

import pytest

from turnstay_lint.frontends.cli.checking import command
from turnstay_lint.frontends.cli.options import CHOICE, COUNT, FLAG, OPTIONS, Option
from turnstay_lint.frontends.cli.ordinary import read


def as_click_reads(*words: str) -> dict[str, object]:
    context = command.make_context("turnstay-lint", list(words))
    return {name: value for name, value in context.params.items() if name != "version"}


@pytest.mark.parametrize(
    "words",
    [
        (),
        (".",),
        ("app", "tests/test_a.py", "--exit-zero"),
        ("--no-cache", "-q", "app", "-v"),
        ("--select", "TSL3,TSL101", "--select=lazy-relationship", "--ignore", " TSL301 , "),
        ("--fixable=ALL", "--unfixable", "TSL0", "--fix", "--unsafe-fixes", "--diff"),
        ("--output-format", "concise", "--output-format=json", "--jobs", "2", "--jobs=07"),
        ("--cache-dir", "kept", "--config=a.toml", "--since", "HEAD~2", "--isolated"),
        ("--stdin-filename", "a.py", "--config", "", "--since="),
    ],
)
def test_what_is_ordinary_is_read_as_click_does(words: tuple[str, ...]) -> None:
    assert read(words) == as_click_reads(*words)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_each_option_has_the_same_value_where_it_is_said(option: Option) -> None:
    text = {FLAG: (), CHOICE: ("sarif",), COUNT: ("3",)}.get(option.takes, ("TSL1",))
    for word in option.written:
        assert read([word, *text]) == as_click_reads(word, *text)


@pytest.mark.parametrize(
    "words",
    [
        ("-h",),
        ("--help",),
        ("--version",),
        ("-qv",),
        ("-",),
        ("--", "app"),
        ("--fix=1",),
        ("-q=1",),
        ("--fixe",),
        ("--select",),
        ("--select", "--fix"),
        ("--jobs", "0"),
        ("--jobs", "two"),
        ("--jobs", "²"),
        ("--output-format", "xml"),
    ],
)
def test_anything_else_is_left_to_click(words: tuple[str, ...]) -> None:
    assert read(words) is None


def test_the_folder_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("kept", ""):
        monkeypatch.setenv("TURNSTAY_CACHE_DIR", value)
        assert read(["."]) == as_click_reads(".")
        assert read(["--cache-dir=other"]) == as_click_reads("--cache-dir=other")


def test_a_shell_that_completes_asks_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TURNSTAY_LINT_COMPLETE", "bash_source")
    assert read(["."]) is None
