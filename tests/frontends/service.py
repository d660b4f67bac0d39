"""A small service on disk, and the real tools run on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

PYPROJECT = "[tool.turnstay-lint]\n"

LAZY = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship


class Company(DeclarativeBase):
    accounts: Mapped[list["Account"]] = relationship("Account")
"""
"""A file with one finding: TSL306 at line 5, column 41 (from 1)."""

FRAGMENT = LAZY.replace("from sqlalchemy.orm import DeclarativeBase, Mapped, relationship", "")
"""The same without its import, which astroid would follow for seconds."""


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a service: its files by path, with a configuration unless they hold one."""
    for path, content in {"pyproject.toml": PYPROJECT, **files}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    return folder


def tool(*command: str, cwd: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a module of this environment in a folder, away from the settings of its user."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={
            **environment,
            "HOME": str(cwd),
            "PYLINTHOME": str(cwd / ".pylint"),
            "PYTHONUTF8": "1",
        },
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
