"""Two runs at once on one tree, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.engine.services import FIXED, LAZY, write
from turnstay_lint.engine.files.writing import CACHE
from turnstay_lint.engine.keeping.store import SUFFIX

RACING = """
import sys
from pathlib import Path
from turnstay_lint.engine.files.rewriting import deliver
from turnstay_lint.engine.files.writing import Rewrite

own, group = sys.argv[1].encode(), sys.argv[2]
for line in sys.stdin:
    folder = Path(line.strip())
    files = [folder / f"m{n}.py" for n in range(32)]
    problems = deliver([Rewrite(file, b"old", own * 200, group) for file in files], folder)
    print(len(problems), flush=True)
"""


def tree(folder: Path) -> Path:
    return write(folder, {f"m{n}.py": "old" for n in range(32)})


@pytest.mark.parametrize("group", ["", "all"])
def test_two_runs_at_once_on_thirty_two_files_forty_times(tmp_path: Path, group: str) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", RACING, own, group],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )
        for own in ("one", "two")
    ]  # fmt: skip
    with runs[0], runs[1]:
        winners = Counter(raced(runs, tree(tmp_path / str(number))) for number in range(40))
    assert winners.total() == 40


def raced(runs: list[subprocess.Popen[str]], folder: Path) -> str:
    """Let both write the same files; returns whose they are, all of them."""
    for run in runs:
        assert run.stdin is not None
        run.stdin.write(f"{folder}\n")
    refused = [int(run.stdout.readline()) for run in runs if run.stdout is not None]
    files = {file.name: file.read_bytes() for file in folder.iterdir() if file.name != CACHE}
    assert len(files) == 32
    assert sorted(refused) == [0, 32]
    [content] = set(files.values())
    assert content in (b"one" * 200, b"two" * 200)
    return content[:3].decode()


@pytest.mark.slow
def test_two_command_lines_fix_one_tree_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "turnstay_lint", "--select", "TSL306", "--fix", "-q", "."]
    wholes = 0
    for number in range(6):
        folder = write(tmp_path / str(number), {"pyproject.toml": ""})
        write(folder, {f"app/m{n}.py": LAZY for n in range(35)})
        runs = [subprocess.Popen(command, cwd=folder) for _ in range(2)]
        statuses = [run.wait(timeout=120) for run in runs]
        assert set(statuses) <= {0, 1, 2}
        assert {file.read_text() for file in folder.glob("app/*.py")} == {FIXED}
        cache = {file.name for file in folder.rglob("*") if file.parent.name == CACHE}
        assert {name for name in cache if not name.endswith(SUFFIX)} == {
            ".gitignore",
            "lock",
            "undo",
        }
        assert not list(folder.rglob(".turnstay-*"))
        wholes += 1
    assert wholes == 6
