"""What is kept of a service from one run to the next, as data."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Raw, Struct, field

from turnstay_lint.engine.keeping.stamps import Stamp
from turnstay_lint.engine.passes.basis import Beside
from turnstay_lint.engine.passes.portions import Task
from turnstay_lint.engine.passes.survey import Surveyed
from turnstay_lint.engine.passes.verdicts import NOTHING, unpacked
from turnstay_lint.engine.services.lint import Verdict


class Caching(Struct, frozen=True):
    """Where things are kept from one run to the next: in each service, or in a ``folder`` for all.

    ``notes`` gathers why something could not be used or kept. Where fixes are to be made, or shown,
    their ``plans`` are needed. Some files may have their
    ``stamps`` already, taken after ``begun``.
    """

    folder: Path | None = None
    plans: bool = False
    notes: list[str] = field(default_factory=list)
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    begun: int = field(default_factory=time.time_ns)


class Entry(Struct, frozen=True, array_like=True):
    """What is known of one file with these bytes: the summary if it was ``joined``, of the first
    pass if it was ``linted`` in this ``layout``, and of the second on this ``basis``, whose
    findings show places in other files that stood as ``shown`` tells.
    """

    stamp: Stamp
    digest: bytes
    joined: bool = False
    said: bytes = b""
    placed: bytes = b""
    summary: bytes = b""
    calls: tuple[str, ...] = ()
    linted: bool = False
    layout: bytes = b""
    alone: Raw = NOTHING
    asks: bool = False
    sure: bool = True
    basis: bytes = b""
    beyond: Raw = NOTHING
    shown: dict[str, bytes] = field(default_factory=dict)

    def surveyed(self, task: Task) -> Surveyed:
        """Return what the first pass would say."""
        return Surveyed(
            task.file,
            unpacked(self.alone) if task.linted else Verdict(()),
            asks=self.asks and task.linted,
            sure=self.sure,
            digest=self.digest,
            said=self.said,
            placed=self.placed,
            packed=self.summary,
            calls=self.calls,
        )


class Held(Struct, frozen=True, array_like=True):
    """All that is kept of one service: its files by their paths from the root's base.

    On this ``basis`` these ``facts`` hold of it.
    """

    files: dict[str, Entry] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)
    basis: bytes = b""
    facts: dict[str, bytes] = field(default_factory=dict)
