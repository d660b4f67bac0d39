"""The chains of revisions below some paths, in order, with what each does to which column."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.services.discovery import Discovery
from turnstay_lint.engine.services.roots import Root, read_source
from turnstay_lint.engine.services.service import Services, service_files
from turnstay_lint.frameworks.alembic.changes import AddColumn, Change
from turnstay_lint.project.following import revision_in
from turnstay_lint.project.migrations.revision_graph import Chain, Link, chains
from turnstay_lint.project.modules import is_known
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.column_steps import (
    FILLED,
    NULLABLE,
    RELEASED,
    REQUIRED,
    steps_of,
)
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.content import content_of
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.text import UnreadableText

_MARK = b"down_revision"
_MOST_HOPS = 3


class Row(Struct, frozen=True):
    """A revision of a chain: what it is called, and what its upgrade changes, in order."""

    link: Link
    title: str
    changes: tuple[Change, ...]


class ColumnPath(Struct, frozen=True):
    """Which revision added a column, filled it and made it NOT NULL; empty where none has yet."""

    name: str
    added: str = ""
    filled: str = ""
    required: str = ""


class MigrationChain(Struct, frozen=True):
    """A chain from its base to its heads, and the columns that are on their way along it."""

    folder: str
    rows: tuple[Row, ...]
    heads: tuple[str, ...]
    columns: tuple[ColumnPath, ...] = field(default_factory=tuple)


class Migrations(Struct, frozen=True):
    """The chains that were found, and the revisions that could not be read, each with why."""

    chains: tuple[MigrationChain, ...]
    unreadable: tuple[tuple[str, str], ...] = ()


def migrations(paths: Iterable[Path], services: Services) -> Migrations:
    """Return the chains that have a revision below one of the absolute paths.

    Raises ConfigurationError.
    """
    discovery = Discovery(services.configuration_of)
    asked = set(discovery.files(list(paths), force_exclude=False))
    found: list[MigrationChain] = []
    unreadable: list[tuple[str, str]] = []
    for root in dict.fromkeys(services.of(file).root for file in sorted(asked)):
        configuration = services.of(_any_below(root, asked)).configuration
        files = {*service_files(root, configuration), *_below(root, asked)}
        sources = dict(_revisions(root, sorted(files), unreadable))
        beside = _imported(root, sorted(files), list(sources.values()))
        project = Project.of([*sources.values(), *beside], configuration.settings)
        wanted = {source.path for file, source in sources.items() if file in asked}
        seen: list[Chain] = []
        for chain in chains(project).values():
            if chain.links and chain not in seen and _has(chain, wanted):
                seen.append(chain)
                by_path = {source.path: source for source in sources.values()}
                found.append(_chain(root, project, chain, by_path))
    return Migrations(tuple(sorted(found, key=lambda one: one.folder)), tuple(unreadable))


def _below(root: Root, files: Iterable[str]) -> Iterator[str]:
    return (file for file in files if Path(file).is_relative_to(root.folder))


def _any_below(root: Root, files: Iterable[str]) -> str:
    return min(_below(root, files))


def _revisions(
    root: Root, files: Iterable[str], unreadable: list[tuple[str, str]]
) -> Iterator[tuple[str, SourceFile]]:
    for file in files:
        try:
            content = content_of(file)
            if _MARK in content:
                yield file, read_source(root, file, content)
        except UnparsableSource as error:
            unreadable.append((displayed(file), error.message))
        except (OSError, UnreadableText, RecursionError) as error:
            unreadable.append((displayed(file), str(error)))


def _has(chain: Chain, paths: set[str]) -> bool:
    return any(link.path in paths for link in chain.links.values())


def _imported(root: Root, files: Iterable[str], sources: list[SourceFile]) -> list[SourceFile]:
    """Return the files from which revisions may import functions, by name, and on from there."""
    named: dict[str, list[str]] = {}
    for file in files:
        name = root.module_of(file).removesuffix(".__init__").rpartition(".")[2]
        named.setdefault(name, []).append(file)
    found: list[SourceFile] = []
    for _ in range(_MOST_HOPS):
        parts = {part for source in sources for part in _imports(source)}
        sources = [*_readable(root, [f for part in sorted(parts) for f in named.pop(part, ())])]
        found += sources
    return found


def _imports(source: SourceFile) -> Iterator[str]:
    summary = summarise(source)
    for target in (*summary.imports.values(), *summary.stars):
        package, *parts = target.split(".")
        if not is_known(package):
            yield from (package, *parts)


def _readable(root: Root, files: Iterable[str]) -> Iterator[SourceFile]:
    for file in files:
        with suppress(OSError, UnreadableText, UnparsableSource, RecursionError):
            content = content_of(file)
            if _MARK not in content:
                yield read_source(root, file, content)


def _chain(
    root: Root, project: Project, chain: Chain, sources: Mapping[str, SourceFile]
) -> MigrationChain:
    rows = tuple(_row(project, link, sources[link.path]) for link in ordered(chain))
    folder = min(link.path.rpartition("/")[0] for link in chain.links.values())
    return MigrationChain(
        folder=displayed(str(root.base / folder)),
        rows=rows,
        heads=tuple(dict.fromkeys(head.revision for head in chain.heads)),
        columns=tuple(_columns(rows)),
    )


def ordered(chain: Chain) -> list[Link]:
    """Return the revisions of a chain, each after what it follows; a circle ends it.

    One that follows the last is next, so that branches stay together.
    """
    waiting = dict(sorted(chain.links.items(), key=lambda item: item[1].path))
    placed: list[Link] = []
    done: set[str] = set()
    while waiting:
        ready = [one for one in waiting.values() if not {*one.parents} & waiting.keys()]
        if not ready:
            ready = list(waiting.values())
        last = placed[-1].revision if placed else ""
        chosen = next((one for one in ready if last in one.parents), ready[0])
        placed.append(waiting.pop(chosen.revision))
        done.add(chosen.revision)
    return placed


def _row(project: Project, link: Link, source: SourceFile) -> Row:
    revision = revision_in(project, source)
    ways = revision.upgrades if revision is not None else ()
    said = (ast.get_docstring(source.tree) or "").strip().partition("\n")[0]
    title = "" if said.startswith("Revision ID:") else said
    return Row(link, title, tuple(operation.change for way in ways for operation in way))


def _columns(rows: Iterable[Row]) -> Iterator[ColumnPath]:
    """Follow each column; one that came with its table counts once more is done to it."""
    paths: dict[str, ColumnPath] = {}
    by_themselves: set[str] = set()
    for row in rows:
        here = row.link.revision
        for change in row.changes:
            if isinstance(change, AddColumn) and change.column.refuses_rows:
                name = f"{change.table}.{change.column.name}"
                paths[name] = ColumnPath(name, here, required=here)
                by_themselves.add(name)
            for step in steps_of(change):
                name = f"{step.table}.{step.column}"
                if step.what == NULLABLE:
                    paths[name] = ColumnPath(name, here)
                    by_themselves |= {name} if isinstance(change, AddColumn) else set()
                elif name in paths and step.what == FILLED:
                    paths[name] = replace(paths[name], filled=here)
                elif name in paths and step.what == REQUIRED:
                    paths[name] = replace(paths[name], required=here)
                elif name in paths and step.what == RELEASED:
                    paths[name] = replace(paths[name], required="")
    for name, path in paths.items():
        if name in by_themselves or path.filled or path.required:
            yield path
