"""``--since`` and ``--fix-history``: what the command line does with history that git knows."""

from __future__ import annotations

from tests.engine.repositories import FOLDER, OLD, repository
from tests.engine.services import write
from tests.frontends.command_line import CommandLine


def test_migrations_that_are_new_since_a_revision(command: CommandLine) -> None:
    repository(command.folder)
    ended = command("--select=TSL901", "--since", "main", "--output-format=concise", ".")
    assert (ended.status, ended.output.count("TSL901")) == (1, 1)


def test_a_revision_that_git_does_not_know(command: CommandLine) -> None:
    repository(command.folder)
    ended = command("--since", "gone", ".")
    assert ended.status == 2
    assert "--since gone: git knows no such revision here" in ended.errors


def test_history_is_fixed_when_asked_for(command: CommandLine) -> None:
    folder = repository(command.folder)
    assert command("--select=TSL901", "--fix", ".").status == 1
    assert command("--select=TSL901", "--fix", "--fix-history", ".").status == 0
    assert "nullable=True" in (folder / FOLDER / "a.py").read_text()


def test_since_outside_of_a_repository(command: CommandLine) -> None:
    write(command.folder, OLD)
    ended = command("--since", "main", ".")
    assert ended.status == 2
    assert "--since main: not a git repository" in ended.errors


def test_a_revision_that_looks_like_an_option(command: CommandLine) -> None:
    folder = repository(command.folder)
    assert command("--since=--output=x", ".").status == 2
    assert not (folder / "x").exists()
