"""What has to be other in a file when a module of the service gets another name.

Imports, whole or in part, and strings that say a dotted name, as ``mocker.patch`` and
``pytest_plugins`` take them. The new name differs from the old one in its last part alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from turnstay_lint.project.calls.testing_calls import seek
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.schemas.schemas import importable_name
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import absolute_module
from turnstay_lint.source.words import words_of

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

    def begins(self, dotted: str) -> bool:
        """Tell whether a dotted name is of something in the module."""
        return dotted.startswith((f"{self.module}.", f"{self.imported}."))

    def is_said(self, dotted: str) -> bool:
        """Tell whether a string with a dotted name says the module's, as imports have it."""
        return dotted == self.imported or dotted.startswith(f"{self.imported}.")


class Part(Struct, frozen=True):
    """A span of a file, and what is to stand there."""

    span: Span
    code: str


class Kind(Enum):
    """How a file says a dotted name."""

    FROM = "from"
    NAME = "name"
    IMPORT = "import"
    STRING = "string"


class Saying(Struct, frozen=True):
    """A dotted name that a file imports, or that a string begins with, and how it is written.

    ``line`` and ``column`` (code points) are where ``written`` begins: the module behind ``from``,
    the name that is imported from it, the name behind ``import``, the whole literal. What cannot
    be told apart, since it goes over several lines, is not written at all.
    """

    kind: Kind
    dotted: str
    line: int
    column: int
    written: str
    asname: str | None = None


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
    if module.rpartition(".")[2] not in _words_in(project, path):
        return False
    begins = f"{module}.", f"{imported}."
    said = {saying.dotted for saying in _sayings_in(project, path)}
    return not said.isdisjoint((module, imported)) or any(n.startswith(begins) for n in said)


def _may_name(project: Project, module: ModuleSummary, renaming: Renaming) -> bool:
    """Tell from its summary whether a file may name a module.

    ``import app.api.utils.money`` binds ``app``, and says no more of itself; of what the functions
    of tests import, the last parts are not known, nor what they patch.
    """
    names = (renaming.module, renaming.imported)
    importing = _importing(project)
    if any(
        module.path in importing.get(said, ())
        for name in names
        for said in (name, f"{name.partition('.')[0]}.")
    ):
        return True
    if not is_test(module.path):
        return False
    inner = module.imported_within
    within = {name.rpartition(".")[0] for name in names}
    for name in _TAKING_NAMES:
        seek(project, name)
    return (
        not _TAKING_NAMES.isdisjoint(module.called)
        or "pytest_plugins" in module.variables
        or any(target in within or target.startswith(".") for target in inner)
    )


@project_fact
def _importing(project: Project) -> Mapping[str, set[str]]:
    """Return the paths of the modules that import a name or something below it, by the name.

    By ``name.`` with a dot at its end are those that import that alone.
    """
    found: dict[str, set[str]] = {}
    for module in project.modules.values():
        for target in {*module.imports.values(), *module.stars, *module.imported_within}:
            if "." not in target:
                found.setdefault(f"{target}.", set()).add(module.path)
            while target:
                found.setdefault(target, set()).add(module.path)
                target = target.rpartition(".")[0]
    return found


@project_fact
def _words_in(project: Project, path: str) -> frozenset[str]:
    return words_of(project.text(path) or "")


@project_fact
def _sayings_in(project: Project, path: str) -> tuple[Saying, ...]:
    """Return what a file says, read again and kept once for all."""
    source = project.unnoted(path)
    return sayings(source) if source is not None else ()


@fact
def sayings(source: SourceFile) -> tuple[Saying, ...]:
    """Return the dotted names that a file imports or says in strings, in the order of the text."""
    found: list[Saying] = []
    todo: list[ast.AST] = [source.tree]
    while todo:
        node = todo.pop()
        kind = type(node)
        if kind is ast.Constant:
            found += _said(source, node)
        elif kind is ast.ImportFrom or kind is ast.Import:
            found += _imported(source, node)
        elif kind is not ast.Name:
            for value in reversed(vars(node).values()):
                if type(value) is list:
                    todo += [child for child in reversed(value) if isinstance(child, ast.AST)]
                elif isinstance(value, ast.AST):
                    todo.append(value)
    return tuple(found)


def _said(source: SourceFile, node: ast.AST) -> Iterator[Saying]:
    assert isinstance(node, ast.Constant)
    said = _DOTTED.match(node.value) if isinstance(node.value, str) else None
    if said is not None:
        yield Saying(Kind.STRING, said[0], *source.span(node).start, source.written(node))


def _imported(source: SourceFile, node: ast.AST) -> Iterator[Saying]:
    origin = None
    if isinstance(node, ast.ImportFrom):
        origin = absolute_module(node, source.module)
        match = _FROM.match(source.text, source.lines.offset(*source.span(node).start))
        place = source.lines.position(match.start(1)) if match is not None else (node.lineno, 0)
        yield Saying(Kind.FROM, origin, *place, match[1] if match is not None else "")
    assert isinstance(node, ast.ImportFrom | ast.Import)
    for name in node.names:
        dotted, start = name.name, source.span(name).start
        if origin is None:
            yield Saying(Kind.IMPORT, dotted, *start, dotted, name.asname)
        else:
            yield Saying(Kind.NAME, f"{origin}.{dotted}", *start, dotted, name.asname)


@noted_fact
def change_for(project: Project, path: str, module: str, imported: str, new: str) -> str | None:
    """Return why a file cannot name a module otherwise, empty if it can, None if it need not."""
    project.beyond.note(path, None)
    try:
        parts = _parts(path, _sayings_in(project, path), Renaming(module, imported, new))
    except CannotRename as error:
        return str(error)
    return "" if parts else None


def renamed_in(source: SourceFile, renaming: Renaming) -> list[Part]:
    """Return the pieces of a file that name the module; raises CannotRename."""
    if renaming.old not in source.words:
        return []
    return _parts(source.path, sayings(source), renaming)


def _parts(path: str, said: Iterable[Saying], renaming: Renaming) -> list[Part]:
    found = (_part(path, saying, renaming) for saying in said)
    return [part for part in found if part is not None]


def _part(path: str, saying: Saying, renaming: Renaming) -> Part | None:
    """Return what stands where a module is named; None where it is another; raises CannotRename."""
    match saying.kind:
        case Kind.FROM if renaming.means(saying.dotted):
            if not saying.written.endswith(renaming.old):
                raise CannotRename(f"{path} imports it over several lines")
            return _instead(saying, len(saying.written), renaming)
        case Kind.NAME if renaming.means(saying.dotted):
            # What the file calls it stays, so that its uses do.
            code = renaming.new if saying.asname else f"{renaming.new} as {renaming.old}"
            return _instead(saying, len(saying.written), renaming, code)
        case Kind.IMPORT if renaming.means(saying.dotted) or renaming.begins(saying.dotted):
            if saying.asname is None or not renaming.means(saying.dotted):
                raise CannotRename(f"{path} imports it whole, and names it wherever it is used")
            return _instead(saying, len(saying.written), renaming)
        case Kind.STRING if renaming.is_said(saying.dotted):
            at = saying.written.find(renaming.imported)
            if at < 0:
                raise CannotRename(f"{path} says its name in a string that is written in parts")
            return _instead(saying, at + len(renaming.imported), renaming)
    return None


def _instead(saying: Saying, end: int, renaming: Renaming, code: str = "") -> Part:
    """Put the new name, or ``code``, where the old one ends ``end`` characters on."""
    before = saying.written[:end]
    line = saying.line + before.count("\n")
    column = end + saying.column if line == saying.line else end - before.rindex("\n") - 1
    return Part(Span(line, column - len(renaming.old), line, column), code or renaming.new)
