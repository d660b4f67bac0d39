"""Which part of a service a file is, told by its path: the application, tests, workers."""

from __future__ import annotations

from functools import lru_cache

from turnstay_lint.source.patterns import regex

_MOST_PATHS = 20_000
"""So many answers are kept, for the same paths are asked about by nearly every rule."""

_APART = regex(
    r"(^|/)(tests?|testing|conftest|scripts?|alembic|migrations?|versions|seeds?|fixtures)(/|\.py$|_)"
)
_WORKERS = regex(
    r"(^|/)(workers?|cron(jobs)?|cli|commands|management|background(_tasks)?|scheduled(_tasks)?"
    r"|schedulers?|celery(_tasks)?|pipeline_tasks|daemons?)(/|\.py$)"
    r"|(scheduler|worker|daemon|poller)\.py$"
)
_AMONG_TESTS = regex(r"(^|/)tests?/")
_TEST_FILE = regex(r"(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")


@lru_cache(_MOST_PATHS)
def is_apart(path: str) -> bool:
    """Tell whether a file is a test, a migration or a script: no part of the application."""
    return bool(_APART.search(path) or _TEST_FILE.search(path))


@lru_cache(_MOST_PATHS)
def is_test(path: str) -> bool:
    """Tell whether a file is a test, or lies among tests."""
    return bool(_AMONG_TESTS.search(path) or _TEST_FILE.search(path))


@lru_cache(_MOST_PATHS)
def is_worker(path: str) -> bool:
    """Tell whether a file is a worker's or a command's, which look after every tenant."""
    return bool(_WORKERS.search(path))
