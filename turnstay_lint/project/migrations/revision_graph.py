"""The revision graph: which revision follows which, in each of a repository's Alembic environments.

It is made of what the files say literally. Below one ``versions`` folder, folders whose revisions
follow or depend on each other are one chain, as those of years are; folders that know nothing of
each other are chains of their own, as those of two databases are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.summaries.values import Items, Literal, Value


class Link(Struct, frozen=True):
    """A revision in its chain: its identifier, what it revises, and the module that holds it.

    ``parents`` are those that it depends on as well; ``readable`` is false where what it revises
    is no literal. ``labels`` are the branches that it begins.
    """

    revision: str
    parents: tuple[str, ...]
    module: str
    readable: bool = True
    revises: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    path: str = ""


class Chain(Struct, frozen=True, dict=True):
    """The revisions of one chain by identifier, those that repeat one, and what is unreadable.

    ``names`` are the identifiers and branch labels, each with its identifier.
    """

    links: Mapping[str, Link]
    repeated: tuple[Link, ...] = ()
    unreadable: tuple[str, ...] = ()
    names: Mapping[str, str] = {}

    def as_linked(self, link: Link) -> Link:
        """Return a revision with what it follows by identifiers alone, no branch label."""
        return self._by_path.get(link.path, link)

    def ancestors(self, link: Link) -> set[str]:
        """Return the identifiers above a revision; those that are missing are among them."""
        seen: set[str] = set()
        todo = list(link.parents)
        while todo:
            identifier = todo.pop()
            if identifier not in seen:
                seen.add(identifier)
                todo += self.links[identifier].parents if identifier in self.links else ()
        return seen

    @cached_property
    def heads(self) -> list[Link]:
        """Return the revisions that none revises, in the order of their paths."""
        revised = {parent for link in self._all for parent in link.revises}
        return [link for link in self._all if link.revision not in revised]

    @cached_property
    def has_gaps(self) -> bool:
        """Tell whether a revision follows or depends on one that no file is."""
        return any(not {*link.parents} <= self.links.keys() for link in self._all)

    @cached_property
    def is_circular(self) -> bool:
        """Tell whether any revision leads back to itself."""
        from graphlib import CycleError, TopologicalSorter

        try:
            TopologicalSorter({name: link.parents for name, link in self.links.items()}).prepare()
        except CycleError:
            return True
        return False

    def missing(self, link: Link) -> Iterator[str]:
        """Yield what a revision follows or depends on and no file is."""
        yield from (parent for parent in link.parents if parent not in self.links)

    def cycle(self, link: Link) -> list[str]:
        """Return the way from a revision back to itself, empty where there is none."""
        if not self.is_circular:
            return []
        came_from: dict[str, str] = {}
        todo = [link.revision]
        while todo:
            here = todo.pop(0)
            for parent in self.links[here].parents if here in self.links else ():
                if parent == link.revision:
                    way = [here]
                    while way[-1] != link.revision:
                        way.append(came_from[way[-1]])
                    return way[::-1]
                if parent not in came_from:
                    came_from[parent] = here
                    todo.append(parent)
        return []

    def branch(self, link: Link, others: Iterable[Link]) -> set[str]:
        """Return the labels that a head has and its fellow heads have not."""
        shared = {label for other in others for label in self._labels(other)}
        return self._labels(link) - shared

    def _labels(self, link: Link) -> set[str]:
        above = (self.links[name] for name in self.ancestors(link) if name in self.links)
        return {label for one in (link, *above) for label in one.labels}

    @cached_property
    def _all(self) -> list[Link]:
        return sorted((*self.links.values(), *self.repeated), key=lambda link: link.path)

    @cached_property
    def _by_path(self) -> dict[str, Link]:
        return {link.path: link for link in reversed(self._all)}


def chain_of(project: Project, link: Link) -> Mapping[str, Link]:
    """Return the chain that a revision is part of, by identifier."""
    return graph_of(project, link).links


def graph_of(project: Project, link: Link) -> Chain:
    """Return the chain that a revision is part of."""
    return chains(project).get(_folder(link.module), Chain({}))


@project_fact
def chains(project: Project) -> dict[str, Chain]:
    """Return the chain of every folder of revisions, by the folder's dotted name."""
    folders: dict[str, list[Link]] = {}
    unreadable: dict[str, list[str]] = {}
    for module in sorted(project.modules.values(), key=lambda module: module.path):
        link = link_of(module)
        if link is not None:
            folders.setdefault(_folder(module.module), []).append(link)
        if "down_revision" in module.variables and (link is None or not link.readable):
            unreadable.setdefault(_folder(module.module), []).append(module.path)
    found: dict[str, Chain] = {}
    for together in _environments(folders):
        links = sorted(
            (link for one in together for link in folders[one]), key=lambda link: link.path
        )
        made = _chain(links, [path for one in together for path in unreadable.get(one, ())])
        found.update(dict.fromkeys(together, made))
    for folder in unreadable.keys() - found.keys():
        found[folder] = Chain({}, unreadable=tuple(unreadable[folder]))
    return found


def _chain(links: list[Link], unreadable: list[str]) -> Chain:
    by_name: dict[str, Link] = {}
    repeated = []
    for link in links:
        if by_name.setdefault(link.revision, link) is not link:
            repeated.append(link)
    labels = {label: link.revision for link in links for label in link.labels}
    names = {**labels, **{name: name for name in by_name}}
    return Chain(
        {name: _unlabelled(link, names) for name, link in by_name.items()},
        tuple(_unlabelled(link, names) for link in repeated),
        tuple(unreadable),
        names,
    )


def _unlabelled(link: Link, names: Mapping[str, str]) -> Link:
    """A parent may be named by its branch."""
    return replace(
        link,
        parents=tuple(names.get(parent, parent) for parent in link.parents),
        revises=tuple(names.get(parent, parent) for parent in link.revises),
    )


def _environments(folders: Mapping[str, list[Link]]) -> list[list[str]]:
    """Join the folders of one environment whose revisions know each other, directly or not."""
    joined: dict[str, list[str]] = {folder: [folder] for folder in folders}
    by_environment: dict[str, list[str]] = {}
    for folder in folders:
        by_environment.setdefault(_environment(folder), []).append(folder)
    for beside in by_environment.values():
        own = {one: {link.revision for link in folders[one]} for one in beside}
        for one in beside if len(beside) > 1 else ():
            asked = {parent for link in folders[one] for parent in link.parents} - own[one]
            for other in beside:
                if asked & own[other] and joined[one] is not joined[other]:
                    joined[one] += joined[other]
                    for moved in joined[other]:
                        joined[moved] = joined[one]
    return list({id(together): together for together in joined.values()}.values())


def _environment(folder: str) -> str:
    """All below one ``versions`` folder may be one chain."""
    parts = folder.split(".")
    if "versions" in parts:
        parts = parts[: len(parts) - parts[::-1].index("versions")]
    return ".".join(parts)


def _folder(module: str) -> str:
    return module.rpartition(".")[0]


def link_of(module: ModuleSummary) -> Link | None:
    """Return where a module stands in its chain, or None for what is no revision."""
    revision = module.variables.get("revision")
    if revision is None or not isinstance(revision.value, Literal):
        return None
    if not isinstance(revision.value.value, str) or "down_revision" not in module.variables:
        return None
    revises = _names(module, "down_revision")
    depends = _names(module, "depends_on")
    return Link(
        revision=revision.value.value,
        parents=(*(revises or ()), *(depends or ())),
        module=module.name,
        readable=revises is not None and depends is not None,
        revises=revises or (),
        labels=_names(module, "branch_labels") or (),
        path=module.path,
    )


def _names(module: ModuleSummary, variable: str) -> tuple[str, ...] | None:
    said = module.variables.get(variable)
    return () if said is None else _identifiers(said.value)


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


def descendants(link: Link, chain: Mapping[str, Link]) -> list[Link]:
    """Return the revisions that come after one, whichever way leads there."""
    children: dict[str, list[Link]] = {}
    for later in chain.values():
        for parent in dict.fromkeys(later.parents):
            children.setdefault(parent, []).append(later)
    found: dict[str, Link] = {}
    todo = [link.revision]
    while todo:
        for later in children.get(todo.pop(), ()):
            if later.revision not in found:
                found[later.revision] = later
                todo.append(later.revision)
    return list(found.values())
