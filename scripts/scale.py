"""Measure whether time and memory of a check grow with its files, and no faster.

    python scripts/scale.py [--sizes 1000 10000 100000] [--jobs 1] [--folder FOLDER] [--fix]

So many files are generated, in services of 340 files each: copies of the fixture service, as
``bench.py`` measures them. Each check is a process of its own; what is measured is processor time,
which other work on the machine bears on least, and the peak of resident memory, of this process's
children and theirs. The largest size takes some minutes and 0.7 GB of disk. Ends with 1 where the
last takes over 1.1 times as long for a file as the first.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.generated import generate  # noqa: E402

EACH = 340
"""So many files have the services, as real ones may."""

MOST = 1.1


class Cost(Struct, frozen=True):
    """What a run over so many files took."""

    files: int
    wall: float
    processor: float
    megabytes: float


def services(folder: Path, count: int) -> None:
    """Generate services with ``count`` files in all."""
    number = 0
    while count > 0:
        service = folder / f"repository_{number:04d}"
        service.mkdir(parents=True)
        count -= generate(service, min(count, EACH))
        number += 1


def cost(words: list[str], folder: Path, files: int) -> Cost:
    """Run a command in a folder; returns what it took."""
    begun = time.perf_counter()
    child = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ended with {child.returncode}")
    wall = time.perf_counter() - begun
    # What a system counts memory in: macOS bytes, others 1024 of them.
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(files, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)


def main(arguments: list[str] | None = None) -> int:
    """Print a line a size; returns the status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="generate below this one")
    parser.add_argument("--fix", action="store_true", help="make fixes too, and write none")
    chosen = parser.parse_args(arguments)
    words = [sys.executable, "-m", "turnstay_lint", "--no-cache", "--exit-zero", "--statistics"]
    words += ["--quiet", "--jobs", str(chosen.jobs)]
    words += ["--diff", "--unsafe-fixes"] if chosen.fix else []
    costs: list[Cost] = []
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
            services(Path(name), size)
            costs.append(cost(words, Path(name), size))
        print(_line(costs[-1], costs[0]), flush=True)
    first, last = costs[0], costs[-1]
    return int(last.processor / last.files > MOST * first.processor / first.files)


def _line(one: Cost, first: Cost) -> str:
    return (
        f"{one.files:>7} files: {one.processor:8.2f} s cpu ({one.processor / first.processor:6.1f}"
        f" times the first's), {one.wall:8.2f} s wall, {one.megabytes:6.0f} MB at most"
    )


if __name__ == "__main__":
    raise SystemExit(main())
