"""Facts that are what answers rest on, instead of all that is read again to find them out.

A function's body is read to see whether it refuses: as long as it does, or does not, nothing that
follows from it changes, whatever else is written there. Whoever keeps answers asks for such facts
again where a file changed that they come from. He may keep them as well, and tell a project what it
``knows``, as long as nothing is otherwise that any of its answers rests on.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Concatenate, ParamSpec, TypeVar, get_type_hints

from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.packing import NotPacked, packed_value, unpacked_value

Result = TypeVar("Result")
P = ParamSpec("P")
_PACKAGE = "turnstay_lint.project."
_APART = "\0"


def noted_fact(
    build: Callable[Concatenate[Project, P], Result],
) -> Callable[Concatenate[Project, P], Result]:
    """Let a function of the project, and of strings, be computed once, and note what it gives.

    What it gives must have bytes (structs, tuples, plain values) and hold no place in a file, and
    what it reads it reads itself, by ``reread`` or ``Project.read``: a fact that is kept elsewhere
    would read once only.
    """
    name = f"{build.__module__.removeprefix(_PACKAGE)}:{build.__name__}"

    def noted(project: Project, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        key = build, args
        kept = project.facts
        if key not in kept:
            kind = _APART.join((name, *map(str, args)))
            if kind in project.known:
                try:
                    wanted = get_type_hints(build)["return"]
                    kept[key] = unpacked_value(project.known[kind], wanted)
                    recalled: Result = kept[key]
                    return recalled
                except NotPacked:
                    pass
            frames = project.beyond.frames
            frames.append(set())
            try:
                found = kept[key] = build(project, *args, **kwargs)
            finally:
                read = frames.pop()
            project.noted[kind] = found
            project.beyond.again.update(((path, kind), found) for path in read)
        made: Result = kept[key]
        return made

    noted.__doc__ = build.__doc__
    noted.__name__ = build.__name__
    noted.__module__ = build.__module__
    _mark(noted)
    return noted


def _mark(noted: Callable[..., object]) -> None:
    setattr(noted, "is_noted", True)  # noqa: B010


def kept_facts(project: Project) -> dict[str, bytes]:
    """Return what was noted of a project, as it may be ``known`` to another that is the same."""
    found = {}
    for kind, value in project.noted.items():
        try:
            found[kind] = packed_value(value)
        except NotPacked:
            continue
    return found


def is_fact(kind: str) -> bool:
    """Tell whether something is noted of a project, and not of one of its files alone."""
    return ":" in kind


def found_again(project: Project, kind: str) -> object:
    """Return what a noted fact is now; raises LookupError where there is no such fact."""
    name, *arguments = kind.split(_APART)
    module, _, function = name.partition(":")
    try:
        fact = getattr(import_module(f"{_PACKAGE}{module}"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(kind) from error
    if not getattr(fact, "is_noted", False):
        raise LookupError(kind)
    return fact(project, *arguments)
