"""What is known of the loading of objects: where they came from, what was loaded with them.

Kept beside whose the objects are, by the same places. Everything here is a *may*: what some path
may have loaded counts as loaded, so that what is left was loaded by nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.project.dataflow.values import Object, Query

RelationshipPath = tuple[str, ...]
EVERYTHING: RelationshipPath = ("*",)


class Source(Struct, frozen=True):
    """Where objects came from: the call, and the query that it sent, if it sent one.

    ``kind`` is ``query``, ``get`` (``session.get``), ``getter`` (a function of the service),
    ``new`` (a constructor) or ``expired`` (the commit that made the session forget them).
    """

    kind: str
    call: ast.Call
    query: Query | None = None


class LoadState(Struct, frozen=True):
    """The loading of the objects that came from one place.

    ``loaded`` are paths from such an object that something may have loaded or set; one that ends
    in ``*`` stands for all below it. ``several`` says that there may be more than one object.
    ``roots`` are the classes that such an object may be of, none where they are not known.
    Of a new object, ``given`` are the attributes that were set; ``added`` and ``flushed`` how far
    it has come on its way to the database, and ``refreshed`` that what loads ahead may have been
    loaded since. An ``expired`` one is as a new one in the database: nothing is loaded.
    """

    source: Source
    loaded: frozenset[RelationshipPath] = frozenset()
    several: bool = False
    roots: frozenset[str] = frozenset()
    new: bool = False
    given: frozenset[str] = frozenset()
    added: bool = False
    flushed: bool = False
    refreshed: bool = False
    expired: bool = False

    def may_have(self, path: RelationshipPath) -> bool:
        """Tell whether a path may have been loaded, or something above it that is not known."""
        if path in self.loaded:
            return True
        return any((*path[:depth], "*") in self.loaded for depth in range(len(path)))


class Loading(Struct, frozen=True):
    """What a function knows of loading at one point: states by place.

    ``anywhere`` are relationships that something may have loaded on objects that cannot be told,
    ``*`` for any. ``reported`` is what was found once already.
    """

    objects: Mapping[int, LoadState] = field(default_factory=dict)
    anywhere: frozenset[str] = frozenset()
    reported: frozenset[tuple[int, RelationshipPath]] = frozenset()

    def having(self, place: int, state: LoadState) -> Loading:
        """Return this with the state of one place."""
        return replace(self, objects={**self.objects, place: state})

    def without(self, place: int) -> Loading:
        """Return this with nothing known of one place."""
        kept = {key: state for key, state in self.objects.items() if key != place}
        return replace(self, objects=kept)

    def loading(self, place: int, *paths: RelationshipPath) -> Loading:
        """Return this after paths were loaded on the objects of a place."""
        state = self.objects.get(place)
        if state is None:
            return self
        return self.having(place, replace(state, loaded=state.loaded | set(paths)))


NOTHING_LOADED = Loading()


def expired(loading: Loading, commit: ast.Call, held: Iterable[Object]) -> Loading:
    """Return what is known after a commit that makes the session forget its objects.

    ``held`` are those of which nothing was known before. A new object that was never added stays.
    """
    objects = dict(loading.objects)
    gone = Source("expired", commit)
    for one in held:
        if not one.path and one.place not in objects:
            objects[one.place] = LoadState(gone, roots=frozenset({one.model}))
    for place, state in objects.items():
        if not state.new or state.added:
            objects[place] = LoadState(
                gone,
                several=state.several,
                roots=state.roots,
                new=True,
                added=True,
                flushed=True,
                expired=True,
            )
    return replace(loading, objects=objects)


def reloaded(
    loading: Loading, models: Collection[str], related: Callable[[str, str], bool]
) -> Loading:
    """Return what is known after a query of ``models``, none for any, which brings back expired."""
    for place, state in loading.objects.items():
        found = not models or not state.roots
        if state.expired and (
            found or any(related(root, model) for root in state.roots for model in models)
        ):
            loading = loading.without(place)
    return loading


def join_loading(one: Loading, other: Loading) -> Loading:
    """Return what is known where two paths meet."""
    if one == other:
        return one
    objects = dict(one.objects)
    for place, state in other.objects.items():
        before = objects.get(place)
        objects[place] = state if before in (None, state) else _either(before, state)
    return Loading(objects, one.anywhere | other.anywhere, one.reported | other.reported)


def _either(one: LoadState | None, other: LoadState) -> LoadState:
    assert one is not None
    return LoadState(
        one.source,
        one.loaded | other.loaded,
        one.several or other.several,
        one.roots | other.roots,
        one.new or other.new,
        one.given & other.given,
        one.added and other.added,
        one.flushed and other.flushed,
        one.refreshed or other.refreshed,
        one.expired and other.expired,
    )
