"""Hold what TSL901, TSL905 and TSL908 find against squawk, on migrations of real services.

    python scripts/squawk.py [--folder build/squawk] [--write]

Squawk reads SQL, so that each revision is rendered as ``alembic upgrade --sql`` does it, and the
way down too, in an environment of its own with pinned versions. The services' packages are
unpacked without what they depend on; of their code the revisions alone are run, there, without a
database. ``--write`` writes ``docs/squawk.md``. Ends with 1 where a difference is not explained.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.ecosystem import install  # noqa: E402

PAGE = ROOT / "docs" / "squawk.md"
TOOLS = ("squawk-cli==2.70.0", "alembic==1.20.1", "SQLAlchemy==2.1.9")
PACKAGES = {
    "apache-superset": ("6.1.0", "superset/migrations/versions"),
    "dstack": ("0.22.5", "dstack/_internal/server/migrations/versions"),
    "ethyca-fides": ("2.78.2", "fides/api/alembic/migrations/versions"),
    "mlflow": ("3.18.0", "mlflow/store/db_migrations/versions"),
    "prefect": ("3.9.1", "prefect/server/database/_migrations/versions/postgresql"),
}
RULES = {
    ("adding-required-field", "upgrade"): "TSL901",
    ("adding-required-field", "downgrade"): "TSL905",
    ("adding-field-with-default", "upgrade"): "TSL908",
}
"""What squawk calls it, in which direction, and what it is here."""
_IN_PART = "rendered up to where it inspects the database; "
EXPLAINED = {
    ("af30ca79208f", "*"): _IN_PART + "the column is added so on all databases but SQLite",
    ("b546ce845e6c", "*"): "all rows are deleted first, so that none is left without a value",
    ("75868b020152", "*"): _IN_PART + "done on SQLite alone, but here every branch is followed",
}
"""Why one finds and the other does not, by the start of the file's name and the column."""

_ADDED = re.compile(r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?([\w\"]+)", re.I)
_TABLE = re.compile(r"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?([\w.\"]+)", re.I)
_NAMED = re.compile(r"`([\w.]+\.\w+)`")


class Place(Struct, frozen=True, order=True):
    """A column that is added: by which rule of ours, in which file, and its name."""

    package: str
    code: str
    file: str
    column: str


class Compared(Struct):
    """What came of one package."""

    revisions: int = 0
    in_part: int = 0
    theirs: set[Place] = field(default_factory=set)
    ours: set[Place] = field(default_factory=set)


def tools(folder: Path) -> Path:
    """Make the environment of squawk and Alembic; return its programs."""
    programs = folder / "venv" / "bin"
    if not (programs / "squawk").exists():
        venv.create(folder / "venv", with_pip=True)
        command = [str(programs / "python"), "-m", "pip", "install", "--quiet", *TOOLS]
        subprocess.run(command, check=True)
    return programs


def compare(name: str, programs: Path, folder: Path) -> Compared:
    """Render a package's revisions, and hold what squawk finds in them against the rules."""
    version, place = PACKAGES[name]
    package = install(name, version, folder)
    output = folder / "sql" / name
    output.mkdir(parents=True, exist_ok=True)
    rendering = [str(programs / "python"), str(ROOT / "scripts" / "rendering.py")]
    subprocess.run(
        [*rendering, str(package / place), str(output)], check=True, stdout=subprocess.DEVNULL
    )
    files = sorted(output.glob("*.sql"))
    left_out = json.loads((output / "left_out.json").read_text(encoding="utf-8"))
    return Compared(
        revisions=len(files) // 2,
        in_part=len(left_out),
        theirs=set(_theirs(name, programs, files)),
        ours=set(_ours(name, package / place)),
    )


def _theirs(name: str, programs: Path, files: list[Path]) -> Iterator[Place]:
    command = [str(programs / "squawk"), "--reporter", "json", "--pg-version", "15"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(f"squawk said nothing: {done.stderr}")
    for found in json.loads(done.stdout):
        file, _, direction = Path(found["file"]).stem.rpartition(".")
        code = RULES.get((found["rule_name"], direction))
        if code is not None:
            lines = Path(found["file"]).read_text(encoding="utf-8").split("\n")
            yield Place(name, code, file, added_column(lines, found["line"], found["column"]))


def added_column(lines: list[str], line: int, column: int) -> str:
    """Return the column that is added at a place of rendered SQL, with its table."""
    offset = sum(len(one) + 1 for one in lines[:line]) + column
    text = "\n".join(lines)
    table, added = (
        [found for found in sought.finditer(text) if found.start() <= offset][-1].group(1)
        for sought in (_TABLE, _ADDED)
    )
    return f"{table}.{added}".replace('"', "")


def _ours(name: str, folder: Path) -> Iterator[Place]:
    select = f"--select={','.join(sorted(set(RULES.values())))}"
    command = [sys.executable, "-m", "turnstay_lint", "--no-cache", "--output-format=json", select]
    done = subprocess.run(
        [*command, str(folder)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    for found in json.loads(done.stdout):
        if found["code"] in RULES.values():
            for column in _NAMED.findall(found["message"]):
                yield Place(name, found["code"], Path(found["filename"]).stem, column)


def reason(place: Place) -> str:
    """Return why one finds a column and the other does not, empty where nobody has said it."""
    for (start, column), why in EXPLAINED.items():
        if start in place.file and column in (place.column, "*"):
            return why
    return ""


def page(compared: dict[str, Compared]) -> str:
    """Return the page that says what came of all packages."""
    rows = ["| package | revisions | in part | rule | both | squawk alone | here alone |"]
    rows.append("| --- | ---: | ---: | --- | ---: | ---: | ---: |")
    for name, one in compared.items():
        for code in sorted(set(RULES.values())):
            theirs = {place for place in one.theirs if place.code == code}
            ours = {place for place in one.ours if place.code == code}
            counts = len(theirs & ours), len(theirs - ours), len(ours - theirs)
            package = f"{name} {PACKAGES[name][0]} | {one.revisions} | {one.in_part}"
            rows.append(f"| {package} | {code} | {' | '.join(map(str, counts))} |")
    differences = ["| package | revision | column | rule | found by | why not by the other |"]
    differences.append("| --- | --- | --- | --- | --- | --- |")
    for place, by in _differences(compared):
        said = reason(place) or "**not explained**"
        file = place.file[:60]
        differences.append(
            f"| {place.package} | {file} | `{place.column}` | {place.code} | {by} | {said} |"
        )
    return _PAGE.format(
        tools=", ".join(TOOLS), rows="\n".join(rows), differences="\n".join(differences)
    )


def _differences(compared: dict[str, Compared]) -> Iterator[tuple[Place, str]]:
    for one in compared.values():
        for place in sorted(one.theirs ^ one.ours):
            yield place, "squawk" if place in one.theirs else "here"


_PAGE = """# Held against squawk

Written by `python scripts/squawk.py --write`, with {tools}.

[Squawk](https://squawkhq.com) reads SQL, so that each revision is rendered as
`alembic upgrade --sql` does it, and the way down too. What needs a database to be rendered
(`op.get_bind()`, an inspector, a query) is rendered as far as it goes, *in part*; what a revision
takes from its own service is a stand-in. Compared is every column that squawk's
`adding-required-field` finds on the way up (TSL901) and on the way down (TSL905), and
`adding-field-with-default` on the way up (TSL908).

{rows}

## Every difference

{differences}
"""


def main(arguments: list[str] | None = None) -> int:
    """Compare, print or write the page; 1 where a difference is not explained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "squawk")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args(arguments)
    folder = chosen.folder.resolve()
    programs = tools(folder)
    compared = {name: compare(name, programs, folder) for name in PACKAGES}
    text = page(compared)
    if chosen.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)
    return int(any(not reason(place) for place, _ in _differences(compared)))


if __name__ == "__main__":
    raise SystemExit(main())
