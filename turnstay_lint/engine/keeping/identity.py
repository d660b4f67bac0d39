"""What an answer rests on besides files and configuration: this program, Python, what is installed.

Nothing is read for it: a file of the program that changes has another time or size, and a folder in
which packages are installed changes with each of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache

import turnstay_lint

FORMAT = 2
"""Counts the shapes that what is kept between runs has had."""


@cache
def program() -> str:
    """Return what tells this version of the program, as it is installed, from any other."""
    top = os.path.dirname(turnstay_lint.__file__)  # noqa: PTH120 (pathlib takes long to import)
    files = "\n".join(sorted(_files(top)))
    running = f"{sys.implementation.cache_tag} {sys.version}"
    return f"{FORMAT} {turnstay_lint.__version__} {running}\n{files}"


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _files(entry.path)


def installed() -> str:
    """Return what changes when a package is installed, removed or replaced.

    ``python -m`` searches the working folder as well: what lies there is the user's own, and it
    changes with every file that anybody puts there.
    """
    places = (place for place in sys.path if place not in ("", os.getcwd()))  # noqa: PTH109
    return "\n".join(f"{place} {_changed(place)}" for place in places)


def _changed(place: str) -> int:
    try:
        return os.stat(place).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0
