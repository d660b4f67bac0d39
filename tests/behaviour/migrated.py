"""What became of a database that went up and down a service's revisions, with rows in it."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from tests.services.service_copy import ServiceCopy

Row = dict[str, Any]


class Seen(Struct, frozen=True):
    """A table at one moment: its rows, and the columns that must have a value."""

    rows: tuple[Row, ...]
    required: frozenset[str]


class Step(Struct, frozen=True):
    """One step, up or down, ``to`` a revision.

    ``error`` is why it failed with rows in the tables; it was then made on empty ones.
    """

    to: str
    up: bool
    error: str
    tables: dict[str, Seen]

    def has(self, table: str, column: str) -> bool:
        """Tell whether a table has a column, by its rows, which there must be."""
        rows = self.tables[table].rows
        assert rows, f"{table} has no rows at {self.to}"
        return column in rows[0]

    def values(self, table: str, column: str) -> list[Any]:
        """Return what stands in a column."""
        return [row[column] for row in self.tables[table].rows]


class Walk(Struct, frozen=True):
    """All steps, to the head and back to nothing, and a leap over the last ones to the head."""

    steps: tuple[Step, ...]
    leap: Step

    @property
    def failing_up(self) -> set[str]:
        """Return the revisions whose upgrade fails on rows."""
        return {step.to for step in self.steps if step.up and step.error}

    @property
    def failing_down(self) -> set[str]:
        """Return the revisions whose downgrade fails on rows."""
        above = {after.to: before.to for before, after in zip(self.steps, self.steps[1:])}
        return {above[step.to] for step in self.steps if not step.up and step.error}

    def after(self, revision: str, *, up: bool = True) -> Step:
        """Return the step that led to a revision."""
        return next(step for step in self.steps if (step.to, step.up) == (revision, up))


def walk(service: ServiceCopy, leap_from: str) -> Walk:
    """Take a service's empty database up and down, in a process of its own."""
    printed = service.succeeds("-m", "tests.behaviour.driving.migrating", leap_from)
    return msgspec.json.decode(printed, type=Walk)
