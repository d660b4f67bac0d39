"""A run over files: which they are, both passes, and what is said of them."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.files.writing import CannotWrite, journal_of
from turnstay_lint.engine.keeping.resting import Looked
from turnstay_lint.engine.passes.judging import Judging
from turnstay_lint.engine.passes.memory import Memory
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.portions import Judged, Portion, Task
from turnstay_lint.engine.passes.survey import Kept, Surveyed
from turnstay_lint.engine.services.discovery import Discovery, Unreadable
from turnstay_lint.engine.services.history import History
from turnstay_lint.engine.services.lint import Crash, failure
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.engine.services.service import Service, looks_beyond, service_files
from turnstay_lint.findings import Finding
from turnstay_lint.project.layout import Layout
from turnstay_lint.project.project import Project
from turnstay_lint.source.content import content_of
from turnstay_lint.source.words import words_of


class Discovered(Struct, frozen=True):
    """The files that a run is about, and the folders that could not be listed.

    ``recovered`` says which change sets of an interrupted run were finished or taken back before,
    ``unwritable`` which could be neither.
    """

    files: list[str]
    unreadable: tuple[Unreadable, ...]
    recovered: tuple[str, ...] = ()
    unwritable: tuple[Unreadable, ...] = ()


def discovered(paths: list[Path], options: Options) -> Discovered:
    """Return the files that absolute paths mean, after ending what was interrupted there."""
    files, unreadable = _listed(paths, options)
    recovered, unwritable = [], []
    for folder in sorted({_service_folder(file, options) for file in _one_a_folder(files)}):
        if not journal_of(folder).exists():
            continue
        from turnstay_lint.engine.files.journal import recover

        try:
            recovered += recover(folder, displayed)
        except CannotWrite as error:
            unwritable.append(Unreadable(displayed(str(folder)), str(error)))
    if recovered:
        files, unreadable = _listed(paths, options)
    return Discovered(files, unreadable, tuple(recovered), tuple(unwritable))


def _one_a_folder(files: list[str]) -> Iterable[str]:
    return {file.rpartition(os.sep)[0]: file for file in files}.values()


def _service_folder(file: str, options: Options) -> Path:
    return options.services.of(file).root.folder


def _listed(paths: list[Path], options: Options) -> tuple[list[str], tuple[Unreadable, ...]]:
    discovery = Discovery(options.services.configuration_of, looked=options.looked or Looked())
    files = discovery.files(paths, force_exclude=options.force_exclude)
    unreadable = (
        Unreadable(displayed(folder.path), folder.reason) for folder in discovery.unreadable
    )
    return files, tuple(unreadable)


class Examined(Struct, frozen=True):
    """What was found by file, with the root and the project that each file belongs to.

    ``surveyed`` is what the first pass said, of the services' other files too, ``kept`` the trees
    that it made.
    """

    judged: dict[str, Judged]
    roots: dict[str, Root]
    projects: Mapping[Root, Project]
    surveyed: dict[str, Surveyed]
    kept: Kept | None = None


def report_of(examined: Examined, begun: float) -> Report:
    """Return what was found as the user is shown it."""
    findings = [
        shown(finding, examined.roots[file])
        for file, judged in examined.judged.items()
        for finding in (*judged.verdict.findings, *_failures(judged.verdict.crashes))
    ]
    return Report(
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
        files=len(examined.judged),
        crashes=tuple(
            replace(crash, path=displayed(file))
            for file, judged in examined.judged.items()
            for crash in judged.verdict.crashes
        ),
        unanalyzable=sum(judged.unanalyzable for judged in examined.judged.values()),
        seconds=time.perf_counter() - begun,
    )


def _failures(crashes: Iterable[Crash]) -> Iterator[Finding]:
    """What codemods failed on is a finding already."""
    yield from (failure(crash) for crash in crashes if not crash.fixing)


def examine(
    linted: list[str],
    options: Options,
    known: Mapping[str, Surveyed] | None = None,
    what: str = "",
    joined: Collection[Root] = (),
) -> Examined:
    """Make both passes over files and over what else their services hold.

    The first pass is spared for files that are ``known``; who knows none may know some from
    earlier runs. Services that are ``joined`` are so whoever asks.
    """
    by_service: dict[Root, list[str]] = {}
    for file in linted:
        by_service.setdefault(options.services.of(file).root, []).append(file)
    with options.stage("find what belongs to services"):
        portions = [
            _portion(options.services.of(files[0]), files, options, joins=root in joined)
            for root, files in by_service.items()
        ]
    memories: list[Memory] = []
    with options.stage("recall what is known"):
        if known is None and options.caching is not None:
            memories = [Memory(portion, options.caching) for portion in portions]
            portions = [replace(m.portion, kept=True, again=m.again()) for m in memories]
        known = dict(known or {})
        for memory in memories:
            known |= memory.recall()
    judging = Judging(portions, known, memories, options, what)
    surveyed, judged = judging.done()
    history = History(options.looked.said if options.looked is not None else {})
    portion_of = {file: portion for portion in portions for file in by_service[portion.root]}
    return Examined(
        {
            file: portion_of[file].judged(file, surveyed[file].verdict + judged[file], history)
            for file in linted
        },
        {file: portion.root for file, portion in portion_of.items()},
        judging.projects,
        surveyed,
        judging.kept if options.holding is not None else None,
    )


def _portion(service: Service, files: list[str], options: Options, *, joins: bool) -> Portion:
    """Return what must be read so that the files of one service can be judged."""
    contents = options.contents
    joins = joins or any(_asks(service, file, contents) for file in files)
    own: set[str] = set()
    if joins or any(rule.uses_layout for rule in service.rules):
        own = {*service_files(service.root, service.configuration, options.looked)} - options.gone
        own.update(file for file in files if file in contents and not Path(file).exists())
    linted = set(files)
    joined = own if joins else set()
    tasks = tuple(
        Task(file, file in linted, file in joined, contents.get(file))
        for file in sorted(joined | linted)
    )
    layout = Layout.of(map(service.root.module_of, own))
    timed = options.timings is not None
    return Portion(service.root, service.configuration, tasks, layout, timed=timed)


def _asks(service: Service, file: str, contents: Mapping[str, bytes]) -> bool:
    rules = service.rules_for(file)
    if not any(rule.uses_project for rule in rules):
        return False
    try:
        content = contents[file] if file in contents else content_of(file)
    except OSError:
        return False
    text = content.decode("utf-8", "replace")
    return looks_beyond(text, words_of(text), rules, service.root)


def displayed(file: str) -> str:
    """Return how a file is shown to the user: from the working folder, if it lies below."""
    return file.removeprefix(os.getcwd().rstrip("/") + "/")  # noqa: PTH109 (asked of each finding)


def shown(finding: Finding, root: Root) -> Finding:
    """Return a finding with its paths, which count from the root, as the user sees them."""
    related = tuple(
        replace(place, path=displayed(root.file_of(place.path))) for place in finding.related
    )
    return replace(finding, path=displayed(root.file_of(finding.path)), related=related)
