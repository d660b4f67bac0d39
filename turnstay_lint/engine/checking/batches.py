"""Many services some at a time, so that what is known of one is let go before the next is read.

No file of one service bears on another's, so that the answer is that of one look at all of them;
memory is bounded by the largest service, and by what is found. Where that can be, each batch has a
process of its own: what it knew goes back to the system as a whole when it ends, where to free it
piece by piece takes longer the more pieces were freed before.
"""

from __future__ import annotations

import gc
import pickle
from collections.abc import Iterable

from msgspec.structs import replace

from turnstay_lint.engine.checking.run import Examined, examine
from turnstay_lint.engine.configuring.registry import import_rules
from turnstay_lint.engine.keeping.resting import Looked
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.portions import Judged
from turnstay_lint.engine.passes.processes import are_forked, crew, result_of
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.engine.services.timing import Timings

MANY_FILES = 2_000
"""So many files are examined together; where there are more, what is known of them goes in time."""

_Found = tuple[dict[str, Judged], dict[str, Root]]


def examined_in_batches(files: list[str], options: Options, most: int) -> Examined:
    """Examine as ``examine`` does, at most so many files at once, or one service that has more.

    What was found is kept, and nothing else.
    """
    batches = batches_of(files, options, most) if len(files) > most else [files]
    if len(batches) == 1:
        return examine(files, options)
    done = options.progress(len(files), "")
    alone = replace(options, progress=lambda count, what: lambda: None, holding=None)
    import_rules(options.services.of(files[0]).rules)
    judged: dict[str, Judged] = {}
    roots: dict[str, Root] = {}
    for batch in batches:
        found, lying = _examined(batch, alone)
        judged |= found
        roots |= lying
        for _ in batch:
            done()
    return Examined({file: judged[file] for file in files}, roots, {}, {})


_at_hand: list[tuple[list[str], Options]] = []
"""What is to be examined by a process that is forked now, and has it from this one."""


def _examined(batch: list[str], options: Options) -> _Found:
    """Examine files in a process that ends with it, or here if there is none to have."""
    _at_hand.append((batch, options))
    try:
        with crew(1) as forked:
            # None but a fork has what is at hand here.
            answer = forked.submit(_answer) if forked and are_forked(forked) else None
            content = result_of(answer)
    finally:
        _at_hand.pop()
    if content is None:
        examined = examine(batch, options)
        found = examined.judged, examined.roots
        del examined
        let_go()
        return found
    judged, roots, looked, notes, timings = pickle.loads(content)
    if options.looked is not None:
        options.looked.take(looked)
    if options.caching is not None:
        options.caching.notes.extend(notes)
    if options.timings is not None:
        options.timings.follow(timings)
    return judged, roots


def _answer() -> bytes:
    """Examine what is at hand; returns, pickled, what was found and all that was noted besides."""
    batch, options = _at_hand[-1]
    looked, timings, notes = Looked(), Timings(), list[str]()
    if options.looked is not None:
        looked.said.update(options.looked.said)
        options = replace(options, looked=looked)
    if options.caching is not None:
        options = replace(options, caching=replace(options.caching, notes=notes))
    if options.timings is not None:
        options = replace(options, timings=timings)
    examined = examine(batch, options)
    said = (examined.judged, examined.roots, looked, notes, timings)
    return pickle.dumps(said, pickle.HIGHEST_PROTOCOL)


def batches_of(files: Iterable[str], options: Options, most: int) -> list[list[str]]:
    """Return the files of whole services, in the order of each service's first file."""
    by_service: dict[Root, list[str]] = {}
    for file in files:
        by_service.setdefault(options.services.of(file).root, []).append(file)
    batches: list[list[str]] = [[]]
    for own in by_service.values():
        if batches[-1] and len(batches[-1]) + len(own) > most:
            batches.append([])
        batches[-1] += own
    return batches


def let_go() -> None:
    """Give back the memory of what nobody knows any more: facts of a file know each other."""
    gc.collect()
