"""A command as a whole process, timed next to others in turn, so that what slows one slows all."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Timed:
    """One run: wall seconds, processor seconds and the largest process's memory in MiB."""

    wall: float
    processor: float
    memory: float


def timed(command: Command, folder: Path, environment: dict[str, str] | None = None) -> Timed:
    """Run a command in a folder, whatever its exit status; its children count as well.

    Raises OSError where there is no such program.
    """
    # An installed program's modules are compiled, whatever this environment says.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=inherited | (environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = 0
    return Timed(wall, usage.ru_utime + usage.ru_stime, _mebibytes(usage))


def _mebibytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


@dataclass
class Measure:
    """A command that is timed several times, each time right after a yardstick."""

    label: str
    command: Command
    folder: Path
    runs: int = 3
    prepare: Callable[[], object] = lambda: None
    environment: dict[str, str] | None = None
    rows: list[tuple[Timed, Timed]] = field(default_factory=list)

    def run(self, yardstick: Command) -> None:
        """Time the command and the yardstick once more."""
        self.prepare()
        unit = timed(yardstick, self.folder)
        self.prepare()
        self.rows.append((timed(self.command, self.folder, self.environment), unit))

    @property
    def wall(self) -> float:
        """Return the median of the wall seconds."""
        return statistics.median(own.wall for own, _ in self.rows)

    @property
    def ratio(self) -> float:
        """Return the median of wall time by the yardstick's."""
        return statistics.median(own.wall / unit.wall for own, unit in self.rows)

    @property
    def processor_ratio(self) -> float:
        """Return the median of processor time by the yardstick's."""
        return statistics.median(own.processor / unit.processor for own, unit in self.rows)

    @property
    def memory(self) -> float:
        """Return the most memory that one process had, in MiB."""
        return max(own.memory for own, _ in self.rows)
