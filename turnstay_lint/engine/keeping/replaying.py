"""What a whole run said, said again when nothing that it rests on has changed.

This is all that a run of which nothing is new needs: so nothing else is imported for it. What it
rests on are files and folders, by their stamps, what git says, and how the program was called.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zlib
from collections.abc import Iterable

from turnstay_lint.engine.keeping.git import Unknown, commit_of, main_branch
from turnstay_lint.engine.keeping.identity import installed, program
from turnstay_lint.engine.keeping.stamps import Stamp, stamp_of

CACHE = ".turnstay_cache"
PREFIX = "run"
SUFFIX = ".kept"
THERE = "?"
"""Begins a path of which it only matters whether something is there."""
ERRORS, OUTPUT, LAST = "errors", "output", "last"
"""What a piece was written to; of the last line the seconds are left out."""

_ABSENT: Stamp = (0, 0, 0, 0)
_MARKERS = ("pyproject.toml", ".git")
_HEARD = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES", "LC_ALL", "LC_CTYPE", "LANG")
_MOST = 12
_HEAD = "turnstay-lint says again"

Piece = tuple[str, str, str]
Asked = tuple[str, str, str, str]


class Call:
    """How the program was called: all that an answer may rest on besides what is on disk.

    ``stamps`` are what is there, as far as it was looked at to tell whether an answer holds.
    """

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.begun, self.clock = time.time_ns(), time.perf_counter()
        self.place = os.getcwd()  # noqa: PTH109 (pathlib takes long to import)
        self.folder = _folder(words, self.place)
        streams = [(stream.isatty(), stream.encoding) for stream in (sys.stdout, sys.stderr)]
        heard = {name: os.environ.get(name) for name in _HEARD}
        heard |= {name: os.environ[name] for name in os.environ if name.startswith("TURNSTAY_")}
        size = _size() if streams[0][0] else None
        user = os.getuid() if hasattr(os, "getuid") else 0
        said = (words, self.place, sys.path, sys.prefix, streams, heard, size, user)
        self.key = json.dumps(said, sort_keys=True)
        self.stamps: dict[str, Stamp] = {}

    @property
    def file(self) -> str:
        """Return where it is kept what such a call was answered; empty where it is not."""
        if not self.folder:
            return ""
        return f"{self.folder}/{PREFIX}-{zlib.crc32(self.key.encode()):08x}{SUFFIX}"


def _size() -> tuple[int, ...]:
    try:
        return tuple(os.get_terminal_size(sys.stdout.fileno()))
    except (OSError, ValueError):
        return 0, 0


def _folder(words: list[str], place: str) -> str:
    """Return the folder in which answers are kept: the one said, else that of the first project."""
    if "--no-cache" in words:
        return ""
    chosen = os.environ.get("TURNSTAY_CACHE_DIR", "")
    for number, word in enumerate(words):
        if word == "--cache-dir" and number + 1 < len(words):
            chosen = words[number + 1]
        elif word.startswith("--cache-dir="):
            chosen = word.partition("=")[2]
    if chosen:
        return os.path.join(place, chosen)  # noqa: PTH118
    named = (word for word in words if not word.startswith("-") and os.path.exists(word))  # noqa: PTH110
    start = os.path.abspath(os.path.join(place, next(named, ".")))  # noqa: PTH100, PTH118
    for at in (start, place):
        while True:
            if any(os.path.exists(f"{at}/{marker}") for marker in _MARKERS):  # noqa: PTH110
                return f"{at}/{CACHE}"
            above = os.path.dirname(at)  # noqa: PTH120
            if above == at:
                break
            at = above
    return ""


class Said:
    """What a run said, and how it ended."""

    def __init__(self, pieces: list[Piece], status: int) -> None:
        self.pieces = pieces
        self.status = status

    def say(self, call: Call) -> int:
        """Write it again; returns the status."""
        seconds = time.perf_counter() - call.clock
        for kind, to, text in self.pieces:
            stream = sys.stderr if to == ERRORS else sys.stdout
            stream.write(f"{text}{seconds:.2f} s\n" if kind == LAST else text)
            stream.flush()
        return self.status


def recalled(call: Call) -> Said | None:
    """Return what a call was answered, if that still holds."""
    try:
        with open(call.file, encoding="utf-8", errors="surrogateescape", newline="") as stream:  # noqa: PTH123
            content = stream.read()
        head, checked, small, stamps, paths = content.split("\n", 4)
        body = content[len(head) + len(checked) + 2 :]
        if head != _HEAD or checked != _checked(body):
            return None
        said = json.loads(small)
        if said["key"] != call.key or said["program"] != program():
            return None
        if said["installed"] != installed() or not _are_as_they_were(stamps, paths, call):
            return None
        if not all(_answers(*asked) for asked in said["git"]):
            return None
        return Said([(kind, to, text) for kind, to, text in said["pieces"]], int(said["status"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _are_as_they_were(stamps: str, paths: str, call: Call) -> bool:
    """Tell whether all is as it was; who has to look further need not stamp it again."""
    numbers = iter(map(int, stamps.split()))
    before = [*zip(numbers, numbers, numbers, numbers)]
    call.stamps = {path: state_of(path) for path in paths.split("\0")}
    return [*call.stamps.values()] == before


def state_of(path: str) -> Stamp:
    """Return the stamp of a path, or only whether something is there; zeros where nothing is."""
    if path.startswith(THERE):
        return (1, 0, 0, 0) if os.path.exists(path[1:]) else _ABSENT  # noqa: PTH110
    return stamp_of(path) or _ABSENT


def _answers(folder: str, revision: str, answer: str, unknown: str) -> bool:
    """Tell whether git says what it said; without a ``revision`` it was asked the main branch."""
    try:
        said = commit_of(folder, revision) if revision else main_branch(folder)
    except Unknown as reason:
        return not answer and str(reason) == unknown
    return said == answer


def record(call: Call, said: Said, stamps: dict[str, Stamp], asked: Iterable[Asked]) -> bytes:
    """Return what ``recalled`` reads."""
    small = {
        "key": call.key,
        "program": program(),
        "installed": installed(),
        "git": list(asked),
        "pieces": said.pieces,
        "status": said.status,
    }
    numbers = " ".join(str(number) for stamp in stamps.values() for number in stamp)
    body = "\n".join((json.dumps(small), numbers, "\0".join(stamps)))
    return f"{_HEAD}\n{_checked(body)}\n{body}".encode("utf-8", "surrogateescape")


def keep_said(call: Call, said: Said, stamps: dict[str, Stamp], asked: Iterable[Asked]) -> None:
    """Keep what a call was answered, where that can be; as many answers as are of use."""
    from pathlib import Path

    from turnstay_lint.engine.keeping.store import Unusable, evict, put

    file = Path(call.file)
    if call.file and file.parent.is_dir():
        try:
            put(file, record(call, said, stamps, asked))
            evict(file.parent, PREFIX, most=_MOST)
        except Unusable:
            return


def _checked(body: str) -> str:
    return f"{zlib.crc32(body.encode('utf-8', 'surrogateescape')):08x}"
