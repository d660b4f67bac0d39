"""The two passes over a share of the files, pure and picklable, so that any process can make them.

The survey reads each file once: what other files want to know of it, and what the rules say that
look at one file alone. The judgement lets the rules speak that look at the whole project. Between
the two a process keeps the trees that it made, as far as its budget goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.configuration import Configuration
from turnstay_lint.engine.history import with_history
from turnstay_lint.engine.lint import Crash, Verdict, applicable, lint
from turnstay_lint.engine.registry import all_rules
from turnstay_lint.engine.service import Root, read_source, speaking
from turnstay_lint.project.aliases import aliases
from turnstay_lint.project.layout import Layout
from turnstay_lint.project.project import Project
from turnstay_lint.project.summarise import summarise
from turnstay_lint.project.summary import ModuleSummary
from turnstay_lint.rules.organization.unreadable_file import unreadable_file
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.content import content_of
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.text import UnreadableText


class Task(NamedTuple):
    """A file by its absolute path: whether its findings are wanted, and whether others see it."""

    file: str
    linted: bool
    joined: bool
    content: bytes | None = None
    """What stands for the file's bytes on disk."""


class Portion(Struct, frozen=True, dict=True):
    """Some files of one service."""

    root: Root
    configuration: Configuration
    tasks: tuple[Task, ...]
    layout: Layout = field(default_factory=Layout)

    @cached_property
    def unread(self) -> Project:
        """Return the service before any of its files is read: which modules it has."""
        return Project((), self.configuration.settings, layout=self.layout)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that are on, and those that only count what could not be analysed."""
        on = self.configuration.rules()
        codes = {rule.code for rule in on}
        return (*on, *(r for r in all_rules() if r.tallies and r.code not in codes))

    @cached_property
    def tallied(self) -> frozenset[str]:
        """Return the codes of the rules whose findings are counted but not shown."""
        on = {rule.code for rule in self.configuration.rules()}
        return frozenset(rule.code for rule in self.rules if rule.code not in on)

    def rules_for(self, file: str, *, beyond: bool) -> tuple[Rule, ...]:
        """Return the rules for a file: those that look beyond it, or those that do not."""
        rules = self.configuration.rules_for(file, self.rules)
        spoken = speaking(rules, self.root.path_of(file))
        return tuple(rule for rule in spoken if rule.uses_project == beyond)


class Judged(Struct, frozen=True):
    """What was found in one file; ``unanalyzable`` counts what could not be judged in it."""

    verdict: Verdict = field(default_factory=lambda: Verdict(()))
    unanalyzable: int = 0

    def __add__(self, other: Judged) -> Judged:
        findings = sorted({*self.verdict.findings, *other.verdict.findings}, key=lambda f: f.order)
        crashes = (*self.verdict.crashes, *other.verdict.crashes)
        return Judged(Verdict(tuple(findings), crashes), self.unanalyzable + other.unanalyzable)


class Surveyed(NamedTuple):
    """What the first pass says of a file; ``asks`` is set where the second pass must look too."""

    file: str
    summary: ModuleSummary | None
    judged: Judged
    asks: bool


class Kept(Struct):
    """Parsed files that wait for the second pass, at most ``budget`` characters of source."""

    budget: int
    sources: dict[tuple[str, bytes | None], SourceFile] = field(default_factory=dict)
    words: dict[tuple[str, bytes | None], frozenset[str]] = field(default_factory=dict)
    summaries: dict[str, ModuleSummary] = field(default_factory=dict)

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
    content = task.content
    if content is None:
        content = content_of(task.file)
    return read_source(root, task.file, content)


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
    try:
        source = _read(portion.root, task)
    except (OSError, UnreadableText, UnparsableSource) as error:
        return Surveyed(task.file, None, _unreadable(portion, task, error), False)
    summary, judged, asks = None, Judged(), False
    if task.joined:
        try:
            summary = summarise(source)
        except Exception as error:
            crash = Crash.of("summary", source.path, error)
            return Surveyed(task.file, None, Judged(Verdict((), (crash,))), False)
    if task.linted:
        settings = portion.configuration.settings
        rules = portion.rules_for(task.file, beyond=False)
        project = portion.unread
        if source.module.removesuffix(".__init__") not in portion.layout.modules:
            project = Project((), settings, layout=portion.layout.having(source.module))
        judged = _judged(portion, task, lint(source, project, settings, rules))
        beyond = portion.rules_for(task.file, beyond=True)
        asks = bool(beyond)
        if asks:
            kept.keep(task, source, sure=bool(applicable(beyond, source.words)))
    return Surveyed(task.file, summary, judged, asks)


def _unreadable(portion: Portion, task: Task, error: Exception) -> Judged:
    if not task.linted:
        return Judged()
    path = portion.root.path_of(task.file)
    if isinstance(error, UnparsableSource):
        finding = unreadable_file(path, error.message, error.line, error.column)
    elif isinstance(error, OSError):
        finding = unreadable_file(path, f"cannot be opened: {error.strerror or error}")
    else:
        finding = unreadable_file(path, str(error))
    return Judged(Verdict((finding,)))


def _judged(portion: Portion, task: Task, verdict: Verdict) -> Judged:
    """Take the findings of rules that only count out of the verdict, and those of history."""
    verdict = with_history(verdict, task.file, portion.configuration.settings)
    shown = tuple(f for f in verdict.findings if f.code not in portion.tallied)
    return Judged(replace(verdict, findings=shown), len(verdict.findings) - len(shown))


def judge(
    portions: Iterable[Portion],
    projects: Mapping[Root, Project],
    kept: Kept,
    done: Callable[[], object] = lambda: None,
) -> Iterator[tuple[str, Judged]]:
    """Make the second pass over files that asked for it; yields each with what was found."""
    for portion in portions:
        settings = portion.configuration.settings
        for task in portion.tasks:
            rules = portion.rules_for(task.file, beyond=True)
            project = projects.get(portion.root) or Project((), settings)
            words = kept.words.get((task.file, task.content))
            if words is not None and words.isdisjoint(aliases(project)):
                yield task.file, Judged()
                done()
                continue
            try:
                source = kept.take(portion, task)
            except (OSError, UnreadableText, UnparsableSource) as error:
                yield task.file, _unreadable(portion, task, error)
                continue
            project = _around(source, project)
            yield task.file, _judged(portion, task, lint(source, project, settings, rules))
            done()


def _around(source: SourceFile, project: Project) -> Project:
    """A file that is no part of its service's project sees the project and itself."""
    name = source.module.removesuffix(".__init__")
    known = project.modules.get(name)
    if known is not None and known.path == source.path:
        return project
    return project.with_source(source)
