"""Which repositories a list names."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnstay_lint.engine.fleet.listing import Repository, listed

HERE = Path("/lists")


def one(line: str) -> Repository:
    (repository,) = listed([line], HERE)
    return repository


def test_folders_count_from_the_list() -> None:
    lines = ["services/a", "../b", "/else/c", "  d  "]
    folders = ["/lists/services/a", "/b", "/else/c", "/lists/d"]
    assert [str(repository.folder) for repository in listed(lines, HERE)] == folders


def test_comments_and_empty_lines_name_nothing() -> None:
    assert listed(["# all of them", "", "   ", "\ufeff# more"], HERE) == []
    assert one("a # the first").folder == HERE / "a"
    assert one("a#1").folder == HERE / "a#1"


def test_what_is_named_twice_is_there_once() -> None:
    assert len(listed(["a", "./a", "b/../a", "https://h/a", "git+https://h/a"], HERE)) == 2


@pytest.mark.parametrize(
    ("line", "address", "revision"),
    [
        ("https://host/team/a.git", "https://host/team/a.git", ""),
        ("git+https://host/a.git@v1.2", "https://host/a.git", "v1.2"),
        ("git+ssh://git@host/team/a@feature/x", "ssh://git@host/team/a", "feature/x"),
        ("file:///srv/a.git@0123abc", "file:///srv/a.git", "0123abc"),
        ("git@host:team/a.git", "git@host:team/a.git", ""),
    ],
)
def test_what_git_clones(line: str, address: str, revision: str) -> None:
    repository = one(line)
    assert (repository.folder, repository.address, repository.revision) == (None, address, revision)


def test_who_asks_is_not_shown() -> None:
    assert one("https://token:secret@host/a.git@v1").shown == "https://host/a.git@v1"
