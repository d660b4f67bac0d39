"""How a run goes about it, as whoever begins one says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from msgspec import Struct, field

from turnstay_lint.engine.keeping.resting import Looked
from turnstay_lint.engine.passes.remembered import Caching
from turnstay_lint.engine.services.service import Services
from turnstay_lint.engine.services.timing import UNTIMED, Timings


class Options(Struct, frozen=True, dict=True):
    """How a run goes about it.

    ``contents`` stand for what is on disk, by absolute path; what is ``gone`` is not there.
    ``jobs`` None is one process for few files and else one a processor. ``progress`` is told how
    many files there are to pass over and what is done, and gives what to call after each. A check
    leaves what it is done with in ``holding``, for a program that ends right after it. What
    ``caching`` says is kept from one run to the next; ``looked`` notes what the answer rests on.
    ``timings`` gather where the time went.
    """

    services: Services = field(default_factory=Services)
    force_exclude: bool = False
    jobs: int | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    progress: Callable[[int, str], Callable[[], object]] = lambda count, what: lambda: None
    holding: list[object] | None = None
    caching: Caching | None = None
    looked: Looked | None = None
    timings: Timings | None = None

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Measure a stage of the run, if somebody wants to know."""
        return self.timings.stage(name) if self.timings is not None else UNTIMED
