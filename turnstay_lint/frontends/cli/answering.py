"""What a check was asked for, as the command line has it, and what a user may not have meant."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from turnstay_lint.engine.configuring.misunderstanding import ConfigurationError, nearest
from turnstay_lint.frontends.cli import PROGRAM, SUBCOMMANDS
from turnstay_lint.frontends.cli.failing import fail

if TYPE_CHECKING:
    from turnstay_lint.engine.keeping.replaying import Call
    from turnstay_lint.frontends.cli.request import Request

INTERRUPTED = 130
"""The status of a run that was interrupted, as shells have it."""

_LISTS = ("select", "ignore", "fixable", "unfixable")


def answered(said: dict[str, Any], name: str, call: Call | None) -> int:
    """Check what the values of all options say, of a command called by ``name``; the status."""
    # Not before it is known that there is something to check: the engine takes longest to import.
    if call is not None:
        _import_msgspec()
    from turnstay_lint.engine.checking.run import displayed
    from turnstay_lint.engine.passes.processes import reap
    from turnstay_lint.frontends.cli.fulfilling import answer

    request = _request(said, name)
    _hold_together(request)
    try:
        return answer(request, call)
    except ConfigurationError as error:
        fail(displayed(str(error)))
    except KeyboardInterrupt:
        # click would end with 1, which says that everything was looked at.
        if request.interactive:
            print("\ninterrupted; nothing was written", file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None
    finally:
        reap()


def _import_msgspec() -> None:
    """Import it without what it would take of ``typing_extensions``, if that is installed.

    Importing that takes a tenth of a short run, and nothing here is annotated with what ``typing``
    has not. Who imports it afterwards finds it. Only for a process that is this command's alone:
    what else uses msgspec in it would miss the types of that package.
    """
    extensions = "typing_extensions"
    if extensions in sys.modules:
        return
    noted = cast("dict[str, ModuleType | None]", sys.modules)
    noted[extensions] = None  # so Python notes what is not there
    try:
        import msgspec  # noqa: F401
    finally:
        del sys.modules[extensions]


def _request(said: dict[str, Any], name: str) -> Request:
    from turnstay_lint.frontends.cli.request import Request

    named = _without_subcommand(said["paths"], name)
    stdin = _stdin(named, said.pop("stdin_filename"))
    config, cache = said["config"], said["cache_dir"]
    made = {
        **said,
        **{key: tuple(chain.from_iterable(said[key])) for key in _LISTS},
        "paths": (stdin,) if stdin else tuple(_existing(path) for path in named or (".",)),
        "config": Path(config) if config is not None else None,
        "cache_dir": Path.cwd() / cache if cache else None,
    }
    return Request(stdin=stdin, **made)


def _hold_together(request: Request) -> None:
    """End where options do not go together."""
    if not request.interactive:
        return
    if not request.fixes or request.diff:
        fail("--interactive asks before each fix: it goes with --fix, and without --diff")
    if request.stdin:
        fail("--interactive reads answers where `-` would read a file")
    if request.output_format not in (None, "full", "concise"):
        fail(
            f"--interactive is for people: it goes without --output-format {request.output_format}"
        )


def _without_subcommand(paths: tuple[str, ...], name: str) -> tuple[str, ...]:
    """A subcommand's name after options is the subcommand if it is this one, else a slip."""
    if not paths or paths[0] not in SUBCOMMANDS or name != PROGRAM:
        return paths
    if paths[0] == "check":
        return paths[1:]
    fail(
        f"{paths[0]!r} names a subcommand and comes first, before options: "
        f"{PROGRAM} {' '.join(paths)}; for the path of that name say ./{paths[0]}"
    )


def _stdin(paths: tuple[str, ...], filename: str | None) -> Path | None:
    """Return the path that standard input stands for, if it is what is to be checked."""
    if "-" not in paths:
        if filename is not None and paths:
            fail("--stdin-filename goes with `-`, without other paths")
        return Path.cwd() / filename if filename is not None else None
    if len(paths) > 1:
        fail("`-` is standard input, and goes without other paths")
    return Path.cwd() / (filename if filename is not None else "stdin.py")


def _existing(name: str) -> Path:
    """Return a path as an absolute one; a link that leads nowhere is there and cannot be read."""
    path = Path.cwd() / name
    if path.exists() or path.is_symlink():
        return Path(*_resolved_dots(path))
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    prefix = name[: len(name) - len(path.name)]
    hint = nearest(path.name, near).replace("mean '", f"mean '{prefix}")
    fail(f"no such file or folder: {name!r}{hint}")


def _resolved_dots(path: Path) -> list[str]:
    """Take ``..`` out of a path as the system reads it."""
    return list((path.resolve() if ".." in path.parts else path).parts)
