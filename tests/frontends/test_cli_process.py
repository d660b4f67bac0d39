"""The command as a process of its own: what only a shell sees."""

import subprocess
import sys
from pathlib import Path

import pexpect

from tests.engine.services import LAZY, write


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "turnstay_lint", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def test_the_module_is_the_same_command(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": LAZY})
    ended = run(tmp_path, "--select", "TSL306", "--output-format", "concise", "-q")
    assert ended.returncode == 1
    assert ended.stdout.startswith(b"a.py:6:15: TSL306 [*] ")
    assert ended.stderr == b""


def test_the_module_imports_nothing_of_what_lies_in_the_working_folder(tmp_path: Path) -> None:
    names = ("ast", "click", "gc", "json", "logging", "msgspec", "pathlib", "resource", "signal")
    write(tmp_path, {f"{name}.py": "print('imported')\n" for name in names})
    for arguments in (("--help",), ("--version",), ("--select", "TSL306", ".")):
        ended = run(tmp_path, *arguments)
        assert (ended.returncode, ended.stderr) == (0, b""), arguments
        assert b"imported" not in ended.stdout


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    write(tmp_path, {f"m{n}.py": LAZY * 50 for n in range(50)})
    command = [sys.executable, "-m", "turnstay_lint", "--select", "TSL306"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_long_run_of_fixes_is_watched_on_a_terminal(tmp_path: Path) -> None:
    write(tmp_path, {f"m{n}.py": LAZY * 40 for n in range(16)})
    command = ["-m", "turnstay_lint", "--select", "TSL306", "--fix", "--jobs", "1"]
    child = pexpect.spawn(sys.executable, command, cwd=str(tmp_path), encoding="utf-8", timeout=120)
    child.expect(r"\[#+ *\] +\d+% fixing")
    child.expect_exact("fixed 640 in 16 files, 0 findings left")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0
