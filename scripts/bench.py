"""Measure what checking costs, as a ratio to a bare ``ast.parse`` of the same files.

    python scripts/bench.py [--files 1000] [--runs 5]

A service of that many files is generated from the fixture service, renamed copy by copy. Every
measure is a whole process, the two in turn, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "fixtures" / "services" / "guesthouse"

BARE_PARSE = """
import ast, gc, pathlib, sys
gc.disable()
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    ast.parse(path.read_bytes())
"""


def generate(folder: Path, count: int) -> int:
    """Copy the fixture service until there are ``count`` files; return how many there are."""
    sources = sorted(p for p in MODEL.rglob("*.py") if "__pycache__" not in p.parts)
    written = 0
    while written < count:
        service = folder / f"service_{written // len(sources):03d}"
        for source in sources[: count - written]:
            target = service / source.relative_to(MODEL)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
            written += 1
    (folder / "pyproject.toml").write_text("[tool.turnstay-lint]\n", encoding="utf-8")
    return written


def seconds(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; return its wall and processor seconds, children's included."""
    before = os.times()
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    wall = time.perf_counter() - begun
    after = os.times()
    processor = after.children_user + after.children_system
    return wall, processor - before.children_user - before.children_system


def compare(ours: list[str], theirs: list[str], folder: Path, runs: int) -> list[tuple[float, ...]]:
    """Run both in turn, once to warm up; return our wall, our cpu and both ratios, a run each."""
    rows: list[tuple[float, ...]] = []
    for run in range(runs + 1):
        wall, cpu = seconds(ours, folder)
        other_wall, other_cpu = seconds(theirs, folder)
        if run:
            rows.append((wall, cpu, wall / other_wall, cpu / other_cpu))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print one line a comparison: the medians, and the ratios' range."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = generate(folder, chosen.files)
        lines = sum(len(p.read_bytes().splitlines()) for p in folder.rglob("*.py"))
        print(f"{count} files, {lines} lines, {os.cpu_count()} cores, {chosen.runs} runs")
        python = sys.executable
        bare = [python, "-c", BARE_PARSE, str(folder)]
        check = [python, "-m", "turnstay_lint", "--no-cache", "--exit-zero", str(folder)]
        for label, command in (
            ("all rules", check),
            ("all rules, one process", [*check, "--jobs", "1"]),
            ("import-order alone", [*check, "--jobs", "1", "--select", "TSL001"]),
        ):
            rows = compare(command, bare, folder, chosen.runs)
            wall, cpu, wall_ratio, cpu_ratio = (statistics.median(c) for c in zip(*rows))
            low, high = min(r[2] for r in rows), max(r[2] for r in rows)
            print(
                f"{label:24} {wall:6.2f} s wall, {cpu:6.2f} s cpu; of a bare ast.parse:"
                f" {wall_ratio:.2f} wall ({low:.2f} to {high:.2f}), {cpu_ratio:.2f} cpu"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
