"""Who is done with its share goes on with what others have left, and no file is taken twice."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstay_lint.engine.configuring.configuration import Configuration
from turnstay_lint.engine.passes.forks import forks
from turnstay_lint.engine.passes.portions import Portion, Task
from turnstay_lint.engine.passes.shares import Share, as_taken
from turnstay_lint.engine.passes.turns import Taking, Turns, in_turn
from turnstay_lint.engine.services.roots import Root

HERE = Path("/service")


def share_of(name: str, count: int) -> Share:
    tasks = tuple(
        Task(f"{HERE}/{name}{number:03}.py", linted=True, joined=True, content=b"x" * 500)
        for number in range(count)
    )
    return [Portion(Root(HERE, HERE), Configuration(), tasks)]


def files_of(portions: Iterable[Portion]) -> list[str]:
    return [Path(task.file).stem for portion in portions for task in portion.tasks]


@pytest.fixture
def turns() -> Iterator[Turns]:
    with closing(Turns(2, 2)) as made:
        yield made


def test_a_process_takes_its_own_share_first_and_then_what_is_left(turns: Turns) -> None:
    _, second = turns.deal([share_of("a", 3), share_of("b", 2)])
    assert files_of(second) == ["b000", "b001", "a000", "a001", "a002"]


def test_what_one_has_taken_no_other_takes(turns: Turns) -> None:
    first, second = turns.deal([share_of("a", 100), share_of("b", 100)])
    by_turns = zip(iter(first), iter(second), strict=False)
    taken = [files_of([mine]) + files_of([theirs]) for mine, theirs in by_turns]
    assert sorted(file for files in taken for file in files) == sorted(
        files_of(share_of("a", 100)) + files_of(share_of("b", 100))
    )
    assert files_of(first) == files_of(second) == []


def test_a_share_is_taken_in_parts_of_about_the_same_size_and_in_order(turns: Turns) -> None:
    first, _ = turns.deal([share_of("a", 960), []])
    parts = [files_of([portion]) for portion in first]
    assert set(map(len, parts)) == {10}
    assert [file for part in parts for file in part] == files_of(share_of("a", 960))


def test_parts_of_a_share_ask_the_same_rules_which_are_looked_up_once(turns: Turns) -> None:
    first, _ = turns.deal([share_of("a", 100), []])
    one, other, *_ = first
    assert one.rules is other.rules
    assert one.unread is other.unread


def test_every_pass_is_dealt_anew(turns: Turns) -> None:
    shares = [share_of("a", 3), share_of("b", 2)]
    first_of_one, _ = turns.deal(shares)
    first_of_two, _ = turns.deal(shares)
    assert files_of(first_of_one) == files_of(first_of_two)


def _take(taking: Taking) -> bytes:
    return pickle.dumps(files_of(taking))


def test_a_fork_takes_what_is_left_here(turns: Turns) -> None:
    with forks(1) as crew:
        first, second = turns.deal([share_of("a", 192), share_of("b", 1)])
        here = files_of([next(iter(first))])
        there = pickle.loads(crew.submit(_take, second).result())
    assert here == ["a000", "a001"]
    assert there == ["b000", *files_of(share_of("a", 192))[2:]]
    assert files_of(first) == []


def test_one_process_has_nobody_to_take_turns_with() -> None:
    with in_turn(1, 2) as turns:
        assert turns is None


def test_where_no_pipe_is_left_each_keeps_to_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    pipe = os.pipe

    def scarce() -> tuple[int, int]:
        if len(opened) == 4:
            raise OSError(24, "Too many open files")
        ends = pipe()
        opened.extend(ends)
        return ends

    monkeypatch.setattr(os, "pipe", scarce)
    with in_turn(3, 2) as turns:
        assert turns is None
    for end in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(end)


@given(st.lists(st.sampled_from([None, 0, 1, 2]), min_size=9, max_size=9))
def test_files_are_in_the_share_of_who_took_them_and_else_stay(takers: list[int | None]) -> None:
    shares = [share_of(name, 3) for name in "abc"]
    files = [task.file for share in shares for portion in share for task in portion.tasks]
    taken = [{f for f, by in zip(files, takers, strict=True) if by == n} for n in range(3)]
    moved = as_taken(shares, taken)
    for number, file in enumerate(files):
        taker = takers[number]
        expected = number // 3 if taker is None else taker
        there = [n for n, share in enumerate(moved) if Path(file).stem in files_of(share)]
        assert there == [expected]
