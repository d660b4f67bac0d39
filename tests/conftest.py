"""What a machine lacks is left out of a run, which says so; or, if it is required, is an error."""

from __future__ import annotations

import pytest

from tests.behaviour.postgresql import MARKER, MISSING, REQUIRED, programs


def pytest_configure(config: pytest.Config) -> None:
    if REQUIRED and programs() is None:
        raise pytest.UsageError(f"TURNSTAY_POSTGRESQL=required, and there is {MISSING}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if programs() is not None:
        return
    left_out = [item for item in items if item.get_closest_marker(MARKER) is not None]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if programs() is None:
        terminalreporter.section("left out", yellow=True)
        terminalreporter.line(f"every test on PostgreSQL: there is {MISSING}")
