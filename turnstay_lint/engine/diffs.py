"""The difference that fixes make, as a patch that ``git apply`` takes.

Everything is bytes, so that line ends, encodings and byte order marks go through unharmed.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator

_NO_LINE_END = b"\n\\ No newline at end of file\n"
_UNSAFE = re.compile(rb'[\x00-\x1f"\\\x7f]')


def patch(name: str, before: bytes | None, after: bytes) -> bytes:
    """Return the unified difference of a file named as the user is shown it; empty if none.

    A file that was not there before (None) is a new file.
    """
    if before is None:
        return _creation(name, after)
    old, new = _lines(before), _lines(after)
    lines = difflib.diff_bytes(
        difflib.unified_diff, old, new, _label("a", name), _label("b", name), lineterm=b"\n"
    )
    return b"".join(line if line.endswith(b"\n") else line + _NO_LINE_END for line in lines)


def _creation(name: str, content: bytes) -> bytes:
    """Return the patch that makes a file, an empty one too."""
    old, new = _label("a", name), _label("b", name)
    head = b"diff --git %s %s\nnew file mode 100644\n" % (old.rstrip(b"\t"), new.rstrip(b"\t"))
    lines = _lines(content)
    if not lines:
        return head + b"index 0000000..e69de29\n"
    span = b"1" if len(lines) == 1 else b"1,%d" % len(lines)
    body = [b"+" + line for line in lines]
    if not body[-1].endswith(b"\n"):
        body[-1] += _NO_LINE_END
    return head + b"--- /dev/null\n+++ %s\n@@ -0,0 +%s @@\n" % (new, span) + b"".join(body)


def _lines(content: bytes) -> list[bytes]:
    """Split as git does: at line feeds and nowhere else."""
    return re.findall(rb"[^\n]*\n|[^\n]+", content)


def _label(side: str, name: str) -> bytes:
    """Quote as git does, and end a name with spaces by a tab so that it is not cut there."""
    label = f"{side}/".encode() + os.fsencode(name).lstrip(b"/")
    if _UNSAFE.search(label):
        return b'"' + b"".join(_quoted(label)) + b'"'
    return label + b"\t" if b" " in label else label


def _quoted(label: bytes) -> Iterator[bytes]:
    for byte in label:
        if byte in b'"\\':
            yield b"\\" + bytes([byte])
        elif byte < 0x20 or byte == 0x7F:
            yield b"\\%03o" % byte
        else:
            yield bytes([byte])
