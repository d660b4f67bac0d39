"""Runs the command line in this process, as a user would in a folder."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from turnstay_lint.frontends.cli import main


@dataclass(frozen=True)
class Ended:
    """How a command ended: its status and what it wrote, seconds put as ``0.00 s``."""

    status: int
    output: str
    errors: str


@dataclass(frozen=True)
class CommandLine:
    """A command line in one folder."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[bytes]

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Ended:
        """Run the command with ``arguments``."""
        self.monkeypatch.chdir(self.folder)
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        output, errors = (_timeless(text) for text in self.capture.readouterr())
        return Ended(int(str(ended.value.code or 0)), output, errors)


def _timeless(content: bytes) -> str:
    return re.sub(r"\d+\.\d\d s$", "0.00 s", content.decode("utf-8", "surrogateescape"), flags=re.M)
