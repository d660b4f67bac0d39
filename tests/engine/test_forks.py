"""Processes that are forked do what they are sent, and are missed when they die."""

import os
import signal
from collections.abc import Iterator
from functools import cache

import pytest

from turnstay_lint.engine.passes.forks import Forks, Lost, forks, reap
from turnstay_lint.engine.passes.processes import crew, result_of


@cache
def _met() -> list[bytes]:
    return []


def remember(word: bytes) -> bytes:
    _met().append(word)
    return b" ".join(_met())


def fail(word: bytes) -> bytes:
    raise LookupError(word)


def die(word: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return word


@pytest.fixture
def two() -> Iterator[Forks]:
    with forks(2) as made:
        yield made


def test_each_in_its_turn_and_with_what_it_met_before(two: Forks) -> None:
    replies = [two.submit(remember, word) for word in (b"a", b"b", b"c", b"d")]
    assert [reply.result() for reply in reversed(replies)] == [b"b d", b"a c", b"b", b"a"]
    assert _met() == []


def test_much_is_sent_and_answered(two: Forks) -> None:
    word = b"x" * 3_000_000
    assert two.submit(remember, word).result() == word


def test_what_it_raises_is_raised_here_and_it_goes_on(two: Forks) -> None:
    with pytest.raises(LookupError):
        two.submit(fail, b"a").result()
    replies = [two.submit(remember, word) for word in (b"b", b"c")]
    assert [reply.result() for reply in replies] == [b"b", b"c"]


def test_one_that_dies_is_lost_and_the_other_goes_on(two: Forks) -> None:
    dead, alive = two.submit(die, b"a"), two.submit(remember, b"b")
    with pytest.raises(Lost):
        dead.result()
    assert result_of(dead) is None and alive.result() == b"b"
    assert result_of(two.submit(remember, b"c")) is None


def test_none_is_left_behind() -> None:
    with forks(2) as made:
        processes = [int(made.submit(process).result()) for _ in range(2)]
    for number in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_who_is_not_awaited_ends_and_is_waited_for_later() -> None:
    with forks(1, awaited=False) as made:
        number = int(made.submit(process).result())
    os.kill(number, 0)  # a zombie is one that nobody has waited for
    reap()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def process() -> bytes:
    return b"%d" % os.getpid()


def test_no_processes_where_none_are_wanted_or_can_be_forked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with crew(0) as none:
        assert none is None

    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    with crew(2) as none:
        assert none is None
