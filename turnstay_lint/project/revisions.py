"""The revisions of a service: how they are linked, which are history, what could not be read."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.frameworks.alembic.calls import OPERATIONS
from turnstay_lint.frameworks.alembic.changes import AddColumn, CallElsewhere, Unanalyzable
from turnstay_lint.frameworks.alembic.emptiness import is_empty_at
from turnstay_lint.frameworks.alembic.interpreter import Operation
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summary import FunctionSummary, ModuleSummary
from turnstay_lint.project.values import Items, Literal, Value
from turnstay_lint.source.file import SourceFile

_MOST_HOPS = 6
_MAKES = frozenset(
    f"alembic.op.{name}" for name in (*OPERATIONS, "batch_alter_table", "execute", "invoke")
)


class Link(Struct, frozen=True):
    """A revision in its chain: its identifier, what it revises, and the module that holds it.

    ``parents`` are those that it depends on as well; ``readable`` is false where what it revises
    is no literal.
    """

    revision: str
    parents: tuple[str, ...]
    module: str
    readable: bool = True
    revises: tuple[str, ...] = ()


@project_fact
def chains(project: Project) -> dict[str, dict[str, Link]]:
    """Return the links by identifier of every folder of revisions, by the folder's dotted name."""
    found: dict[str, dict[str, Link]] = {}
    for module in project.modules.values():
        link = link_of(module)
        if link is not None:
            found.setdefault(_folder(module.module), {}).setdefault(link.revision, link)
    return found


def link_of(module: ModuleSummary) -> Link | None:
    """Return where a module stands in its chain, or None for what is no revision."""
    revision = module.variables.get("revision")
    if revision is None or not isinstance(revision.value, Literal):
        return None
    if not isinstance(revision.value.value, str) or "down_revision" not in module.variables:
        return None
    given = [
        module.variables[name].value
        for name in ("down_revision", "depends_on")
        if name in module.variables
    ]
    parents = [_identifiers(value) for value in given]
    return Link(
        revision=revision.value.value,
        parents=tuple(parent for known in parents for parent in known or ()),
        module=module.name,
        readable=None not in parents,
        revises=parents[0] or (),
    )


def _identifiers(value: Value) -> tuple[str, ...] | None:
    """Read ``down_revision``: one identifier, None, or several for a merge."""
    match value:
        case Literal(value=None):
            return ()
        case Literal(value=str(identifier)):
            return (identifier,)
        case Items(items=items):
            inner = [_identifiers(item) for item in items]
            if None not in inner:
                return tuple(identifier for known in inner for identifier in known or ())
    return None


def _folder(module: str) -> str:
    """All below one ``versions`` folder is one chain; elsewhere, what lies side by side."""
    parts = module.split(".")[:-1]
    if "versions" in parts:
        parts = parts[: len(parts) - parts[::-1].index("versions")]
    return ".".join(parts)


def is_history(project: Project, source: SourceFile, start_after: str) -> bool:
    """Tell whether a revision is not after ``start_after``, or cannot be shown to be.

    A fragment that names no revision of its own is no history.
    """
    module = project.module(source.scope.module)
    if not start_after or module is None:
        return False
    link = link_of(module)
    if link is None:
        return False
    chain = chains(project).get(_folder(module.module), {})
    if start_after in _ancestors(link, chain):
        return False
    start = chain.get(start_after)
    if start is None:
        return True
    return link.revision == start_after or link.revision in _ancestors(start, chain)


def chain_of(project: Project, link: Link) -> dict[str, Link]:
    """Return the chain that a revision is part of, by identifier."""
    return chains(project).get(_folder(link.module), {})


def descendants(link: Link, chain: dict[str, Link]) -> list[Link]:
    """Return the revisions that come after one, whichever way leads there."""
    found: dict[str, Link] = {}
    todo = [link.revision]
    while todo:
        above = todo.pop()
        for later in chain.values():
            if above in later.parents and later.revision not in found:
                found[later.revision] = later
                todo.append(later.revision)
    return list(found.values())


def doubts(project: Project, link: Link) -> str:
    """Return why it is not certain what follows a revision directly, empty where it is."""
    for module in project.modules.values():
        if _folder(module.module) != _folder(link.module) or module.name == link.module:
            continue
        other = link_of(module)
        if other is None and "down_revision" in module.variables:
            return f"what `{module.path}` is called as a revision could not be read"
        if other is not None and not other.readable:
            return f"what `{module.path}` revises could not be read"
        if other is not None and other.revision == link.revision:
            return f"`{module.path}` is a revision {link.revision} too"
    chain = chain_of(project, link)
    following = [later for later in chain.values() if link.revision in later.parents]
    if len(following) > 1:
        names = ", ".join(sorted(later.revision for later in following))
        return f"the chain branches after {link.revision} ({names})"
    if any(link.revision not in later.revises for later in following):
        return f"another revision depends on {link.revision} without following it"
    return ""


def _ancestors(link: Link, chain: dict[str, Link]) -> set[str]:
    seen: set[str] = set()
    todo = list(link.parents)
    while todo:
        identifier = todo.pop()
        if identifier in seen:
            continue
        seen.add(identifier)
        above = chain.get(identifier)
        todo.extend(above.parents if above is not None else ())
    return seen


def unanalyzable_operations(source: SourceFile, project: Project) -> list[Operation]:
    """Return the operations of a revision that could not be read, one for each place."""
    revision = revision_of(source)
    if revision is None:
        return []
    found: dict[object, Operation] = {}
    for way in (*revision.upgrades, *revision.downgrades):
        for position, operation in enumerate(way):
            match operation.change:
                case Unanalyzable():
                    unread = True
                case AddColumn(column=column):
                    unread = column.refuses_rows is None and not is_empty_at(way, position)
                case CallElsewhere(function=name):
                    unread = makes_operations(project, name, source.scope.module)
                case _:
                    unread = False
            if unread:
                found.setdefault(operation.call, operation)
    return list(found.values())


def makes_operations(project: Project, name: str, near: str) -> bool:
    """Tell whether a function of the project, or one that it calls, uses Alembic's ``op``."""
    return any(called in _MAKES for called in _reached(project, name, near, _MOST_HOPS))


def _reached(project: Project, name: str, near: str, hops: int) -> Iterator[str]:
    found = project.find(name, near)
    if found is None or hops == 0 or not isinstance(found.definition, FunctionSummary):
        return
    for called in found.definition.calls:
        yield called
        if not called.startswith(("alembic.", "builtins.", "<")):
            yield from _reached(project, called, found.module.name, hops - 1)
