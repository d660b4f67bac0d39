"""The two revisions that follow one which adds columns: one fills them, one makes them NOT NULL.

Their identifiers come from the parent's, in the form that it has, their files' names and headers
are like the parent's, so that the same service always gets the same revisions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from turnstay_lint.project.migrations.revision_steps import column_steps_in
from turnstay_lint.project.migrations.revisions import Link, chain_of, descendants
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.writing.file_templates import fields_of, filled_in
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.patterns import regex

BACKFILL, REQUIRE, FINISH = "backfill", "require", "finish"
_BATCH = "alembic.op.batch_alter_table"
_IDENTIFIERS = ("revision", "down_revision", "branch_labels", "depends_on")
_LONGEST_IDENTIFIER = 32
"""The width of ``alembic_version.version_num``."""
_LONGEST_SLUG = 40
_LONGEST_TITLE = 72
_HASH = regex(r"[0-9a-f]+(?:-[0-9a-f]+)*")
_ADDS = regex(r"^(?:add|require)s?_")


class Filled(Struct, frozen=True):
    """A column that is filled with a value, as SQL says it; ``type`` is as ``sa`` code says it."""

    table: str
    schema: str
    column: str
    value: str
    type: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


class Style(Struct, frozen=True):
    """How the revisions of a service are written.

    ``header`` is what follows the title in the docstring, with ``{revision}`` and ``{revises}`` in
    it; ``annotations`` are those of the identifiers, ``imports`` what they need.
    """

    header: str = ""
    annotations: tuple[tuple[str, str], ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    returns: str = ""
    batch: bool = False


class NewRevision(Struct, frozen=True):
    """A revision that is to be written, of the kind ``BACKFILL`` or ``REQUIRE``."""

    kind: str
    revision: str
    revises: str
    title: str
    columns: tuple[Filled, ...]
    style: Style


def identifier(parent: str, kind: str, taken: Collection[str]) -> str:
    """Return an identifier that follows from the parent's and is not taken.

    A hash is followed by a hash; numbers and words keep theirs and get a letter or a word.
    """
    for attempt in range(len(taken) + 1):
        again = f"_{attempt + 1}" if attempt else ""
        if _is_hash(parent):
            found = _hashed(parent, f"{kind}{again}")
        elif parent[-1:].isdigit():
            found = f"{parent}{'b' if kind == BACKFILL else 'c'}{again}"
        else:
            found = f"{parent}_{kind}{again}"
        if len(found) > _LONGEST_IDENTIFIER and not _is_hash(parent):
            found = _hashed("0" * 12, f"{parent} {kind}{again}")
        if found not in taken:
            return found
    raise AssertionError("more identifiers are taken than there are")


def _is_hash(text: str) -> bool:
    return len(text) >= 8 and bool(_HASH.fullmatch(text)) and not text.isdigit()


def _hashed(form: str, said: str) -> str:
    """Return hexadecimal digits that follow from what is said, with the dashes of ``form``."""
    import hashlib

    digits = iter(hashlib.sha256(f"{form} {said}".encode()).hexdigest())
    return "".join(c if c == "-" else next(digits) for c in form)


def path_of(parent: SourceFile, link: Link, kind: str, revision: str, template: str = "") -> str:
    """Return where a revision is to lie: beside its parent, named as that is named.

    It is named by Alembic's template, where there is one and the parent is.
    """
    said = "" if revision.endswith(kind) else kind
    fields = fields_of(template, parent.path, link.revision) if template else None
    if fields is not None:
        named = {**fields, "rev": revision, "slug": _slug(fields.get("slug", ""), said)}
        parts = parent.path.split("/")[: -(template.count("/") + 1)]
        return "/".join([*parts, f"{filled_in(template, named)}.py"])
    folder, _, name = parent.path.rpartition("/")
    stem = name.removesuffix(".py")
    before, found, behind = stem.partition(link.revision)
    slug = behind.lstrip("_-")
    if not found:
        new = f"{stem}_{kind}"
    elif slug:
        gap = behind[: len(behind) - len(slug)]
        new = f"{before}{revision}{gap}{_slug(slug, said)}"
    elif any(character.isalpha() for character in before):
        slug = before.rstrip("_-")
        new = f"{_slug(slug, kind)}{before[len(slug) :]}{revision}"
    else:
        new = f"{before}{revision}{behind}"
    return f"{folder}/{new}.py" if folder else f"{new}.py"


def _slug(parent: str, kind: str) -> str:
    whole = f"{kind}_{_ADDS.sub('', parent, count=1)}".strip("_")
    return whole if len(whole) <= _LONGEST_SLUG else whole[: _LONGEST_SLUG + 1].rpartition("_")[0]


def title_of(kind: str, columns: tuple[Filled, ...], parent: str) -> str:
    """Return the first line of a revision's docstring."""
    verb = kind.capitalize()
    whole = f"{verb} {', '.join(map(str, columns))}."
    plain = columns and len(whole) <= _LONGEST_TITLE and not {'"', "\\"} & {*whole}
    return whole if plain else f"{verb} what {parent} {'begins' if kind == FINISH else 'adds'}."


def style_of(source: SourceFile, project: Project, link: Link) -> Style:
    """Return how a revision is written, and whether the service's revisions work in batches."""
    annotations = dict(_annotations(source.tree))
    up = next((s for s in source.tree.body if _is_upgrade(s)), None)
    returns = ast.unparse(up.returns) if isinstance(up, ast.FunctionDef) and up.returns else ""
    names = {n.id for a in annotations.values() for n in ast.walk(a) if isinstance(n, ast.Name)}
    return Style(
        header=_header(ast.get_docstring(source.tree) or "", link),
        annotations=tuple((name, ast.unparse(said)) for name, said in annotations.items()),
        imports=tuple(_imports(source.tree, names)),
        returns=returns,
        batch=any(_uses_batches(module) for module in _modules(project, link)),
    )


def _is_upgrade(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef) and statement.name == "upgrade"


def _annotations(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=said) if name in _IDENTIFIERS:
                yield name, said


def _imports(tree: ast.Module, names: Collection[str]) -> Iterator[tuple[str, str]]:
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                if alias.asname is None and alias.name in names:
                    yield statement.module, alias.name


def _header(docstring: str, link: Link) -> str:
    """Return what follows a docstring's title from ``Revision ID:`` on, its values left open."""
    found = re.search(r"^\s*Revision ID:", docstring, re.MULTILINE)
    if found is None or '"""' in docstring or "\\" in docstring:
        return ""
    header = docstring[found.start() :].strip().replace("{", "{{").replace("}", "}}")
    header = re.sub(r"(?m)^(Revision ID:\s*).*$", r"\1{revision}", header)
    return re.sub(r"(?m)^(Revises:\s*).*$", r"\1{revises}", header)


def _modules(project: Project, link: Link) -> Iterator[ModuleSummary]:
    for other in chain_of(project, link).values():
        module = project.module(other.module)
        if module is not None:
            yield module


def _uses_batches(module: ModuleSummary) -> bool:
    return any(_BATCH in function.calls for function in module.functions.values())


def step_of(project: Project, link: Link, what: str, table: str, column: str) -> str:
    """Return which later revision fills a column, or makes it NOT NULL; empty where none does."""
    for later in descendants(link, chain_of(project, link)):
        module = project.module(later.module)
        for step in column_steps_in(project, module) if module is not None else ():
            if (step.what, step.table, step.column) == (what, table, column):
                return later.revision
    return ""
