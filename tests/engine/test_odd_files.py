"""What has a file's name and is none: reading it might never end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.services import FIXED, LAZY, write
from turnstay_lint.source.content import NotRegular, content_of


def test_pipes_and_sockets_are_said_and_the_rest_is_fixed(tmp_path: Path) -> None:
    folder = write(tmp_path, {"pyproject.toml": "", "a.py": LAZY})
    os.mkfifo(folder / "pipe.py")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(folder / "socket.py"))
        command = [
            sys.executable,
            "-m",
            "turnstay_lint",
            "--fix",
            "--output-format",
            "concise",
            ".",
        ]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 2
    assert done.stdout.splitlines()[:2] == [
        "pipe.py:1:1: TSL000 cannot be opened: is no regular file",
        "socket.py:1:1: TSL000 cannot be opened: is no regular file",
    ]
    assert (folder / "a.py").read_text() == FIXED


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/full"])
def test_a_device_is_no_file(tmp_path: Path, device: str) -> None:
    (tmp_path / "device.py").symlink_to(device)
    with pytest.raises(NotRegular):
        content_of(tmp_path / "device.py")


def test_content_is_all_of_it(tmp_path: Path) -> None:
    for size in (0, 1, 8_000, 8_001, 300_000):
        (tmp_path / "a.py").write_bytes(b"x" * size)
        assert content_of(tmp_path / "a.py") == b"x" * size


def test_a_file_of_the_kernel_that_says_no_size() -> None:
    assert b"processor" in content_of("/proc/cpuinfo")
