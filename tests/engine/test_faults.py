"""Runs that are killed, refused and meddled with at every step: nothing is lost, nothing is half.

The change set has 30 files: 22 that change, four that are created, four that move.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def counts(folder: Path, scenario: str, *options: str) -> dict[str, int]:
    """Return how often what came of a scenario, which sees itself to it that nothing is lost."""
    command = [sys.executable, "-m", "tests.engine.faults", folder / "service", scenario, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    print(scenario, *options, found)
    return found


@pytest.mark.exhaustive
@pytest.mark.parametrize("scenario", ["killed", "killed in the middle"])
def test_killed_at_every_step_of_thirty_files(tmp_path: Path, scenario: str) -> None:
    found = counts(tmp_path, scenario)
    assert found["kills"] == found["old"] + found["new"] >= 400
    assert found["left mixed"] > 300
    assert min(found["old"], found["new"]) > 150


@pytest.mark.exhaustive
def test_killed_again_while_the_next_run_cleans_up(tmp_path: Path) -> None:
    found = counts(tmp_path, "killed twice")
    assert found["kills"] == found["old"] + found["new"] > 2_000


@pytest.mark.exhaustive
def test_an_undo_killed_at_every_step_of_thirty_files(tmp_path: Path) -> None:
    found = counts(tmp_path, "undo killed")
    assert found["kills"] >= 400
    assert found["left mixed"] > 200


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "scenario",
    ["full", "full from then on", "denied", "denied from then on", "broken disk"],
)
def test_refused_at_every_step_of_thirty_files(tmp_path: Path, scenario: str) -> None:
    found = counts(tmp_path, scenario)
    assert found["failures"] == found["old"] + found["new"] >= 400
    assert found["old"] > 100
    if scenario.startswith("full"):
        # Without room new content cannot be laid down, but everything can be taken back.
        assert found["left mixed"] == 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("scenario", ["written over", "renamed over", "removed"])
def test_a_file_changed_underneath_at_every_step(tmp_path: Path, scenario: str) -> None:
    found = counts(tmp_path, scenario)
    assert found["changes"] == found["old"] + found["new"] >= 400
    assert min(found["old"], found["new"]) > 100


@pytest.mark.parametrize("scenario", ["small killed", "small full", "small denied"])
@pytest.mark.parametrize("system", ["plain", "poor"])
def test_a_system_without_exchange_or_without_locks_and_sync(
    tmp_path: Path, scenario: str, system: str
) -> None:
    found = counts(tmp_path, scenario, system)
    assert min(found["old"], found["new"]) > 25
