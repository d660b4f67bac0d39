"""A new rule's stubs are a rule that works: written into a copy of the project, its tests pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.add_rule import main

ROOT = Path(__file__).resolve().parents[2]


def test_the_stubs_pass_their_own_test(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "turnstay_lint",
        tmp_path / "turnstay_lint",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (tmp_path / "tests").mkdir()
    for name in ("__init__.py", "harness.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)

    assert main(["TSL199", "made-up-thing", "--section", "endpoints", "--root", str(tmp_path)]) == 0

    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/rules"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["TSL1", "a-b", "--section", "endpoints"], "TSL1 is no code"),
        (["TSL399", "a-b", "--section", "endpoints"], "does not belong to endpoints"),
        (["TSL199", "A_b", "--section", "endpoints"], "is no name"),
        (["TSL306", "lazy-relationship", "--section", "database"], "already there"),
    ],
)
def test_what_cannot_be_written(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
