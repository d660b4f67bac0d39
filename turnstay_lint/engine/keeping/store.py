"""Files in which something is kept from one run to the next, and never trusted more than that.

Whoever finds one that is not whole, not of this program or not readable goes without. They are
written beside their place and renamed, so that two runs at once each leave a whole one.
"""

from __future__ import annotations

import os
import time
import zlib
from contextlib import suppress
from pathlib import Path

from turnstay_lint.engine.files.locking import cache_of
from turnstay_lint.engine.files.writing import CannotWrite

_MAGIC = b"turnstay-lint keeps\n"
_LENGTH = 4
_MOST = 6
_A_DAY = 24 * 3600.0
_OLD = 30 * _A_DAY
_LEFT_BEHIND = 3600.0
SUFFIX = ".kept"


class Unusable(Exception):
    """What is kept cannot be used, or nothing can be kept; the message says why."""


def folder_for(service: Path, chosen: Path | None) -> Path:
    """Return the folder to keep things in, made if it is not there; raises Unusable.

    That is a service's own unless another was ``chosen`` for all.
    """
    try:
        if chosen is None:
            return cache_of(service)
        if not chosen.is_dir():
            chosen.mkdir(parents=True)
            (chosen / ".gitignore").write_text("*\n")
        return chosen
    except (OSError, CannotWrite) as error:
        raise Unusable(str(error)) from error


def read_kept(file: Path, meant: bytes) -> memoryview | None:
    """Return what is kept in a file for what is ``meant``, None where there is no file.

    Raises Unusable for one that is not whole, or was kept for something else.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unusable(f"{file}: {error.strerror or error}") from error
    head = _MAGIC + meant
    start = len(head) + _LENGTH
    if not content.startswith(_MAGIC) or len(content) < start:
        raise Unusable(f"{file}: is not whole, or not of this program")
    if not content.startswith(head):
        raise Unusable(f"{file}: was kept for something else")
    body = memoryview(content)[start:]
    if zlib.crc32(body).to_bytes(_LENGTH, "big") != content[len(head) : start]:
        raise Unusable(f"{file}: is not whole")
    return body


def keep(file: Path, meant: bytes, body: bytes) -> None:
    """Put something in a file, for what is ``meant``; raises Unusable."""
    checked = zlib.crc32(body).to_bytes(_LENGTH, "big")
    put(file, _MAGIC + meant + checked, body)


def put(file: Path, *content: bytes) -> None:
    """Let a file have this content, at once; raises Unusable."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        try:
            with temporary.open("wb") as stream:
                stream.writelines(content)
            temporary.replace(file)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unusable(f"{file}: {error.strerror or error}") from error


def evict(folder: Path, beginning: str, most: int = _MOST) -> None:
    """Remove what nobody asked for in a long time, and the oldest of too many that begin so."""
    now = time.time()
    with suppress(OSError), os.scandir(folder) as entries:
        aged = sorted(
            (now - entry.stat().st_mtime, entry.name) for entry in entries if SUFFIX in entry.name
        )
        whole = [(age, name) for age, name in aged if name.endswith(SUFFIX)]
        own = [name for _, name in whole if name.startswith(beginning)]
        gone = own[most:] + [name for age, name in whole if age > _OLD]
        gone += [n for age, n in aged if n.endswith(".part") and age > _LEFT_BEHIND]
        for name in gone:
            with suppress(OSError):
                (folder / name).unlink()


def used(file: Path) -> None:
    """Note that something kept was of use, so that it is not taken for old."""
    with suppress(OSError):
        if time.time() - file.stat().st_mtime > _A_DAY:
            os.utime(file)
