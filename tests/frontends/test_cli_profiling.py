"""What ``--profile`` says of the time that a run took."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.services import LAZY, write
from tests.frontends.command_line import CommandLine


def rows(text: str) -> dict[str, list[str]]:
    """Return the numbers of a table by what they are of."""
    lines = (line[:44].rstrip() for line in text.splitlines())
    return dict(zip(lines, (line[44:].split() for line in text.splitlines())))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_where_the_time_went_by_stage_and_by_rule(
    command: CommandLine, tmp_path: Path, jobs: str
) -> None:
    write(tmp_path, {"pyproject.toml": "", **{f"app/m{n}.py": LAZY for n in range(8)}})
    ended = command("--profile", "--jobs", jobs, "--output-format", "json", "--no-cache")
    assert len(json.loads(ended.output)) == 8
    told = rows(ended.errors)
    assert list(told)[2:4] == ["find files", "find what belongs to services"]
    assert told["read and parse"][1] == told["summarise"][1] == "8"
    assert told["TSL306 lazy-relationship"][1] == "8"
    assert float(told["look at each file alone"][0]) > 0


def test_what_is_known_takes_no_time(command: CommandLine, tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "app/a.py": LAZY})
    assert "read and parse" in rows(command("--profile").errors)
    told = rows(command("--profile").errors)
    assert "recall what is known" in told and "read and parse" not in told
    assert not any(name.startswith("TSL") for name in told)
