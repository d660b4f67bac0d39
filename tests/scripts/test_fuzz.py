"""A small part of what ``scripts/fuzz.py`` does: no crash, no hang, no damaged file."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.fuzz import run_case
from scripts.mutations import KINDS, mutated, seeds

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_number_gives_the_same_file() -> None:
    from_ = seeds()
    assert len(from_) > 100
    for number in range(len(KINDS)):
        assert mutated(number, from_) == mutated(number, from_)


@pytest.mark.slow
def test_some_hundred_mutated_files(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/fuzz.py", "--count", "150", "--first", "100000"]
    done = subprocess.run(
        [*command, "--keep", tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.endswith("faults: 0\n")


def test_all_states_are_met() -> None:
    from_ = seeds()
    states = Counter(run_case(number, from_).state for number in (1, 2, 4, 5, 6, 17, 18, 20, 22))
    assert states.total() == 9
    assert len(states) > 1
