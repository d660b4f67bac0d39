"""The service that a file belongs to: a function of the file alone, whoever asks.

The command line, flake8, pylint and editors all come here, and so they agree: the same file has
the same root, the same module name, the same configuration and the same project around it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct, field

from turnstay_lint.engine.configuring.configuration import (
    Configuration,
    configuration_for,
    configuration_from,
)
from turnstay_lint.engine.keeping.resting import Looked
from turnstay_lint.engine.services.discovery import Discovery
from turnstay_lint.engine.services.exclusion import left_out_by_default
from turnstay_lint.engine.services.history import with_history
from turnstay_lint.engine.services.lint import Verdict, applicable, lint
from turnstay_lint.engine.services.roots import MARKERS, Reader, Root, read_source, service_root
from turnstay_lint.project.layout import Layout
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.content import content_of
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.text import UnreadableText, decode

_IMPORTED = regex(r"^[ \t]*(?:from|import)[ \t]+(?:\.|(\w+))", re.MULTILINE)


def load_project(
    root: Root,
    configuration: Configuration,
    overrides: Mapping[Path, bytes] | None = None,
) -> Project:
    """Return all Python files of a service, joined; files that cannot be read are left out.

    ``overrides`` are contents that stand for what is on disk, or for files that are not there.
    """
    contents = {str(path): content for path, content in (overrides or {}).items()}
    files = sorted({*service_files(root, configuration), *contents})
    return Project(
        summaries(root, files, contents),
        configuration.settings,
        read=Reader(root, contents),
        layout=Layout.of(map(root.module_of, files)),
    )


def service_files(
    root: Root, configuration: Configuration, looked: Looked | None = None
) -> list[str]:
    """Return the absolute paths of a service's files, without those of services inside it.

    What is looked at is noted in ``looked``.
    """
    discovery = Discovery(lambda _: configuration, looked=looked or Looked())
    found = discovery.below(root.folder, services=False, deep=root.deep)
    return sorted(found)


def summaries(
    root: Root, files: Iterable[str], contents: Mapping[str, bytes]
) -> Iterator[ModuleSummary]:
    """Yield what each file says to others, in the order of ``files``."""
    for file in files:
        try:
            content = contents[file] if file in contents else content_of(file)
            yield summarise(read_source(root, file, content))
        except (OSError, UnreadableText, UnparsableSource, RecursionError):
            continue


class Service(Struct, dict=True):
    """A root with its configuration, its rules, and its project, which is made when needed."""

    root: Root
    configuration: Configuration
    overrides: Mapping[Path, bytes] = field(default_factory=dict)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that are on in this service."""
        return self.configuration.rules()

    @cached_property
    def project(self) -> Project:
        """Return all files of the service together."""
        return load_project(self.root, self.configuration, self.overrides)

    @cached_property
    def layout(self) -> Layout:
        """Return which modules the service has."""
        contents = map(str, self.overrides)
        files = {*service_files(self.root, self.configuration), *contents}
        return Layout.of(map(self.root.module_of, files))

    def rules_for(self, file: Path | str) -> tuple[Rule, ...]:
        """Return the rules that are on for an absolute path and may say something there."""
        rules = self.configuration.rules_for(str(file), self.rules)
        return speaking(rules, self.root.path_of(file))

    def around(self, source: SourceFile) -> Project:
        """Return the project as the file sees it, which may be newer than on disk, or no part."""
        summary = summarise(source)
        if self.project.modules.get(summary.name) == summary and self._is_as_read(source):
            return self.project
        return self.project.with_source(source)

    def _is_as_read(self, source: SourceFile) -> bool:
        """A summary does not say all: what calls hand over is read from the file itself."""
        file = self.root.base / source.path
        try:
            content = self.overrides[file] if file in self.overrides else content_of(file)
            return decode(content).text == source.text
        except (OSError, UnreadableText):
            return False

    def lint(self, file: Path | str, content: bytes) -> Verdict:
        """Return what the rules say of a file; raises UnreadableText or UnparsableSource."""
        return self.lint_source(file, read_source(self.root, file, content))

    def lint_source(self, file: Path | str, source: SourceFile, *, noqa: bool = True) -> Verdict:
        """Return what the rules say of a file that has been read.

        The service's other files are read only if a rule that looks at them can fire. Without
        ``noqa`` that comment silences nothing.
        """
        rules = self.rules_for(file)
        settings = self.configuration.settings
        asks = looks_beyond(source.text, source.words, rules, self.root)
        project = self.around(source) if asks else self._laid_out(source, rules)
        verdict = lint(source, project, settings, rules, noqa=noqa)
        return with_history(verdict, file, settings)

    def _laid_out(self, source: SourceFile, rules: Iterable[Rule]) -> Project:
        settings = self.configuration.settings
        if not any(rule.uses_layout for rule in applicable(rules, source.words)):
            return Project((), settings)
        return Project((), settings, layout=self.layout.having(source.module))


def speaking(rules: tuple[Rule, ...], path: str) -> tuple[Rule, ...]:
    """Return the rules that may say something of a file, by its path from the root."""
    return tuple(rule for rule in rules if rule.in_tests) if is_test(path) else rules


def looks_beyond(text: str, words: frozenset[str], rules: Iterable[Rule], root: Root) -> bool:
    """Tell whether a rule may need to know the files around one with this text.

    That is so when such a rule can fire, or when another file of the service may have given this
    one a framework's name under an alias that no rule's triggers know.
    """
    asking = [rule for rule in rules if rule.uses_project]
    return bool(asking) and (bool(applicable(asking, words)) or _imports_own(text, root))


def _imports_own(text: str, root: Root) -> bool:
    packages = {match.group(1) for match in _IMPORTED.finditer(text)}
    places = (root.base, root.base / "src")
    return any(
        not package or (place / package).is_dir() or (place / f"{package}.py").exists()
        for package in packages
        for place in places
    )


class Services(Struct, dict=True):
    """The services that files belong to, each made once; how one front end looks at many files.

    ``config`` is a file that holds for all of them, ``isolated`` leaves every configuration
    unread, ``select``, ``ignore``, ``fixable``, ``unfixable``, ``since`` and ``fix_history`` are
    the command line's. Patterns of ``config`` count from ``base``, else from the working folder.
    """

    config: Path | None = None
    isolated: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fixable: tuple[str, ...] = ()
    unfixable: tuple[str, ...] = ()
    since: str = ""
    fix_history: bool = False
    base: Path | None = None
    _made: dict[Root, Service] = field(default_factory=dict)
    _roots: dict[str, Root] = field(default_factory=dict)
    _read: dict[Path, Configuration] = field(default_factory=dict)

    @property
    def met(self) -> list[Service]:
        """Return the services that were asked for until now."""
        return list(self._made.values())

    def of(self, file: Path | str) -> Service:
        """Return the service of an absolute path to a file.

        Raises ConfigurationError when its configuration cannot be meant.
        """
        folder = str(file).rpartition(os.sep)[0]
        root = self._roots.get(folder)
        if root is None:
            root = self._root_of(folder, file)
        if root not in self._made:
            self._made[root] = Service(root, self.configuration_of(root.folder))
        return self._made[root]

    def _root_of(self, folder: str, file: Path | str) -> Root:
        """Return the root of a file's service, and note it for what lies between and beside.

        A root without a package is marked as a project, and holds for whatever lies below that is
        not marked itself.
        """
        passed = [folder]
        root, here = None, folder
        while here and not self._stands_apart(here):
            here = here.rpartition(os.sep)[0]
            root = self._roots.get(here)
            if root is not None:
                break
            passed.append(here)
        if root is None or not (root.deep and root.folder == root.base):
            root = service_root(Path(file))
            passed = [folder]
            if root.deep and root.folder == root.base:
                passed.append(str(root.folder))
        self._roots.update((at, root) for at in passed)
        return root

    def _stands_apart(self, folder: str) -> bool:
        """Tell whether a folder may have a root of its own."""
        return left_out_by_default(folder, folder.rpartition(os.sep)[2]) or any(
            os.path.exists(f"{folder}/{marker}")  # noqa: PTH110 (asked of every folder)
            for marker in MARKERS
        )

    def configuration_of(self, folder: Path) -> Configuration:
        """Return the configuration that holds in a folder, with the command line's options."""
        if folder not in self._read:
            self._read[folder] = self._configuration_of(folder)
        return self._read[folder]

    def _configuration_of(self, folder: Path) -> Configuration:
        if self.isolated:
            made = Configuration(folder=folder)
        elif self.config is not None:
            made = configuration_from(self.config, self.base or Path.cwd())
        else:
            made = configuration_for(folder)
        made = made.with_options(self.select, self.ignore, self.fixable, self.unfixable)
        return made.looking_back(self.since, self.fix_history)
