"""``--diff`` for real git: what ``git apply`` makes of it is what ``--fix`` writes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.services import FIXED, LAZY, write
from tests.frontends.command_line import CommandLine
from tests.frontends.test_cli_fixing import LACKING

ONLY = ("--select", "TSL306")
BOTH = ("--select", "TSL102,TSL306", "--unsafe-fixes")
BARE = LAZY.rstrip("\n")


def git(folder: Path, *arguments: str, stdin: str = "") -> None:
    given = stdin.encode("utf-8", "surrogateescape")
    command = ["git", "-c", "core.autocrlf=false", *arguments]
    subprocess.run(command, cwd=folder, input=given, check=True, capture_output=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*.py"))
        if file.is_file()
    }


def same_by_git(
    command: CommandLine, files: Mapping[str, str | bytes], *paths: str, below: str = ""
) -> dict[str, bytes]:
    """Fix a copy of the files, apply the patch to the files, and hold one against the other."""
    top = command.folder
    write(top / "patched", dict(files))
    shutil.copytree(top / "patched", top / "fixed")
    for side in ("patched", "fixed"):
        git(top / side, "init", "-q")
    here = CommandLine(top / "patched" / below, command.monkeypatch, command.capture)
    difference = here(*BOTH, "--diff", *paths)
    assert difference.status == 1
    applied_in = top / "patched" if "to be applied there" in difference.errors else here.folder
    git(applied_in, "apply", "--check", stdin=difference.output)
    git(applied_in, "apply", stdin=difference.output)
    CommandLine(top / "fixed" / below, command.monkeypatch, command.capture)(*BOTH, "--fix", *paths)
    assert contents(top / "patched") == contents(top / "fixed")
    return contents(top / "patched")


@pytest.mark.parametrize(
    "source",
    [
        LAZY,
        BARE,
        LAZY.replace("\n", "\r\n"),
        BARE.replace("\n", "\r\n"),
        "\ufeff# é" + LAZY,
        LAZY.replace("\n", "\r"),
        LAZY + "x = 1\r\n\x0cy = '\u2028'\n",
        ("# coding: latin-1\n# é" + LAZY).encode("latin-1"),
    ],
)
def test_line_ends_marks_and_encodings(command: CommandLine, source: str | bytes) -> None:
    now = same_by_git(command, {"pyproject.toml": "", "a.py": b"", "b.py": _bytes(source)})
    assert b'lazy="selectin"' in now["b.py"]


def _bytes(source: str | bytes) -> bytes:
    return source.encode() if isinstance(source, str) else source


@pytest.mark.parametrize(
    "name", ["with space.py", "naïve é.py", 'quote".py', "tab\t.py", "\udce9.py"]
)
def test_names(command: CommandLine, name: str) -> None:
    now = same_by_git(command, {"pyproject.toml": "", f"a b/{name}": LAZY})
    assert now[f"a b/{name}"] == FIXED.encode()


@pytest.mark.parametrize("below", ["", "service", "service/app/api"])
@pytest.mark.parametrize("path", [".", "{service}"])
def test_created_files_and_subfolders(command: CommandLine, below: str, path: str) -> None:
    files = {f"service/{name}": text for name, text in LACKING.items()}
    where = str(command.folder / "patched" / "service")
    if below == "service/app/api" and path == ".":
        files = {"service/pyproject.toml": "", "service/app/api/a.py": LAZY}
    ups = {"": "service", "service": ".", "service/app/api": "../.."}
    now = same_by_git(command, files, ups[below] if path != "." else ".", below=below)
    assert Path(where).exists()
    assert "service/app/schemas/responses.py" in now or b"selectin" in now["service/app/api/a.py"]


def test_several_services_in_one_patch(command: CommandLine) -> None:
    files = {
        f"{service}/{name}": text for service in ("one", "two") for name, text in LACKING.items()
    }
    now = same_by_git(command, {**files, "three/pyproject.toml": "", "three/a.py": LAZY})
    assert {"one/app/schemas/responses.py", "two/app/schemas/responses.py"} <= now.keys()
    assert now["three/a.py"] == FIXED.encode()


def test_one_service_from_another_says_where_the_patch_belongs(command: CommandLine) -> None:
    files = {"one/pyproject.toml": "", "two/pyproject.toml": "", "two/a.py": LAZY}
    now = same_by_git(command, files, "../two", below="one")
    assert now["two/a.py"] == FIXED.encode()
