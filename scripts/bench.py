"""Measure what checking costs, as a ratio to a bare ``ast.parse`` of the same files.

    python scripts/bench.py [--files 1000] [--runs 5] [--folder SERVICE ...]

Services of that many files in all are generated from the fixture service: copies of it, whose
modules are grown to the length that files of real services have by repeating their definitions
under other names. ``--folder`` measures services of your own instead. Every measure is a whole
process, both in turn, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "fixtures" / "services" / "guesthouse"

ORDINARY_LINES = 175
"""The mean length of a file in the application folder of the service that the goals come from."""

BARE_PARSE = """
import ast, gc, pathlib, sys
gc.disable()
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    ast.parse(path.read_bytes())
"""


def grown(text: str) -> str:
    """Repeat a module's functions and classes under other names until it is of ordinary length.

    A module without definitions and a revision of a migration are left as they are.
    """
    tree = ast.parse(text)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    definitions = [node for node in tree.body if isinstance(node, kinds)]
    names = [node.name for node in definitions]
    if not definitions or "upgrade" in names:
        return text
    lines = text.splitlines()
    begins = [min([n.lineno, *(d.lineno for d in n.decorator_list)]) - 1 for n in definitions]
    bodies = [lines[b : n.end_lineno] for b, n in zip(begins, definitions, strict=True)]
    copy = 2
    while len(lines) < ORDINARY_LINES:
        for body in bodies:
            renamed = re.sub(rf"\b({'|'.join(names)})\b", rf"\g<1>_{copy}", "\n".join(body))
            lines += ["", "", *renamed.splitlines()]
        copy += 1
    return "\n".join(lines) + "\n"


def generate(folder: Path, count: int) -> int:
    """Copy the fixture service until there are ``count`` files; return how many there are."""
    sources = sorted(p for p in MODEL.rglob("*.py") if "__pycache__" not in p.parts)
    texts = {source: grown(source.read_text(encoding="utf-8")) for source in sources}
    written = 0
    while written < count:
        service = folder / f"service_{written // len(sources):03d}"
        for source in sources[: count - written]:
            target = service / source.relative_to(MODEL)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(texts[source], encoding="utf-8")
            written += 1
    (folder / "pyproject.toml").write_text("[tool.turnstay-lint]\n", encoding="utf-8")
    return written


def seconds(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; return its wall and processor seconds, children's included."""
    # An installed program's modules are compiled, whatever this environment says.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = os.times()
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
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
    parser.add_argument("--folder", type=Path, nargs="*", default=[])
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        if not chosen.folder:
            generate(Path(name), chosen.files)
        for folder in chosen.folder or [Path(name)]:
            measure(folder.resolve(), chosen.runs)
    return 0


def measure(folder: Path, runs: int) -> None:
    """Print what checking a folder costs."""
    files = list(folder.rglob("*.py"))
    lines = sum(len(file.read_bytes().splitlines()) for file in files)
    print(f"{folder.name}: {len(files)} files, {lines} lines, {os.cpu_count()} cores, {runs} runs")
    python = sys.executable
    bare = [python, "-c", BARE_PARSE, str(folder)]
    check = [python, "-m", "turnstay_lint", "--no-cache", "--exit-zero", str(folder)]
    for label, command in (
        ("all rules", check),
        ("all rules, one process", [*check, "--jobs", "1"]),
        ("import-order alone", [*check, "--jobs", "1", "--select", "TSL001"]),
    ):
        rows = compare(command, bare, folder, runs)
        wall, cpu, wall_ratio, cpu_ratio = (statistics.median(c) for c in zip(*rows))
        low, high = min(r[2] for r in rows), max(r[2] for r in rows)
        print(
            f"{label:24} {wall:6.2f} s wall, {cpu:6.2f} s cpu; of a bare ast.parse:"
            f" {wall_ratio:.2f} wall ({low:.2f} to {high:.2f}), {cpu_ratio:.2f} cpu"
        )


if __name__ == "__main__":
    raise SystemExit(main())
