"""The difference that fixes make, as a patch that ``git apply`` takes.

Everything is bytes, so that line ends, encodings and byte order marks go through unharmed.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from turnstay_lint.engine.checking.report import Change

_NO_LINE_END = b"\n\\ No newline at end of file\n"
_UNSAFE = re.compile(rb'[\x00-\x1f"\\\x7f]')


class Naming(Struct, frozen=True):
    """How a patch names files: from ``folder``, in which it is to be applied.

    That is the working folder where all of them lie below it. ``top`` is the repository's own, from
    which git counts in the headers that are its own.
    """

    folder: Path
    top: Path

    @classmethod
    def of(cls, files: Iterable[str], here: Path) -> Naming:
        """Name absolute paths as seen from ``here``."""
        paths = [Path(file) for file in files]
        top = next((p for p in (here, *here.parents) if (p / ".git").exists()), here)
        for folder in (here, top):
            if all(path.is_relative_to(folder) for path in paths):
                return cls(folder, top)
        return cls(Path(os.path.commonpath([*paths, here])), top)

    def patches(self, changes: Iterable[Change]) -> Iterator[bytes]:
        """Yield the unified difference of every file, those that move or are made empty last.

        Only git's own header can say those, and git takes what follows as a part of it.
        """
        empty = []
        moved = []
        for change in changes:
            if change.moved_from:
                names = (change.moved_from, change.file)
                old, new = (Path(name).relative_to(self.top).as_posix() for name in names)
                moved.append(_moved(old, new, change.before or b"", change.after))
            elif change.before is None and not change.after:
                empty.append(Path(change.file).relative_to(self.top).as_posix())
            else:
                name = Path(change.file).relative_to(self.folder).as_posix()
                yield patch(name, change.before, change.after)
        yield from moved
        yield from map(_empty, empty)


def patch(name: str, before: bytes | None, after: bytes, old_name: str = "") -> bytes:
    """Return the unified difference of a file by its name in the patch; empty if none."""
    old, new = _lines(before or b""), _lines(after)
    from_name = b"/dev/null" if before is None else _label("a", old_name or name)
    lines = difflib.diff_bytes(
        difflib.unified_diff, old, new, from_name, _label("b", name), lineterm=b"\n"
    )
    return b"".join(line if line.endswith(b"\n") else line + _NO_LINE_END for line in lines)


def _moved(old: str, new: str, before: bytes, after: bytes) -> bytes:
    """Return the patch that gives a file another name, and perhaps other content."""
    labels = _label("a", old).rstrip(b"\t"), _label("b", new).rstrip(b"\t")
    plain = (_label("", name).rstrip(b"\t").replace(b"/", b"", 1) for name in (old, new))
    head = b"diff --git %s %s\n" % labels + b"rename from %s\nrename to %s\n" % tuple(plain)
    return head + patch(new, before, after, old)


def _empty(name: str) -> bytes:
    """Return the patch that makes an empty file, which only git's own header can say."""
    old, new = (_label(side, name).rstrip(b"\t") for side in "ab")
    head = b"diff --git %s %s\nnew file mode 100644\n" % (old, new)
    return head + b"index 0000000..e69de29\n"


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
