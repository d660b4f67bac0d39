from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def nothing_left_unawaited() -> Iterator[None]:
    """Free the coroutines that a lazy load begins and drops before the next test is blamed."""
    yield
    gc.collect()
