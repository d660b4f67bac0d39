"""Measure what checking costs, next to a bare ``ast.parse`` of the same files and next to peers.

    python scripts/bench.py                      ratios alone, on a generated service
    python scripts/bench.py --peers              the whole table; installs the peers
    python scripts/bench.py --peers --write      the same into the README
    python scripts/bench.py --folder SERVICE     on services of your own

Every measure is a whole process with the yardstick right before it, so that a machine that slows
down slows both. Beside 1,000 generated files, ``--peers`` looks at two packages of
``scripts/ecosystem.py``.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts import ecosystem  # noqa: E402
from scripts.generated import generate  # noqa: E402
from scripts.peers import Peers  # noqa: E402
from scripts.timing import Command, Measure, timed  # noqa: E402

BARE_PARSE = """
import ast, gc, pathlib, sys
gc.disable()
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        ast.parse(path.read_bytes())
    except SyntaxError:
        pass
"""
LINT = (sys.executable, "-m", "turnstay_lint", "--exit-zero")
CLICK: Command = (sys.executable, "-c", "import click")
HEADLINES = "TSL000,TSL001,TSL101,TSL102,TSL301,TSL302,TSL306,TSL901,TSL905"
"""The rules that the handbook's readers meet first."""
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def bare_parse(folder: Path) -> Command:
    """Return the yardstick: one process that parses every file of a folder and keeps nothing."""
    return (sys.executable, "-c", BARE_PARSE, str(folder))


def own_measures(folder: Path, runs: int) -> list[Measure]:
    """Return what is measured of turnstay-lint without a cache."""
    cold = [*LINT, "--no-cache", "."]
    return [
        Measure(label, command, folder, runs)
        for label, command in (
            ("**turnstay-lint**, all rules, no cache", cold),
            ("turnstay-lint, the same in one process", [*cold, "--jobs=1"]),
            ("turnstay-lint, the nine headline rules", [*cold, f"--select={HEADLINES}"]),
            ("turnstay-lint, the section of tenants and loading", [*cold, "--select=TSL3"]),
            (
                "turnstay-lint, the engine with one rule of its own (TSL101)",
                [*cold, "--select=TSL101"],
            ),
            ("turnstay-lint, import order alone", [*cold, "--select=TSL001"]),
        )
    ]


def warm(folder: Path, cache: Path, runs: int) -> Measure:
    """Return the run in which nothing has changed since the last."""
    command = [*LINT, f"--cache-dir={cache}", "."]

    def fill() -> None:
        if not any(cache.iterdir()):
            timed(command, folder)

    return Measure("**turnstay-lint**, all rules, warm", command, folder, runs, prepare=fill)


def one_changed_file(folder: Path, cache: Path, runs: int) -> Measure:
    """Return the check of one file that changed, as before a commit; the yardstick is click."""
    file = max(folder.rglob("*_utils.py"), key=lambda path: path.stat().st_size)
    text, count = file.read_text(encoding="utf-8"), iter(range(1_000_000))
    return Measure(
        "turnstay-lint, one changed file of a warm project",
        [*LINT, f"--cache-dir={cache}", file.relative_to(folder)],
        folder,
        runs,
        prepare=lambda: file.write_text(f"{text}\n# {next(count)}\n", encoding="utf-8"),
    )


def fixes(folder: Path, peers: Peers, runs: int) -> list[Measure]:
    """Return the fix of one rule, here and in Fixit, each on a service that still needs it."""
    work = folder / "work"

    def renew() -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(folder / "drifted", work)

    fix = [*LINT, "--no-cache", "--select=TSL306", "--fix", "work"]
    theirs = [*peers.fixit, "fix", "--automatic", "work"]
    return [
        Measure("**turnstay-lint --fix**, one rule", fix, folder, runs, renew),
        Measure("Fixit fix, the same rule", theirs, folder, 1, renew, peers.environment),
    ]


def rows(measures: list[Measure], folder: Path) -> Iterator[str]:
    """Run measures, a round of all after another, and yield their lines of the table."""
    for number in range(max(measure.runs for measure in measures)):
        for measure in measures:
            if number < measure.runs:
                measure.run(bare_parse(folder))
    for measure in measures:
        yield (
            f"| {measure.label} | {measure.wall:.2f} | {measure.ratio:.2f} |"
            f" {measure.processor_ratio:.2f} | {measure.memory:.0f} |"
        )


def table(folder: Path, runs: int, peers: Peers | None) -> Iterator[str]:
    """Yield the table of one folder, in Markdown."""
    files = list(folder.rglob("*.py"))
    lines = sum(len(file.read_bytes().splitlines()) for file in files)
    yield f"**{folder.name}**: {len(files):,} files, {lines:,} lines"
    yield ""
    yield "| what | seconds | × bare `ast.parse` | × its processor time | MiB |"
    yield "| --- | --- | --- | --- | --- |"
    bare = Measure("bare `ast.parse` of every file, one process", bare_parse(folder), folder, runs)
    with tempfile.TemporaryDirectory() as name:
        measures = [bare, *own_measures(folder, runs), warm(folder, Path(name), runs)]
        if peers is not None:
            measures += [Measure(label, c, folder, runs) for label, c in peers.quick()]
            measures += [
                Measure(label, command, folder, 1, environment=peers.environment)
                for label, command in peers.slow()
            ]
        yield from rows(measures, folder)
        changed = one_changed_file(folder, Path(name), runs + 2)
        for _ in range(changed.runs):
            changed.run(CLICK)
        yield ""
        yield (
            f"{changed.label}: {changed.wall:.3f} s, {changed.ratio:.2f} times"
            ' `python -c "import click"`.'
        )


def fix_table(folder: Path, peers: Peers, runs: int) -> Iterator[str]:
    """Yield the table of fixes."""
    yield ""
    yield f"Fixes, on {len(list(folder.rglob('*.py'))):,} files of a service that drifted:"
    yield ""
    yield "| what | seconds | × bare `ast.parse` | × its processor time | MiB |"
    yield "| --- | --- | --- | --- | --- |"
    measures = fixes(folder, peers, runs)
    yield from rows(measures, folder / "drifted")
    ours, theirs = measures
    yield ""
    yield f"Fixit takes {theirs.wall / ours.wall:.1f} times as long."


def measured(chosen: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Yield all that was asked for."""
    peers = Peers(chosen.environment) if chosen.peers else None
    subjects = [path.resolve() for path in chosen.folder]
    if not subjects:
        generate(folder / "generated", chosen.files)
        subjects.append(folder / "generated")
    if peers is not None and not chosen.folder:
        subjects += packages(chosen.packages)
    for subject in subjects:
        yield from table(subject, chosen.runs, peers)
        yield ""
    if peers is not None:
        generate(folder / "fixes" / "drifted", chosen.files, "drifted")
        yield from fix_table(folder / "fixes", peers, chosen.runs)
        yield ""
        yield (
            f"Python {platform.python_version()}, {os.cpu_count()} cores, {date.today()};"
            f" medians of {chosen.runs}, the slow peers once; {peers.versions()}."
        )


def packages(folder: Path) -> Iterator[Path]:
    """Yield the folders of two real services."""
    for name in ("letta", "prefect"):
        version, names = ecosystem.PACKAGES[name]
        target = ecosystem.install(name, version, folder)
        ecosystem.configure(target, names)
        yield target.resolve()


def main(arguments: list[str] | None = None) -> int:
    """Print the tables, and write them into the README where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, nargs="*", default=[])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="into the README")
    parser.add_argument("--environment", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--packages", type=Path, default=ROOT / "build" / "ecosystem")
    chosen = parser.parse_args(arguments)
    said: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for line in measured(chosen, Path(name)):
            print(line, flush=True)
            said.append(line)
    if chosen.write:
        write("\n".join(said).strip())
    return 0


def write(text: str) -> None:
    """Put the tables between the README's marks."""
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
