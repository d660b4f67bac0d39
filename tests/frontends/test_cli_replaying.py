"""A check of which nothing is new says what was said before, and nothing else is imported for it."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.services import FIXED, LAZY, write
from turnstay_lint.engine.files.writing import CACHE
from turnstay_lint.engine.keeping.replaying import Call, recalled
from turnstay_lint.frontends import cli

MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.add_column("accounts", sa.Column("kind", sa.String(), nullable=False))


def downgrade():
    op.drop_column("accounts", "kind")
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("turnstay_lint.engine.keeping.stamps._TICK", 0)
    files = {
        "pyproject.toml": "",
        ".gitignore": "gone.py\n",
        "app/a.py": LAZY,
        "app/b.py": "x = 1\n",
    }
    folder = write(tmp_path / "service", files)
    monkeypatch.chdir(folder)
    (folder / CACHE).mkdir()
    return folder


def said(*words: str) -> tuple[object, str, str]:
    """Return the status of a call and what it writes, as a process of its own would."""
    with pytest.MonkeyPatch.context() as patch:
        streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2)]
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit) as ended:
            cli._answer(list(words))
        texts = []
        for stream in streams:
            stream.seek(0)
            texts.append(re.sub(r"\d+\.\d\d s$", "0.00 s", stream.read(), flags=re.M))
    return ended.value.code, texts[0], texts[1]


def is_known(*words: str) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
        patch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), "utf-8"))
        return recalled(Call(list(words))) is not None


@pytest.mark.parametrize(
    "words",
    [
        (".",),
        (),
        ("app/a.py",),
        ("app", "--output-format", "json"),
        ("--select", "TSL306", "--quiet", "--exit-zero"),
        ("--statistics",),
        ("--output-format=sarif", "--cache-dir=../kept"),
        ("--isolated", "--cache-dir", ".cache/kept"),
    ],
    ids=" ".join,
)
def test_what_was_said_is_said_again(service: Path, words: tuple[str, ...]) -> None:
    (service.parent / "kept").mkdir()
    (service / ".cache").mkdir()
    said(*words)
    first = said(*words)
    assert is_known(*words)
    assert said(*words) == first == said(*words, "--no-cache")


@pytest.mark.parametrize(
    "words",
    [("--fix",), ("--diff",), ("--verbose",), ("--no-cache",), ("--version",)],
    ids=" ".join,
)
def test_what_does_more_than_check_is_done_again(service: Path, words: tuple[str, ...]) -> None:
    said(*words)
    assert not is_known(*words)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file": lambda at: (at / "app/a.py").write_text(FIXED),
    "its time alone": lambda at: os.utime(at / "app/a.py", ns=(1, 1)),
    "a new file": lambda at: (at / "app/c.py").write_text(LAZY),
    "a file gone": lambda at: (at / "app/b.py").unlink(),
    "a file renamed": lambda at: (at / "app/b.py").rename(at / "app/c.py"),
    "a new folder": lambda at: (at / "app/more").mkdir(),
    "the configuration": lambda at: (at / "pyproject.toml").write_text("[tool.turnstay-lint]\n"),
    "a configuration above": lambda at: (at.parent / "pyproject.toml").write_text(""),
    "a repository around": lambda at: (at.parent / ".git").mkdir(),
    "what is ignored": lambda at: (at / ".gitignore").write_text("a.py\n"),
    "what Alembic says": lambda at: (at / "alembic.ini").write_text("[alembic]\n"),
    "a service inside": lambda at: (at / "app/pyproject.toml").write_text(""),
    "an interrupted run": lambda at: (at / CACHE / "change-set.json").write_text("{}"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("words", [(".",), ("app/a.py",)], ids=" ".join)
def test_a_change_is_seen(
    service: Path, words: tuple[str, ...], change: Callable[[Path], object]
) -> None:
    said(*words)
    assert is_known(*words)
    change(service)
    assert not is_known(*words)


def test_an_answer_is_for_one_way_to_be_called(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(".")
    assert is_known(".") and not is_known("app")
    with monkeypatch.context() as patch:
        patch.setenv("FORCE_COLOR", "1")
        assert not is_known(".")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path, "/elsewhere"])
        assert not is_known(".")
    monkeypatch.chdir(service / "app")
    assert not is_known(".")


def test_what_git_says_is_asked_again(service: Path) -> None:
    write(service, {"alembic/versions/a1.py": MIGRATION})
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    before = said("--output-format=json")
    assert is_known("--output-format=json")
    subprocess.run([*git, "add", "-A"], check=True)
    assert is_known("--output-format=json")
    subprocess.run([*git, "commit", "-q", "-m", "second"], check=True)
    assert not is_known("--output-format=json")
    assert said("--output-format=json") != before


@pytest.mark.parametrize("spoilt", [b"", b"x", b"\n\n\n\n", b"\xff" * 90], ids=repr)
def test_an_answer_that_is_none_is_made_again(service: Path, spoilt: bytes) -> None:
    first = said(".")
    [file] = (service / CACHE).glob("run-*")
    content = file.read_bytes()
    file.write_bytes(spoilt)
    assert said(".") == first and is_known(".")
    file.write_bytes(content[:-9] + b"x" + content[-8:])
    assert said(".") == first and is_known(".")


def test_a_file_that_was_written_while_the_run_looked_is_looked_at_again(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnstay_lint.engine.keeping.stamps._TICK", 10**11)
    said(".")
    assert not is_known(".")


def test_what_could_not_be_read_is_read_once_it_is_there(service: Path) -> None:
    (service / "app/c.py").symlink_to(service / "nowhere.txt")
    status, _, _ = said(".")
    assert status == 2 and is_known(".")
    (service / "nowhere.txt").write_text("")
    assert not is_known(".")


def imported(folder: Path, *words: str) -> set[str]:
    """Return the modules that a process of the command imports."""
    program = (
        "import atexit, json, os, sys; sys.argv = ['turnstay-lint', *sys.argv[1:]]\n"
        "real = os._exit\n"
        "def ended(code): print(json.dumps(sorted(sys.modules)), file=sys.stderr); real(code)\n"
        "os._exit = ended\n"
        "from turnstay_lint.frontends.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, capture_output=True, text=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


HEAVY = {"libcst", "astroid", "pygls", "lsprotocol", "asyncio", "rich", "multiprocessing", "black"}


def test_the_version_imports_nothing_heavy(service: Path) -> None:
    modules = imported(service, "--version")
    assert not modules & {*HEAVY, "msgspec", "pickle", "concurrent.futures"}
    assert not {"turnstay_lint.engine.checking.run", "turnstay_lint.rules.rule"} & modules


def test_a_warm_check_imports_next_to_nothing(service: Path) -> None:
    os.utime(service / "app", ns=(1, 1))
    first = imported(service, ".")
    assert "turnstay_lint.engine.checking.run" in first and not first & HEAVY
    for _ in range(20):
        modules = imported(service, ".")
        if "msgspec" not in modules:
            break
    assert not modules & {*HEAVY, "click", "msgspec", "ast", "pathlib", "subprocess", "typing"}
    assert {name for name in modules if name.startswith("turnstay_lint")} == {
        "turnstay_lint",
        "turnstay_lint.engine",
        "turnstay_lint.engine.keeping",
        "turnstay_lint.engine.keeping.git",
        "turnstay_lint.engine.keeping.identity",
        "turnstay_lint.engine.keeping.replaying",
        "turnstay_lint.engine.keeping.stamps",
        "turnstay_lint.frontends",
        "turnstay_lint.frontends.cli",
    }


def test_a_check_leaves_alone_what_only_msgspec_would_ask_for(service: Path) -> None:
    assert importlib.util.find_spec("typing_extensions") is not None
    (service / ".gitignore").unlink()  # what reads it asks for both as well
    assert not imported(service, "--no-cache", ".") & {"typing_extensions", "inspect"}
