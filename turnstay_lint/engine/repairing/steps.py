"""One round of fixes over many files, shared out to processes as the passes are."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping

from msgspec import Struct

from turnstay_lint.engine.checking.memory_use import new_collected
from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.mending.verification import Reverted
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.processes import Answer, Crew, crew, dealt, default_jobs, result_of
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings

_FEW_CHARACTERS = 100_000
"""Up to so much source libcst is through before another process would have begun."""


class Step(Struct, frozen=True):
    """What is to be done next in one file of the service at ``root``.

    With nothing ``todo`` it is laid out as black has it.
    """

    file: str
    mending: Mending
    todo: tuple[Finding, ...]
    root: Root
    settings: Settings


def take_steps(
    steps: list[Step],
    projects: Mapping[Root, Project],
    options: Options,
    what: str,
) -> dict[str, Mending]:
    """Make the steps; returns the files by path as they stand after them.

    ``what`` is said of those that are made in this process while they are.
    """
    few = sum(len(step.mending.text) for step in steps) <= _FEW_CHARACTERS
    count = options.jobs or (1 if few else default_jobs())
    shares = dealt(steps, max(1, min(count, len(steps))), lambda step: len(step.mending.text))
    with crew(len(shares) - 1) as executor:
        sent = _sent(shares[1:], projects, executor)
        made = _taken(shares[0], projects, options.progress(len(shares[0]), what))
        for future, share in zip(sent, shares[1:], strict=True):
            content = result_of(future)
            made |= _taken(share, projects) if content is None else _unpacked(content)
    return made


def _sent(
    shares: list[list[Step]], projects: Mapping[Root, Project], executor: Crew | None
) -> list[Answer[bytes] | None]:
    if executor is None or not shares:
        return [None for _ in shares]
    # Read here, libcst need not be read again in every process that is forked.
    import libcst  # noqa: F401

    joined = pickle.dumps(dict(projects), pickle.HIGHEST_PROTOCOL)
    return [executor.submit(_take_share, share, joined) for share in shares]


def _taken(
    share: list[Step],
    projects: Mapping[Root, Project],
    done: Callable[[], object] = lambda: None,
) -> dict[str, Mending]:
    made: dict[str, Mending] = {}
    with new_collected() as collect:
        for step in share:
            mending = made[step.file] = step.mending
            project = projects.get(step.root) or Project((), step.settings)
            try:
                if step.todo:
                    mending.step(step.todo, project, step.settings)
                else:
                    mending.polish(step.file, step.settings.line_length)
            except Reverted as problem:
                mending.take_back(problem)
            collect()
            done()
    return made


def _take_share(share: list[Step], joined: bytes) -> bytes:
    return pickle.dumps(_taken(share, pickle.loads(joined)), pickle.HIGHEST_PROTOCOL)


def _unpacked(content: bytes) -> dict[str, Mending]:
    done: dict[str, Mending] = pickle.loads(content)
    return done
