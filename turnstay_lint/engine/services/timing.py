"""Where the time of a run goes, by stage and by rule.

Stages of the run itself are measured by the clock, and follow each other. What is done to single
files is added up over all processes, and so may come to more than the run took. A rule that asks
first for what several use pays for all of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field


class Spent(Struct):
    """Seconds that were spent on so many files."""

    seconds: float = 0.0
    files: int = 0

    def add(self, seconds: float, files: int = 1) -> None:
        """Add what was spent on further files."""
        self.seconds += seconds
        self.files += files


class Timings(Struct):
    """What is known of where time went, in one process or in all."""

    stages: dict[str, float] = field(default_factory=dict)
    steps: dict[str, Spent] = field(default_factory=dict)
    rules: dict[str, Spent] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage of the run, which may come several times."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - begun

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what is done to one file."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.steps.setdefault(name, Spent()).add(time.perf_counter() - begun)

    @contextmanager
    def rule(self, code: str) -> Iterator[None]:
        """Measure a rule at one file."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.rules.setdefault(code, Spent()).add(time.perf_counter() - begun)

    def take(self, other: Timings) -> None:
        """Add what another process did to files."""
        for mine, theirs in ((self.steps, other.steps), (self.rules, other.rules)):
            for name, spent in theirs.items():
                mine.setdefault(name, Spent()).add(spent.seconds, spent.files)

    def follow(self, other: Timings) -> None:
        """Add what another process did, stages included, which this one waited for."""
        self.take(other)
        for name, seconds in other.stages.items():
            self.stages[name] = self.stages.get(name, 0.0) + seconds


class _Untimed:
    """Measures nothing, and takes no time."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """End."""


UNTIMED = _Untimed()
