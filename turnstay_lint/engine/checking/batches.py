"""Many services some at a time, so that what is known of one is let go before the next is read.

No file of one service bears on another's, so that the answer is that of one look at all of them;
memory is bounded by the largest service, and by what is found.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable

from msgspec.structs import replace

from turnstay_lint.engine.checking.run import Examined, examine
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.portions import Judged
from turnstay_lint.engine.services.roots import Root


def examined_in_batches(files: list[str], options: Options, most: int) -> Examined:
    """Examine as ``examine`` does, at most so many files at once, or one service that has more.

    What was found is kept, and nothing else.
    """
    batches = batches_of(files, options, most)
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
        let_go()
        for _ in batch:
            done()
    return Examined({file: judged[file] for file in files}, roots, {}, {})


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
