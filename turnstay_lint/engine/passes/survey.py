"""The two passes over a share of the files, pure and picklable, so that any process can make them.

The survey reads each file once: what other files want to know of it, and what the rules say that
look at one file alone. The judgement lets the rules speak that look at the whole project. Between
the two a process keeps the trees that it made, as far as its budget goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from turnstay_lint.engine.passes.portions import Portion, Task
from turnstay_lint.engine.services.at_hand import AtHand
from turnstay_lint.engine.services.lint import Crash, Verdict, applicable, lint
from turnstay_lint.engine.services.roots import Root, read_source
from turnstay_lint.engine.services.timing import UNTIMED, Timings
from turnstay_lint.project.aliases import aliases
from turnstay_lint.project.beyond import EVERYTHING
from turnstay_lint.project.project import Project
from turnstay_lint.project.rereading import READINGS
from turnstay_lint.project.summaries.packing import lasting, places, said, told, unpacked_one
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.rules.organization.unreadable_file import unreadable_file
from turnstay_lint.source.content import content_of
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.text import UnreadableText, decode
from turnstay_lint.source.words import words_of

if TYPE_CHECKING:
    from hashlib import blake2b


class Surveyed(Struct, dict=True):
    """What the first pass says of a file; ``asks`` is set where the second pass must look too.

    It is ``sure`` to look unless nothing has another name in the service. Where something is to
    outlive the run, ``digest`` is that of the file's bytes, empty where they could not be had,
    ``said`` that of what its summary says and ``placed`` that of where. ``again`` are digests of
    what is read from it again, None where that was not. ``packed`` is the summary as bytes, which
    is ``withheld`` where it stayed in another process, and ``calls`` are the names of what is
    called in a test, which is no part of what is ``said``.
    """

    file: str
    verdict: Verdict = field(default_factory=lambda: Verdict(()))
    asks: bool = False
    sure: bool = True
    digest: bytes = b""
    said: bytes = b""
    placed: bytes = b""
    packed: bytes = b""
    calls: tuple[str, ...] = ()
    again: dict[str, bytes] | None = None
    made: ModuleSummary | None = None
    withheld: bool = False

    @property
    def has_summary(self) -> bool:
        """Tell whether there is something that others may want to know of the file."""
        return self.made is not None or bool(self.packed)

    def summary(self) -> ModuleSummary:
        """Return what others may want to know of a file that ``has_summary``."""
        if self.made is None:
            self.made = unpacked_one(self.packed)
        return self.made


class Kept(Struct):
    """Parsed files that wait for the second pass, at most ``budget`` characters of source.

    What is ``held`` is not freed before the process ends, for that takes time.
    """

    budget: int
    sources: dict[tuple[str, bytes | None], SourceFile] = field(default_factory=dict)
    words: dict[tuple[str, bytes | None], frozenset[str]] = field(default_factory=dict)
    summaries: dict[str, ModuleSummary] = field(default_factory=dict)
    timings: Timings = field(default_factory=Timings)
    held: list[object] = field(default_factory=list)

    def keep(self, task: Task, source: SourceFile, *, sure: bool) -> None:
        """Keep a file if there is room; of one that no rule is sure to look at, its words alone."""
        if not sure:
            self.words[task.file, task.content] = source.words
        elif len(source.text) <= self.budget:
            self.budget -= len(source.text)
            self.sources[task.file, task.content] = source

    def take(self, portion: Portion, task: Task) -> SourceFile:
        """Return a kept file, or read it again.

        It stays where it is: to free a tree takes a fifth of the time in which it was made, and
        all are freed at once when the process ends.
        """
        source = self.sources.get((task.file, task.content))
        return source if source is not None else _read(portion.root, task)


def _read(root: Root, task: Task) -> SourceFile:
    return read_source(root, task.file, _content(task))


def _content(task: Task) -> bytes:
    return content_of(task.file) if task.content is None else task.content


def survey(
    portions: Iterable[Portion], kept: Kept, done: Callable[[], object] = lambda: None
) -> list[Surveyed]:
    """Make the first pass; ``done`` is called after each file."""
    found = []
    for portion in portions:
        for task in portion.tasks:
            found.append(_surveyed(portion, task, kept))
            done()
    return found


def _surveyed(portion: Portion, task: Task, kept: Kept) -> Surveyed:
    found = Surveyed(task.file)
    timings = kept.timings if portion.timed else None
    try:
        with timings.step("read and parse") if timings is not None else UNTIMED:
            content = _content(task)
            found.digest = digest_of(content) if portion.kept else b""
            source = read_source(portion.root, task.file, content)
    except (OSError, UnreadableText, UnparsableSource) as error:
        found.verdict = _unreadable(portion, task, error)
        return found
    if task.joined:
        try:
            with timings.step("summarise") if timings is not None else UNTIMED:
                found.made = summarise(source)
        except Exception as error:  # whatever it is, the file is reported
            found.verdict = Verdict((), (Crash.of("summary", source.path, error),))
            return found
        if portion.kept:
            _let_outlive(found, source, portion.again.get(source.path, ()))
    if task.linted:
        found.verdict = _alone(portion, task, source, timings)
        beyond = portion.rules_for(task.file, beyond=True)
        found.asks = bool(beyond)
        found.sure = bool(applicable(beyond, source.words))
        if found.asks:
            kept.keep(task, source, sure=found.sure)
    return found


def _alone(portion: Portion, task: Task, source: SourceFile, timings: Timings | None) -> Verdict:
    """Let the rules speak that look at one file alone, and at where the others lie."""
    settings = portion.configuration.settings
    project = portion.unread
    if source.module.removesuffix(".__init__") not in portion.layout.modules:
        project = Project((), settings, layout=portion.layout.having(source.module))
    rules = portion.rules_for(task.file, beyond=False)
    return lint(source, project, settings, rules, timings=timings)


def _let_outlive(found: Surveyed, source: SourceFile, again: Iterable[str]) -> None:
    """Add what tells later runs whether the file says what it said; nothing, if it has no bytes."""
    packed = lasting(found.made) if found.made is not None else None
    if found.made is None or packed is None:
        return
    found.packed = packed
    found.said, found.placed = digest_of(said(found.made)), digest_of(places(found.made))
    found.calls = tuple(sorted(found.made.called)) if is_test(source.path) else ()
    readings: dict[str, Callable[[SourceFile], object]] = {**READINGS, EVERYTHING: lambda s: s}
    own = (kind for kind in again if kind in readings)
    found.again = {kind: digest_of(told(readings[kind](source))) for kind in own}


def digest_of(content: bytes) -> bytes:
    """Return what tells one content from another."""
    return _blake2b()(content, digest_size=16).digest()


@cache
def _blake2b() -> type[blake2b]:
    try:
        # hashlib has the same, but loads OpenSSL, which takes longer than many a file.
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b


def _unreadable(portion: Portion, task: Task, error: Exception) -> Verdict:
    if not task.linted:
        return Verdict(())
    path = portion.root.path_of(task.file)
    if isinstance(error, UnparsableSource):
        return Verdict((unreadable_file(path, error.message, error.line, error.column),))
    if isinstance(error, OSError):
        return Verdict((unreadable_file(path, f"cannot be opened: {error.strerror or error}"),))
    return Verdict((unreadable_file(path, str(error)),))


def judge(
    portions: Iterable[Portion],
    projects: Mapping[Root, Project],
    kept: Kept,
    done: Callable[[], object] = lambda: None,
) -> Iterator[tuple[str, Verdict]]:
    """Make the second pass over files that asked for it; yields each with what was found."""
    for portion in portions:
        settings = portion.configuration.settings
        project = projects.get(portion.root) or Project((), settings)
        project.read_by(partial(AtHand, root=portion.root, sources=kept.sources))
        for task in portion.tasks:
            try:
                if _may_fire(task, project, kept):
                    rules = portion.rules_for(task.file, beyond=True)
                    source = kept.take(portion, task)
                    around = _around(source, project)
                    timings = kept.timings if portion.timed else None
                    yield task.file, lint(source, around, settings, rules, timings=timings)
                else:
                    yield task.file, Verdict(())
            except (OSError, UnreadableText, UnparsableSource) as error:
                yield task.file, _unreadable(portion, task, error)
            done()


def _may_fire(task: Task, project: Project, kept: Kept) -> bool:
    """Tell whether a rule can see anything in a file, by its words alone."""
    words = kept.words.get((task.file, task.content))
    if words is None and not task.sure and aliases(project):
        words = words_of(decode(_content(task)).text)
    if words is not None:
        return not words.isdisjoint(aliases(project))
    return task.sure


def _around(source: SourceFile, project: Project) -> Project:
    """A file that is no part of its service's project sees the project and itself."""
    name = source.module.removesuffix(".__init__")
    known = project.modules.get(name)
    if known is not None and known.path == source.path:
        return project
    return project.with_source(source)
