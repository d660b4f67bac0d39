"""What is done about memory shows in what a process asks the system for."""

from __future__ import annotations

import os
import subprocess
import sys

_ROUNDS = 50

_FREEING = f"""
import resource
from turnstay_lint.engine.checking.memory_use import keep_what_is_freed
KEEP
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({_ROUNDS}):
    blocks = [b"x" * 100_000 for _ in range(10)]
    del blocks
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(call: str) -> int:
    # Dask sets MALLOC_TRIM_THRESHOLD_ for all that its process starts, and who sets it decides.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    ran = subprocess.run(
        [sys.executable, "-c", _FREEING.replace("KEEP", call)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(ran.stdout)


def test_memory_that_was_freed_is_used_again_without_asking_for_its_pages() -> None:
    pages_of_one_round = 10 * 100_000 // 4096

    assert _faults("keep_what_is_freed()") < 3 * pages_of_one_round


def test_keeping_memory_takes_none_itself() -> None:
    measured = """
import resource
from turnstay_lint.engine.checking.memory_use import keep_what_is_freed
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
keep_what_is_freed()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    ran = subprocess.run(
        [sys.executable, "-c", measured], capture_output=True, text=True, check=True
    )

    assert int(ran.stdout) < 1024
