"""Many services some at a time, so that what is known of one is let go before the next is read.

No file of one service bears on another's, so that the answer is that of one look at all of them;
memory is bounded by the largest service, and by what is found.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from turnstay_lint.engine.run import Examined, Options, examine
from turnstay_lint.engine.service import Root
from turnstay_lint.engine.survey import Judged


def examined_in_batches(files: list[str], options: Options, most: int) -> Examined:
    """Examine as ``examine`` does, at most so many files at once, or one service that has more.

    What was found is kept, and nothing else.
    """
    batches = list(_batches(files, options, most))
    if len(batches) == 1:
        return examine(files, options)
    done = options.progress(len(files), "")
    alone = replace(options, progress=lambda count, what: lambda: None, holding=None)
    judged: dict[str, Judged] = {}
    roots: dict[str, Root] = {}
    for batch in batches:
        examined = examine(batch, alone)
        judged |= examined.judged
        roots |= examined.roots
        del examined
        # Facts of a file know each other in circles; nothing else gives their memory back.
        gc.collect()
        for _ in batch:
            done()
    return Examined({file: judged[file] for file in files}, roots, {}, {})


def _batches(files: Iterable[str], options: Options, most: int) -> Iterator[list[str]]:
    """Yield the files of whole services, in the order of each service's first file."""
    by_service: dict[Root, list[str]] = {}
    for file in files:
        by_service.setdefault(options.services.of(file).root, []).append(file)
    batch: list[str] = []
    for own in by_service.values():
        if batch and len(batch) + len(own) > most:
            yield batch
            batch = []
        batch += own
    if batch:
        yield batch
