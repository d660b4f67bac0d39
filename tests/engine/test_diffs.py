import subprocess
from pathlib import Path

import pytest

from turnstay_lint.engine.repairing.diffs import patch


def test_as_git_has_it() -> None:
    assert patch("app/a.py", b"a\nb\nc\n", b"a\nB\nc\n") == (
        b"--- a/app/a.py\n+++ b/app/a.py\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
    )


def test_nothing_changes() -> None:
    assert patch("a.py", b"a\n", b"a\n") == b""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb", b"a\nB"),
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n", b"a\nb"),
        (b"a\r\nb\r\n", b"a\r\nB\r\n"),
        (b"a\rb\r", b"A\rb\r"),
        (b"", b"a\n"),
        (b"a\x0cb\nc\n", b"a\x0cB\nc\n"),
        ("a\u2028b\nc\n".encode(), "a\u2028B\nc\n".encode()),
        (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
        (b"# coding: latin-1\n'\xe9'\n", b"# coding: latin-1\n'\xe8'\n"),
        (b"".join(b"%d\n" % n for n in range(50)), b"".join(b"%d\n" % n for n in range(1, 51))),
    ],
)
def test_git_makes_the_same_of_it(tmp_path: Path, before: bytes, after: bytes) -> None:
    assert applied(tmp_path, "a.py", before, after) == after


@pytest.mark.parametrize(
    "name",
    [
        "with space.py",
        "é.py",
        'quote".py',
        "back\\slash.py",
        "tab\t.py",
        "new\nline.py",
        "\udce9.py",
    ],
)
def test_git_finds_the_file(tmp_path: Path, name: str) -> None:
    assert applied(tmp_path, f"app/{name}", b"a\n", b"b\n") == b"b\n"


def applied(folder: Path, name: str, before: bytes, after: bytes) -> bytes:
    """Return what git makes of a file with the patch, in a folder below its repository's top."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    file = folder / "service" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(before)
    command = ["git", "-c", "core.autocrlf=false", "apply", "-"]
    subprocess.run(command, cwd=folder / "service", input=patch(name, before, after), check=True)
    return file.read_bytes()
