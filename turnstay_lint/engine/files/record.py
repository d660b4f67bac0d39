"""What the last run that fixed a service changed there, so that it can be taken back.

One record for each service, in its ``.turnstay_cache``: what every file was, and the digest of what
it became. It is on disk before any file changes.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstay_lint.engine.files.entries import is_ours
from turnstay_lint.engine.files.writing import CACHE, CannotWrite, read, write_note

MOST = 100_000_000
"""A record does not become longer than this many bytes."""


class Kept(Struct, frozen=True):
    """What a file was and what became of it, None where it was not there, or went.

    ``moved_from`` is the path of a file that moved to this one, whose mode it has.
    """

    file: str
    before: bytes | None
    after: str | None
    group: str = ""
    moved_from: str = ""


class Record(Struct, frozen=True):
    """What a run changed in one service; the same ``run`` may have changed others too.

    ``mark`` is the journal's, ``when`` in seconds since 1970, ``folders`` are those that were
    created. A record without files was undone.
    """

    run: str
    mark: str
    when: float
    kept: tuple[Kept, ...]
    folders: tuple[str, ...] = ()


def record_of(folder: Path) -> Path:
    """Return where the record of a service's last run is."""
    return folder / CACHE / "undo"


def next_record_of(folder: Path) -> Path:
    """Return where the record is of a run that is not at its end."""
    return folder / CACHE / "undo.next"


def write_record(record: Record, file: Path) -> None:
    """Put a record on disk; raises OSError, and CannotWrite where it would be too long."""
    content = zlib.compress(msgspec.msgpack.encode(record), 1)
    if len(content) > MOST:
        said = f"more than {MOST:,} bytes would have to be kept to undo it"
        raise CannotWrite(f"{said}: fix fewer files at once")
    write_note(file, content)


def read_record(file: Path, folder: Path) -> Record | None:
    """Read a record, None where there is none; raises OSError, and CannotWrite for another's."""
    try:
        content = zlib.decompress(read(file))
        record = msgspec.msgpack.decode(content, type=Record)
    except FileNotFoundError:
        return None
    except (zlib.error, msgspec.DecodeError) as error:
        raise CannotWrite(f"{file} cannot be read ({error}): remove it") from error
    real = folder.resolve()
    for kept in record.kept:
        for path in filter(None, (kept.file, kept.moved_from)):
            if not is_ours(path, real):
                raise CannotWrite(f"{file} speaks of {path}: remove it")
    return record
