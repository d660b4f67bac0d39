"""What was as black has it before it was fixed, and is so afterwards.

Codemods lay out what they write as black does in the cases that they know. Where black is
installed, it has the last word on what fixes changed, with the settings of their project. It is
imported when something was fixed, and never to find anything.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnstay_lint.engine.mending.excerpts import (
    Excerpt,
    changed_places,
    excerpts,
    meets,
    statements,
    within,
)
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.text import newline_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import black

    from turnstay_lint.engine.mending.excerpts import Place

    Wish = tuple[Place, list[str]]
    """Lines of a text, and what black would have in their place."""

_SWITCHES = ("fmt:", "yapf:")
"""What comments begin with that turn black off and on again, over statements that follow."""

_VERSED = regex(r"\*|\b(?:with|except|for|in|return|yield|del|match|case|type)\b")
"""What is laid out in this way or that by the versions of Python that the file is written for."""

_LONGEST = 2_000
"""The longest line, in characters, beside which black is asked: of one it may think for long."""


def is_installed() -> bool:
    """Tell whether black can be asked, without asking it."""
    return find_spec("black") is not None


def as_black_had_it(file: str, before: str, after: str, width: int) -> str:
    """Return the text of a fixed file, what was changed in black's layout if it had that before.

    In a project that speaks of black that is asked of each place that was changed, in another of
    the whole file. A new file is as black has it where the project speaks of black. ``width`` holds
    where the project says nothing to black. A file of mixed line ends, or that black cannot read,
    is left.
    """
    newline = newline_of(before or after)
    old, new = before.replace(newline, "\n"), after.replace(newline, "\n")
    if "\r" in old or "\r" in new or (newline != "\n" and _has_other(before + after, newline)):
        return after
    try:
        laid = _laid_out(old, new, *_asked(str(Path(file).parent), width))
    except Exception:  # black says in many ways that it cannot
        return after
    return after if laid == new else laid.replace("\n", newline)


def _has_other(text: str, newline: str) -> bool:
    return text.count("\n") != text.count(newline)


def _laid_out(old: str, new: str, said: bool, mode: black.Mode) -> str:
    """Return ``new`` as black has it where it is another than ``old``, and that was so."""
    import black

    changed = changed_places(old, new)
    before, places = [was for was, _ in changed], [now for _, now in changed]
    lines = new.split("\n")
    versed = any(_VERSED.search(line) for place in places for line in lines[slice(*place)])
    if not any(any(_wishes(new, places, one)) for one in _modes(mode, versed=versed)):
        return new
    if not versed and not said and any(_wishes(old, before, mode)):
        return new
    mode = _for_all_of(new, mode)
    if not said and (any(_wishes(old, before, mode)) or not any(_wishes(new, places, mode))):
        return new
    if not said and not (old and black.format_str(old, mode=mode) == old):
        return new
    wishes = sorted(_wishes(new, places, mode))
    if wishes and said and old:
        amiss = [lines for lines, _ in _wishes(old, before, mode)]
        good = [now for was, now in changed if not meets(was, amiss)]
        if amiss:
            inside = _wishes(new, good, mode, beside=False)
            wishes = sorted(wish for wish in inside if within(wish[0], good))
    for (first, last), instead in reversed(wishes):
        lines[first:last] = instead
    text = "\n".join(lines)
    if text != new:
        black.assert_equivalent(new, text)
    return text


def _modes(mode: black.Mode, *, versed: bool) -> Iterator[black.Mode]:
    """Yield the modes of which one is the file's, or all that it can show is between them."""
    yield mode
    if versed and not mode.target_versions:
        from dataclasses import replace

        from black.mode import TargetVersion

        yield replace(mode, target_versions={max(TargetVersion, key=lambda one: one.value)})


def _for_all_of(text: str, mode: black.Mode) -> black.Mode:
    """Return the mode with the versions that a file is written for, which shows in all of it."""
    from dataclasses import replace

    import black
    from black.parsing import lib2to3_parse

    if mode.target_versions:
        return mode
    tree = lib2to3_parse(text)
    imports = black.get_future_imports(tree)
    return replace(mode, target_versions=black.detect_target_versions(tree, future_imports=imports))


def _wishes(
    text: str, places: list[Place], mode: black.Mode, *, beside: bool = True
) -> Iterator[Wish]:
    """Yield what black would have otherwise in the statements at some places of a text.

    Black takes several times as long for a file as Python to parse it, so it is given those alone,
    with their neighbours where the lines between are its matter too, and what is short first.
    """
    import black

    lines = text.split("\n")
    switched = any(word in text for word in _SWITCHES)
    for part in _parts(text, places, beside=beside, whole=switched):
        first, last = part.place
        if any(len(line) > _LONGEST for line in lines[first:last]):
            continue
        own = part.above + "\n".join(lines[first:last]) + ("\n" if last < len(lines) else "")
        laid = black.format_str(own, mode=mode)
        first -= part.above.count("\n")
        for was, now in changed_places(own, laid):
            yield (first + was[0], first + was[1]), laid.split("\n")[slice(*now)]


def _parts(text: str, places: list[Place], *, beside: bool, whole: bool) -> list[Excerpt]:
    """Return what black is given of a text, the shortest first."""
    if whole:
        return [Excerpt((0, text.count("\n") + 1))]
    near = beside and excerpts(text, places)
    found = near or [Excerpt(place) for place in statements(text, places)]
    return sorted(found, key=lambda part: part.place[1] - part.place[0])


def _asked(folder: str, width: int) -> tuple[bool, black.Mode]:
    """Return whether a project speaks of black, and what it asks, read as black reads it.

    https://black.readthedocs.io/en/stable/usage_and_configuration/the_basics.html
    """
    import black
    from black.files import find_pyproject_toml, parse_pyproject_toml
    from black.mode import Preview, TargetVersion

    said: dict[str, Any] = {}
    project = find_pyproject_toml((folder,))
    if project is not None:
        said = parse_pyproject_toml(project)
    features = said.get("enable_unstable_feature", ())
    return bool(said), black.Mode(
        target_versions={TargetVersion[v.upper()] for v in _words(said, "target_version")},
        line_length=said.get("line_length", width),
        string_normalization=not said.get("skip_string_normalization", False),
        magic_trailing_comma=not said.get("skip_magic_trailing_comma", False),
        preview=said.get("preview", False),
        unstable=said.get("unstable", False),
        enabled_features={Preview[feature] for feature in features},
    )


def _words(said: dict[str, Any], key: str) -> list[str]:
    value = said.get(key, [])
    return [value] if isinstance(value, str) else list(value)
