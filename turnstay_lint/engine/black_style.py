"""A file that was as black has it before it was fixed, and is so afterwards.

Codemods lay out what they write as black does in the cases that they know. Where black is
installed, it has the last word on the files of which it had it before, with the settings of their
project. It is imported when something was fixed, and never to find anything.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnstay_lint.source.text import newline_of

if TYPE_CHECKING:
    import black


def is_installed() -> bool:
    """Tell whether black can be asked, without asking it."""
    return find_spec("black") is not None


def as_black_had_it(file: str, before: str, after: str, width: int) -> str:
    """Return the text of a fixed file, in black's layout if it had that before.

    ``width`` holds where the project says nothing to black. A new file is as black has it where
    the project speaks of black. One of mixed line ends, or that black cannot read, is left.
    """
    newline = newline_of(before or after)
    old, new = before.replace(newline, "\n"), after.replace(newline, "\n")
    if "\r" in old or "\r" in new or (newline != "\n" and _has_other(before + after, newline)):
        return after
    try:
        said, mode = _asked(str(Path(file).parent), width)
        laid = _formatted(new, mode)
        was_so = _formatted(old, mode) == old if old else said
        if laid == new or not was_so:
            return after
    except Exception:  # black says in many ways that it cannot
        return after
    return laid.replace("\n", newline)


def _has_other(text: str, newline: str) -> bool:
    return text.count("\n") != text.count(newline)


def _formatted(text: str, mode: black.Mode) -> str:
    import black

    return black.format_str(text, mode=mode)


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
