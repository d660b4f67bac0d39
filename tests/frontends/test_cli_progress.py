import io
import sys

import pytest

from turnstay_lint.frontends.cli import progress
from turnstay_lint.frontends.cli.progress import Progress


class Terminal(io.StringIO):
    """Standard error that somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def steps(shown: Progress, clock: list[float], seconds: list[float]) -> None:
    step = shown.start(4)
    for second in seconds:
        clock[0] = 100 + second
        step()
    shown.wipe()


def test_a_long_run_is_drawn_and_wiped(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    steps(Progress(), clock, [0.1, 1.0, 1.01, 2.0])
    assert sys.stderr.getvalue() == (
        "\r[###############               ]  50%\r[##############################] 100%\r\x1b[K"
    )


@pytest.mark.parametrize(
    ("stream", "wanted", "seconds"),
    [
        (Terminal(), True, [0.1, 0.2, 0.3, 0.4]),
        (Terminal(), False, [1.0, 2.0, 3.0, 4.0]),
        (io.StringIO(), True, [1.0, 2.0, 3.0, 4.0]),
    ],
)
def test_nothing_on_short_runs_or_where_nobody_watches(
    monkeypatch: pytest.MonkeyPatch,
    clock: list[float],
    stream: io.StringIO,
    wanted: bool,
    seconds: list[float],
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    steps(Progress(wanted=wanted), clock, seconds)
    assert stream.getvalue() == ""


def test_what_is_done_stands_beside_the_bar(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    shown = Progress()
    for what in ("formatting", "fixing"):
        step = shown.start(1, what)
        clock[0] += 1
        step()
    shown.wipe()
    full = "\r[##############################] 100%"
    said = sys.stderr.getvalue()
    assert said == f"{full} formatting{full} fixing    \r\x1b[K"
