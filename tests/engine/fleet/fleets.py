"""Repositories of many kinds in one folder, and what a run over them makes of each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from tests.engine.repositories import repository
from tests.engine.services import LAZY, write
from turnstay_lint.engine.fleet.crews import Crew
from turnstay_lint.engine.fleet.fleet import Fleet
from turnstay_lint.engine.fleet.listing import listed
from turnstay_lint.engine.fleet.visiting import Order, Visit

DRIFTED = Path(__file__).parents[3] / "fixtures" / "services" / "drifted"

NESTED = {
    "pyproject.toml": '[tool.turnstay-lint]\nselect = ["TSL306"]\n',
    ".gitignore": "ignored.py\n",
    "one/pyproject.toml": '[tool.turnstay-lint]\nextend-select = ["TSL101"]\n',
    "one/app/models.py": LAZY,
    "one/app/ignored.py": LAZY,
    "one/.venv/lib/x.py": LAZY,
    "two/app/__init__.py": "",
    "two/app/models.py": LAZY,
    "two/app/odd.py": b"def f(:\n",
    "two/app/latin.py": b"# coding: latin-1\nname = '\xe4'\n",
    "two/static/readme.txt": "",
}
EXCLUDING = '[tool.turnstay-lint]\nexclude = ["b.py"]\n'
NAMES = ("drifted", "plain", "nested", "above/api/app", "history", "gone", "twisted")


def fleet_of(folder: Path, *, whole: bool = True) -> Path:
    """Make the repositories, with a list of them; returns the list."""
    if whole:
        shutil.copytree(DRIFTED, folder / "drifted", ignore=shutil.ignore_patterns("__pycache__"))
    write(folder / "plain", {"app/models.py": LAZY, "app/crlf.py": LAZY.replace("\n", "\r\n")})
    write(folder / "nested", NESTED)
    (folder / "nested/one/app/link.py").symlink_to("models.py")
    (folder / "nested/one/app/outside.py").symlink_to(folder / "beside/models.py")
    write(folder, {"beside/models.py": LAZY, "above/pyproject.toml": EXCLUDING})
    write(folder / "above", {"api/app/__init__.py": "", "api/app/a.py": LAZY, "api/app/b.py": LAZY})
    repository(folder / "history")
    write(folder / "twisted", {"pyproject.toml": "[tool.turnstay-lint]\nselct = []\n", "x.py": ""})
    names = NAMES if whole else NAMES[1:]
    return write(folder, {"repos.txt": "\n".join(names)}) / "repos.txt"


def visits(list_: Path, order: Order, crew: Crew, scratch: Path) -> Iterator[tuple[str, Visit]]:
    """Yield what came of each repository of a list, as it ends."""
    repositories = listed(list_.read_text().splitlines(), list_.parent)
    for one, visit in Fleet(repositories, order, crew, scratch).visits():
        yield one.name, visit


def said(visit: Visit, folder: Path) -> object:
    """Return all that was said of a repository, as it would be of one in another folder."""
    if visit.report is None:
        return visit.error.replace(f"{folder}/", "")
    report = visit.report
    changes = [
        (change.name, change.before, change.after, change.applied, change.shared)
        for change in report.changes
    ]
    return replace(report, seconds=0.0, changes=()), changes


def held(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files, what git and the program keep for themselves apart."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not {".git", ".turnstay_cache"} & set(file.parts)
    }
