"""What has to be other in a file when a module of the service gets another name.

Imports, whole or in part, and strings that say a dotted name, as ``mocker.patch`` and
``pytest_plugins`` take them. The new name differs from the old one in its last part alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.places import is_test
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.schemas import importable_name
from turnstay_lint.project.summary import ModuleSummary
from turnstay_lint.project.testing_calls import seek
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import absolute_module

_DOTTED = regex(r"\w+(?:\.\w+)+")
_TAKING_NAMES = frozenset({"import_module", "patch", "setattr"})
_FROM = regex(r"from\s+([.\w]+)")


class CannotRename(Exception):
    """A file names the module in a way that cannot be changed; the message is for the user."""


class Renaming(Struct, frozen=True):
    """A module's dotted names, as its file and as imports have it, and its new last part."""

    module: str
    imported: str
    new: str

    @property
    def old(self) -> str:
        """Return the last part of the name as it is."""
        return self.module.rpartition(".")[2]

    def means(self, dotted: str) -> bool:
        """Tell whether a dotted name is the module's."""
        return dotted in (self.module, self.imported)


class Part(Struct, frozen=True):
    """A span of a file, and what is to stand there."""

    span: Span
    code: str


def renaming_of(project: Project, module: ModuleSummary, new: str) -> Renaming:
    """Return what is to be renamed: a module, and how others import it."""
    return Renaming(module.name, importable_name(project, module.name), new)


def files_that_name(project: Project, renaming: Renaming) -> Iterator[str]:
    """Yield the paths of the files that import a module, or say its name in a string."""
    for module in project.modules.values():
        if module.name == renaming.module or not _may_name(project, module, renaming):
            continue
        if _names_it(project, module.path, renaming.module, renaming.imported):
            yield module.path


@noted_fact
def _names_it(project: Project, path: str, module: str, imported: str) -> bool:
    project.beyond.note(path, None)
    begins = f"{module}.", f"{imported}."
    said = _names_said(project, path)
    return not said.isdisjoint((module, imported)) or any(n.startswith(begins) for n in said)


def _may_name(project: Project, module: ModuleSummary, renaming: Renaming) -> bool:
    """Tell from its summary whether a file may name a module.

    ``import app.api.utils.money`` binds ``app``, and says no more of itself; of what the functions
    of tests import, the last parts are not known, nor what they patch.
    """
    names = (renaming.module, renaming.imported)
    within = {f"{name.rpartition('.')[0]}" for name in names}
    roots = {name.partition(".")[0] for name in names}
    if any(
        target in roots or any(target == name or target.startswith(f"{name}.") for name in names)
        for target in (*module.imports.values(), *module.stars, *module.imported_within)
    ):
        return True
    if not is_test(module.path):
        return False
    inner = module.imported_within
    for name in _TAKING_NAMES:
        seek(project, name)
    return (
        not _TAKING_NAMES.isdisjoint(module.called)
        or "pytest_plugins" in module.variables
        or any(target in within or target.startswith(".") for target in inner)
    )


@project_fact
def _names_said(project: Project, path: str) -> frozenset[str]:
    """Return the dotted names that a file imports or says, read again and kept once for all."""
    source = project.unnoted(path)
    found: set[str] = set()
    for node in ast.walk(source.tree) if source is not None else ():
        match node:
            case ast.ImportFrom() if source is not None:
                origin = absolute_module(node, source.module)
                found.update((origin, *(f"{origin}.{name.name}" for name in node.names)))
            case ast.Import(names=names):
                found.update(name.name for name in names)
            case ast.Constant(value=str(text)):
                said = _DOTTED.match(text)
                if said is not None:
                    found.add(said[0])
    return frozenset(found)


@noted_fact
def change_for(project: Project, path: str, module: str, imported: str, new: str) -> str | None:
    """Return why a file cannot name a module otherwise, empty if it can, None if it need not."""
    project.beyond.note(path, None)
    source = project.unnoted(path)
    try:
        parts = renamed_in(source, Renaming(module, imported, new)) if source is not None else ()
    except CannotRename as error:
        return str(error)
    return "" if parts else None


def renamed_in(source: SourceFile, renaming: Renaming) -> list[Part]:
    """Return the pieces of a file that name the module; raises CannotRename."""
    if renaming.old not in source.words:
        return []
    parts: list[Part] = []
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom():
                parts += _from(source, node, renaming)
            case ast.Import(names=names):
                for name in names:
                    if renaming.means(name.name) or _begins(name.name, renaming):
                        parts.append(_whole(source, name, renaming))
            case ast.Constant(value=str(text)) if renaming.imported in text:
                parts += _said(source, node, text, renaming)
    return parts


def _begins(dotted: str, renaming: Renaming) -> bool:
    return any(dotted.startswith(f"{n}.") for n in (renaming.module, renaming.imported))


def _from(source: SourceFile, node: ast.ImportFrom, renaming: Renaming) -> Iterator[Part]:
    origin = absolute_module(node, source.module)
    if renaming.means(origin):
        match = _FROM.match(source.text, source.lines.offset(*source.span(node).start))
        if match is None or not match[1].endswith(renaming.old):
            raise CannotRename(f"{source.path} imports it over several lines")
        line, column = source.lines.position(match.end(1))
        yield Part(Span(line, column - len(renaming.old), line, column), renaming.new)
        return
    for name in node.names:
        if name.name == renaming.old and renaming.means(f"{origin}.{name.name}"):
            start = source.span(name).start
            place = Span(*start, start[0], start[1] + len(name.name))
            # What the file calls it stays, so that its uses do.
            code = renaming.new if name.asname else f"{renaming.new} as {renaming.old}"
            yield Part(place, code)


def _whole(source: SourceFile, name: ast.alias, renaming: Renaming) -> Part:
    if name.asname is None or not renaming.means(name.name):
        raise CannotRename(f"{source.path} imports it whole, and names it wherever it is used")
    start = source.span(name).start
    end = start[1] + len(name.name)
    return Part(Span(start[0], end - len(renaming.old), start[0], end), renaming.new)


def _said(source: SourceFile, node: ast.Constant, text: str, renaming: Renaming) -> Iterator[Part]:
    """A string names it where it says the dotted name, alone or before a dot or a colon."""
    if not re.match(rf"{re.escape(renaming.imported)}(?![\w])", text):
        return
    span = source.span(node)
    start, end = source.lines.offsets(span)
    at = source.text.find(renaming.imported, start, end)
    if at < 0:
        raise CannotRename(f"{source.path} says its name in a string that is written in parts")
    last = at + len(renaming.imported)
    line, column = source.lines.position(last)
    yield Part(Span(line, column - len(renaming.old), line, column), renaming.new)
