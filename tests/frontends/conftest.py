from pathlib import Path

import pytest

from tests.frontends.command_line import CommandLine


@pytest.fixture
def command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> CommandLine:
    """Run the command line in a folder of its own, without colors."""
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(tmp_path, monkeypatch, capfdbinary)
