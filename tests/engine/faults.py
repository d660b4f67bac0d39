"""A process of its own that breaks runs at every step, and counts what came of it.

    python -m tests.engine.faults FOLDER SCENARIO

A step is a call that the writing makes of the system: opening, writing, renaming and so on. Each
run is a forked process, so that being killed is being killed. What is printed is JSON.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from turnstay_lint.engine.checking.run import discovered
from turnstay_lint.engine.files import exchanging
from turnstay_lint.engine.files.rewriting import deliver
from turnstay_lint.engine.files.writing import CACHE, CannotWrite, Rewrite, journal_of, moved
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.undo import undo

STEPS = (
    "open", "write", "fsync", "unlink", "rename", "replace", "link", "mkdir", "rmdir",
    "chmod", "chown",
)  # fmt: skip
NEEDS_ROOM = {"open", "write", "fsync", "mkdir", "link"}
DONE, LEFT, KILLED = 0, 3, -signal.SIGKILL


class Service:
    """Files to change, to create and to move; all of it is one change set."""

    def __init__(self, folder: Path, changed: int, created: int, moved_: int) -> None:
        self.folder = folder
        self.old = {f"app/m{n}.py": b"old = %d\n" % n * 40 for n in range(changed)}
        self.new = {f"app/m{n}.py": b"new = %d\n" % n * 60 for n in range(changed)}
        self.new |= {f"made/{n}/c.py": b"created = %d\n" % n for n in range(created)}
        self.moves = {f"app/from{n}.py": f"app/to/to{n}.py" for n in range(moved_)}
        self.old |= dict.fromkeys(self.moves, b"old = 'moved'\n")
        self.new |= dict.fromkeys(self.moves.values(), b"new = 'moved'\n")

    def lay_out(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for name, content in {"pyproject.toml": b"", **self.old}.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)

    def rewrites(self) -> list[Rewrite]:
        going = {*self.moves, *self.moves.values()}
        made = [
            Rewrite(self.folder / name, self.old.get(name), self.new[name], "all")
            for name in self.new
            if name not in going
        ]
        for old, new in self.moves.items():
            paths = self.folder / old, self.folder / new
            made += moved(*paths, self.old[old], self.new[new], "all")
        return made

    def deliver(self) -> None:
        if deliver(self.rewrites(), self.folder, "run"):
            raise CannotWrite("left")

    def contents(self) -> dict[str, bytes]:
        return {
            path: file.read_bytes()
            for file in self.folder.rglob("*")
            if file.is_file()
            and not (path := file.relative_to(self.folder).as_posix()).startswith(CACHE)
            and path != "pyproject.toml"
        }

    def kind(self, theirs: str = "") -> str:
        """Return whether all files are old, or new; ``theirs`` is somebody else's and not seen."""
        found, old, new = (
            {name: content for name, content in files.items() if name != theirs}
            for files in (self.contents(), self.old, self.new)
        )
        return "old" if found == old else "new" if found == new else "mixed"


@contextmanager
def steps(act: Callable[[int, str, tuple[Any, ...]], None]) -> Iterator[None]:
    """Let ``act`` be asked before each step, with its number and name."""
    count = iter(range(1_000_000))
    real = {name: getattr(os, name) for name in STEPS}

    def counted(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            act(next(count), name, arguments)
            return real[name](*arguments, **named)

        return call

    def renamed(*arguments: Any) -> bool:
        act(next(count), "exchange", arguments)
        return real_renamed(*arguments)

    real_renamed = exchanging.renamed
    for name in STEPS:
        setattr(os, name, counted(name))
    exchanging.renamed = renamed
    try:
        yield
    finally:
        for name in STEPS:
            setattr(os, name, real[name])
        exchanging.renamed = real_renamed


def forked(
    action: Callable[[], object], act: Callable[[int, str, tuple[Any, ...]], None] | None = None
) -> int:
    """Do something in a process of its own; returns how it ended."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            with steps(act or (lambda *_: None)):
                action()
            status = DONE
        except CannotWrite:
            status = LEFT
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status != 99, "an exception came through"
    return status


def count_steps(service: Service, action: Callable[[], object]) -> Counter[str]:
    """Return how many steps of each kind something takes when all is well."""
    counts: Counter[str] = Counter()
    with steps(lambda number, name, arguments: counts.update([name])):
        action()
    return counts


def next_run(service: Service) -> None:
    """Do what every run begins with."""
    found = discovered([service.folder], Options())
    assert not found.unwritable, found.unwritable


def settled(service: Service, theirs: str = "") -> str:
    """Return what a service is after the next run, holding that nothing is left lying about."""
    kind = service.kind(theirs)
    assert kind != "mixed", sorted(service.contents())
    assert not journal_of(service.folder).exists()
    cache = {file.name for file in (service.folder / CACHE).glob("*")}
    # A note that is not whole has a name of its own, and the next one takes its place; so does
    # the sign of a process that was killed.
    odd = {"undo.part", "change-set.json.part", "locked"}
    assert cache <= {".gitignore", "lock", "undo", *odd}, cache
    if kind == "old":
        assert not (service.folder / "made").exists()
    return kind


def kill_at(step: int, *, half: bool = False) -> Callable[[int, str, tuple[Any, ...]], None]:
    """Die before a step; with ``half``, in the middle of it if something is written there."""

    def act(number: int, name: str, arguments: tuple[Any, ...]) -> None:
        if number == step:
            if half and name == "write":
                descriptor, content = arguments
                os.pwrite(descriptor, content[: len(content) // 2], 0)
            os.kill(os.getpid(), signal.SIGKILL)

    return act


def killed(service: Service, *, half: bool = False) -> dict[str, int]:
    """Kill a run at every step; the next one finishes or takes back, and undo takes back all."""
    ends: Counter[str] = Counter()
    for step in range(1_000_000):
        service.lay_out()
        if forked(service.deliver, kill_at(step, half=half)) == DONE:
            break
        ends["kills"] += 1
        ends["left mixed"] += service.kind() == "mixed"
        next_run(service)
        kind = settled(service)
        ends[kind] += 1
        undone = undo([service.folder])
        assert not undone.failed, undone
        assert undone.count == (len(service.new) if kind == "new" else 0), undone
        assert settled(service) == "old"
        assert undo([service.folder]).count == 0
    return ends


def killed_twice(service: Service) -> dict[str, int]:
    """Kill a run at every step, and at every step of it the run that cleans up after it."""
    ends: Counter[str] = Counter()
    for step in range(1_000_000):
        for again in range(1_000_000):
            service.lay_out()
            if forked(service.deliver, kill_at(step)) == DONE:
                return ends
            if forked(lambda: next_run(service), kill_at(again)) == DONE:
                break
            ends["kills"] += 1
            next_run(service)
            ends[settled(service)] += 1
    return ends


def undo_killed(service: Service) -> dict[str, int]:
    """Kill undo at every step; the next one takes back what is left."""
    ends: Counter[str] = Counter()
    for step in range(1_000_000):
        service.lay_out()
        assert forked(service.deliver) == DONE
        if forked(lambda: undo([service.folder]), kill_at(step)) == DONE:
            break
        ends["kills"] += 1
        ends["left mixed"] += service.kind() == "mixed"
        undone = undo([service.folder])
        assert not (undone.failed or undone.changed), undone
        assert settled(service) == "old"
        assert undo([service.folder]).count == 0
    return ends


def fail_at(
    step: int, number_of: int, *, names: set[str] | None = None, last: bool = False
) -> Callable[[int, str, tuple[Any, ...]], None]:
    """Let the system refuse a step; with ``last`` every one from there on."""

    def act(number: int, name: str, arguments: tuple[Any, ...]) -> None:
        hit = number == step or (last and number > step)
        if not hit or (names is not None and name not in names):
            return
        if name == "open" and names is not None and not arguments[1] & os.O_CREAT:
            return
        raise OSError(number_of, os.strerror(number_of))

    return act


def failing(
    service: Service, number: int, *, names: set[str] | None = None, last: bool = False
) -> dict[str, int]:
    """Let every step fail in turn; what a run says that it left is left, and what it did is done."""
    ends: Counter[str] = Counter()
    service.lay_out()
    total = sum(count_steps(service, service.deliver).values())
    for step in range(total):
        service.lay_out()
        status = forked(service.deliver, fail_at(step, number, names=names, last=last))
        ends["failures"] += 1
        ends["left mixed"] += service.kind() == "mixed"
        if service.kind() == "mixed":
            assert journal_of(service.folder).exists()
        else:
            assert service.kind() == ("new" if status == DONE else "old"), (step, status)
        next_run(service)
        kind = settled(service)
        if status == DONE:
            assert kind == "new"
        ends[kind] += 1
    return ends


def meddle_at(step: int, file: Path, how: str) -> Callable[[int, str, tuple[Any, ...]], None]:
    """Be somebody else, who changes a file before a step."""
    real = {name: getattr(os, name) for name in STEPS}

    def meddle(number: int, name: str, arguments: tuple[Any, ...]) -> None:
        if number != step:
            return
        with restored(real):
            file.parent.mkdir(parents=True, exist_ok=True)
            if how == "rename":
                other = file.with_name("other")
                other.write_bytes(b"theirs = 1\n")
                other.rename(file)
            elif how == "remove":
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(b"theirs = 1\n")

    return meddle


def meddling(service: Service, how: str) -> dict[str, int]:
    """Let somebody else change a file at every step, another one each time."""
    ends: Counter[str] = Counter()
    service.lay_out()
    total = sum(count_steps(service, service.deliver).values())
    names = sorted({*service.old, *service.new})
    for step in range(total):
        theirs = names[step * 7 % len(names)]
        file = service.folder / theirs
        service.lay_out()
        status = forked(service.deliver, meddle_at(step, file, how))
        next_run(service)
        found = service.contents()
        if how == "remove":
            assert theirs not in found or found[theirs] in (
                service.old.get(theirs), service.new.get(theirs),
            )  # fmt: skip
        else:
            assert found[theirs] == b"theirs = 1\n", (step, theirs, status)
        kind = service.kind(theirs)
        assert kind == ("new" if status == DONE else "old"), (step, theirs, status, sorted(found))
        assert not journal_of(service.folder).exists()
        ends["changes"] += 1
        ends[kind] += 1
    return ends


@contextmanager
def restored(real: dict[str, Any]) -> Iterator[None]:
    """Let steps be nobody's for a while."""
    now = {name: getattr(os, name) for name in STEPS}
    for name, call in real.items():
        setattr(os, name, call)
    yield
    for name, call in now.items():
        setattr(os, name, call)


def without_exchange() -> None:
    """Be a system that knows no other renames than the plain one."""
    exchanging.renamed = lambda *_: False


def without_locks_and_sync() -> None:
    """Be a file system that has no locks and cannot wait for the disk."""

    def refused(*_: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    fcntl.flock = refused
    os.fsync = refused


def main() -> None:
    folder, scenario, *options = Path(sys.argv[1]), *sys.argv[2:]
    if "plain" in options:
        without_exchange()
    big, small = Service(folder, 22, 4, 4), Service(folder, 2, 1, 1)
    full, denied = errno.ENOSPC, errno.EACCES
    scenarios: dict[str, Callable[[], dict[str, int]]] = {
        "killed": lambda: killed(big),
        "killed in the middle": lambda: killed(big, half=True),
        "killed twice": lambda: killed_twice(small),
        "undo killed": lambda: undo_killed(big),
        "full": lambda: failing(big, full, names=NEEDS_ROOM),
        "full from then on": lambda: failing(big, full, names=NEEDS_ROOM, last=True),
        "denied": lambda: failing(big, denied),
        "denied from then on": lambda: failing(big, denied, last=True),
        "broken disk": lambda: failing(big, errno.EIO),
        "written over": lambda: meddling(big, "write"),
        "renamed over": lambda: meddling(big, "rename"),
        "removed": lambda: meddling(big, "remove"),
        "small killed": lambda: killed(small),
        "small full": lambda: failing(small, full, names=NEEDS_ROOM, last=True),
        "small denied": lambda: failing(small, denied, last=True),
    }
    if "poor" in options:
        without_locks_and_sync()
    # What is imported here need not be in every process that is forked.
    small.lay_out()
    small.deliver()
    undo([folder])
    print(json.dumps(scenarios[scenario]()))


if __name__ == "__main__":
    main()
