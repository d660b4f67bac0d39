"""Hold what checking costs, in instructions, against what was committed.

    python scripts/instructions.py            fails where a ratio is 10% above the committed one
    python scripts/instructions.py --write    commits what was measured

Instructions do not depend on what else a machine does. They are counted by valgrind's callgrind,
and divided by those of a bare ``ast.parse`` of the same files (of start-up, by those of importing
click), so that another processor makes no difference, and another build of Python a tenth; another
version makes more, so each has ratios of its own.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.bench import CLICK, bare_parse  # noqa: E402
from scripts.generated import generate  # noqa: E402
from scripts.timing import Command  # noqa: E402

COMMITTED = ROOT / "scripts" / "instructions.toml"
"""What is held, as Debian's build of Python has it, whose parser is the cheapest."""
VERSION = f"python-{sys.version_info.major}.{sys.version_info.minor}"
FILES = 90
"""One copy of the fixture service: large enough that its rules weigh more than their import."""

ALLOWED = 1.10
LINT = (sys.executable, "-m", "turnstay_lint")


def counted(command: Command, folder: Path) -> int:
    """Return how many instructions a command takes, beyond an empty program of Python."""
    return _counted(command, folder) - _counted((sys.executable, "-c", "pass"), folder)


def _counted(command: Command, folder: Path) -> int:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TURNSTAY"))}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True)
    valgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    done = subprocess.run(
        [*valgrind, *map(str, command)],
        cwd=folder,
        env=environment | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
    )
    refs = re.search(r"Collected : (\d+)", done.stderr)
    if refs is None:
        raise SystemExit(f"callgrind counted nothing: {done.stderr.strip()[-400:]}")
    return int(refs[1])


def ratios(folder: Path) -> dict[str, float]:
    """Return what is held: a name and its ratio."""
    generate(folder, FILES)
    parse = counted(bare_parse(folder), folder)
    cold = counted((*LINT, "--no-cache", "--jobs=1", "."), folder)
    start = counted((*LINT, "--version"), folder)
    return {"cold": cold / parse, "start": start / counted(CLICK, folder)}


def main(arguments: list[str] | None = None) -> int:
    """Compare, or write; the exit status is 1 where something has become dearer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="commit what is measured")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        measured = ratios(Path(name))
    every = tomllib.loads(COMMITTED.read_text(encoding="utf-8")) if COMMITTED.exists() else {}
    if chosen.write:
        every[VERSION] = {name: round(ratio, 2) for name, ratio in measured.items()}
        COMMITTED.write_text(_written(every), encoding="utf-8")
    return compared(measured, every.get(VERSION, {}))


def compared(measured: dict[str, float], committed: dict[str, float]) -> int:
    """Print a line for each ratio; return 1 where one is above what is allowed."""
    status = 0
    for name, ratio in measured.items():
        if name not in committed:
            print(f"{name}: {ratio:.2f}; nothing is committed for {VERSION}")
            continue
        dear = ratio > committed[name] * ALLOWED
        status |= dear
        said = "more than 10% above" if dear else "held against"
        print(f"{name}: {ratio:.2f}, {said} {committed[name]:.2f}")
    return status


def _written(every: dict[str, dict[str, float]]) -> str:
    heads = ["# Written by scripts/instructions.py --write: ratios of instructions."]
    for version, held in sorted(every.items()):
        heads += ["", f"[{version!r}]".replace("'", '"')]
        heads += [f"{name} = {ratio}" for name, ratio in held.items()]
    return "\n".join(heads) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
