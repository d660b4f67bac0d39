"""``--fix --interactive``: what is shown, what is asked, and what each answer does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.engine.services import LAZY, write
from tests.frontends.command_line import CommandLine
from tests.frontends.test_cli_fixing import LACKING

ONLY = ("--select", "TSL306", "--fix", "--interactive", "--output-format", "concise")
TWO = LAZY + '    parent = relationship("Parent")\n'
SECOND = '    parent = relationship("Parent", lazy="selectin")\n'
QUESTION = "Fix it? [y]es, [n]o, [a]ll of TSL306, n[o]ne of TSL306, [q]uit: "


def loaded(command: CommandLine, name: str = "a.py") -> list[str]:
    lines = (command.folder / name).read_text().splitlines()
    return [line.split()[0] for line in lines if 'lazy="selectin"' in line]


def test_one_fix_with_its_difference_and_its_question(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY})
    ended = command(*ONLY, stdin=b"y\n")
    assert (ended.status, ended.errors) == (0, "")
    assert ended.output == (
        "a.py:6:15: TSL306 [*] `Account.company` is loaded when it is read, "
        "which an async session cannot do\n"
        '  fix: Load it with lazy="selectin" (--fix)\n'
        "--- a/a.py\n+++ b/a.py\n@@ -3,4 +3,4 @@\n \n \n class Account:\n"
        '-    company = relationship("Company")\n'
        '+    company = relationship("Company", lazy="selectin")\n'
        f"{QUESTION}\n"
        "fixed 1 in 1 file, 0 findings left in 1 file, 0.00 s\n"
    )


@pytest.mark.parametrize(
    ("answers", "first", "second", "asked"),
    [
        ("y\ny\n", ["company", "parent"], [], 3),
        ("n\nyes\n", ["parent"], [], 3),
        ("y\nno\nn\nY\n", ["company"], ["parent"], 4),
        ("n\na\n", ["parent"], ["company", "parent"], 2),
        ("all\n", ["company", "parent"], ["company", "parent"], 1),
        ("y\no\n", ["company"], [], 2),
        ("none\n", [], [], 1),
        ("y\nq\n", ["company"], [], 2),
        ("y\ny\ny\nquit\n", ["company", "parent"], ["company"], 4),
        ("", [], [], 1),
        ("maybe\n\ny\n", ["company"], [], 4),
    ],
)
def test_answers(
    command: CommandLine, answers: str, first: list[str], second: list[str], asked: int
) -> None:
    write(command.folder, {"a.py": TWO, "b.py": TWO})
    ended = command(*ONLY, stdin=answers.encode())
    assert (loaded(command), loaded(command, "b.py")) == (first, second)
    assert ended.output.count(QUESTION) == asked
    made = len(first) + len(second)
    assert f"fixed {made} in" in ended.output
    assert ended.status == (made < 4)


def test_quit_keeps_what_was_accepted_and_says_so(command: CommandLine) -> None:
    write(command.folder, {"a.py": TWO})
    ended = command(*ONLY, "--show-fixes", stdin=b"y\nq\n")
    assert loaded(command) == ["company"]
    assert "quit; kept: 1 fix, made in 1 of 1 files\n" in ended.output
    assert "    TSL306 (lazy-relationship): 1 applied, 1 skipped\n" in ended.output


def test_a_change_set_is_one_fix_with_the_differences_of_all_its_files(
    command: CommandLine,
) -> None:
    write(command.folder, dict(LACKING))
    arguments = ("--select", "TSL102", "--fix", "--unsafe-fixes", "--interactive")
    ended = command(*arguments, stdin=b"n\n")
    assert ended.output.count("Fix it?") == 1
    shown = ("+++ b/app/api/endpoints/notes.py", "--- /dev/null", "+++ b/app/schemas/responses.py")
    assert all(line in ended.output.splitlines() for line in shown)
    assert not (command.folder / "app" / "schemas").exists()
    ended = command(*arguments, stdin=b"y\n")
    assert ended.status == 0
    assert "NoteResponse" in (command.folder / "app/schemas/responses.py").read_text()
    assert "NoteResponse" in (command.folder / "app/api/endpoints/notes.py").read_text()


def test_an_unsafe_fix_says_what_may_differ(command: CommandLine) -> None:
    write(command.folder, {"a.py": LAZY.replace('("Company")', '("Account", remote_side="x")')})
    assert "Fix it?" not in command(*ONLY).output
    assert "unsafe fix: " in command(*ONLY, "--unsafe-fixes", stdin=b"y\n").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--interactive",), "--interactive asks before each fix: it goes with --fix"),
        (("--interactive", "--fix", "--diff"), "and without --diff"),
        (("--interactive", "--fix", "-"), "--interactive reads answers where `-` would"),
        (("--interactive", "--fix", "--output-format", "json"), "without --output-format json"),
    ],
)
def test_what_it_does_not_go_with(
    command: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    ended = command(*arguments)
    assert ended.status == 2
    assert said in ended.errors


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[pexpect.spawn]:
    """Start the command on a real terminal."""
    write(tmp_path, {"pyproject.toml": "", "a.py": TWO})
    variables = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "turnstay_lint", *ONLY],
        cwd=str(tmp_path),
        env={**variables, "TERM": "xterm"},
        encoding="utf-8",
        timeout=60,
        # A shell lets what it starts in the background ignore interruptions.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    yield child
    child.close(force=True)


def test_on_a_terminal_the_difference_is_in_color(terminal: pexpect.spawn, tmp_path: Path) -> None:
    terminal.expect_exact('\x1b[31m-    company = relationship("Company")\x1b[0m')
    terminal.expect_exact('\x1b[32m+    company = relationship("Company", lazy="selectin")\x1b[0m')
    terminal.expect_exact(QUESTION)
    terminal.sendline("n")
    terminal.expect_exact("Account.parent")
    terminal.expect_exact(QUESTION)
    terminal.sendline("y")
    terminal.expect_exact("fixed 1 in 1 file, 1 finding left")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 1
    assert (tmp_path / "a.py").read_text() == LAZY + SECOND


def test_an_interruption_writes_nothing_and_says_so(
    terminal: pexpect.spawn, tmp_path: Path
) -> None:
    terminal.expect_exact(QUESTION)
    terminal.sendline("y")
    terminal.expect_exact(QUESTION)
    said = "interrupted; nothing was written"
    # Python hears only at the next key of a signal that came just before it began to read.
    for _ in range(20):
        terminal.sendintr()
        if terminal.expect_exact([said, pexpect.TIMEOUT], timeout=2) == 0:
            break
    assert terminal.after == said
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 130
    assert (tmp_path / "a.py").read_text() == TWO


def test_the_end_of_input_has_quit(terminal: pexpect.spawn, tmp_path: Path) -> None:
    terminal.expect_exact(QUESTION)
    terminal.sendline("y")
    terminal.expect_exact(QUESTION)
    terminal.sendeof()
    terminal.expect_exact("quit; kept: 1 fix, made in 1 of 1 files")
    terminal.expect(pexpect.EOF)
    assert SECOND not in (tmp_path / "a.py").read_text()
