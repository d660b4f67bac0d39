"""The executor of a Dask cluster. https://distributed.dask.org/en/stable/api.html"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from turnstay_lint.engine.fleet.reaching import CannotReach
from turnstay_lint.engine.fleet.visiting import difference, surroundings

SCHEME = "dask://"
_SECONDS = 10


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Give a cluster's executor and how many tasks it does at once; raises CannotReach."""
    try:
        from distributed import Client
    except ImportError:
        raise CannotReach(f"{address}: that takes the extra turnstay-lint[dask]") from None
    # What it logs of a lost scheduler is said in one line here.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    where = address.replace(SCHEME, "tcp://", 1)
    try:
        client = Client(where, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        said = str(error) or type(error).__name__
        raise CannotReach(f"{address}: the scheduler cannot be reached: {said}") from None
    with client, warnings.catch_warnings():
        # Repositories are as large as they are.
        warnings.filterwarnings("ignore", message="Sending large graph")
        yield client.get_executor(pure=False), _hold_to_same(client, address)


def _hold_to_same(client: object, address: str) -> int:
    """Return how many threads the workers have; raises CannotReach where one is not as this is."""
    from distributed import Client

    assert isinstance(client, Client)
    try:
        client.wait_for_workers(1, timeout=_SECONDS)
    except TimeoutError:
        raise CannotReach(f"{address}: the cluster has no workers") from None
    # A worker that is lost meanwhile is the cluster's to replace; each visit looks once more.
    for worker, said in sorted(client.run(surroundings, on_error="return").items()):
        if isinstance(said, OSError):
            continue
        if isinstance(said, Exception):
            why = f"turnstay-lint does not run there ({type(said).__name__}: {said})"
            raise CannotReach(f"{address}: the worker {worker}: {why}")
        if others := difference(surroundings(), said):
            raise CannotReach(f"{address}: the worker {worker} has {others}")
    return max(1, sum(int(count) for count in client.nthreads().values()))
