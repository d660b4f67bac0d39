"""What says how a check grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import scale


def test_a_line_for_each_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scale.main(["--sizes", "3", "5", "--folder", str(tmp_path)])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("      3 files: ") and "(   1.0 times the first's)" in first
    assert second.startswith("      5 files: ") and second.endswith(" MB at most")
    assert not list(tmp_path.iterdir())


def test_services_have_their_own_configuration(tmp_path: Path) -> None:
    scale.services(tmp_path, 400)
    assert len(list(tmp_path.rglob("*.py"))) == 400
    assert len(list(tmp_path.glob("*/pyproject.toml"))) == 2
