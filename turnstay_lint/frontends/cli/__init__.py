"""The command ``turnstay-lint``: checks unless its first word names something else to do."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

from turnstay_lint.engine.keeping.replaying import Call, recalled

PROGRAM = "turnstay-lint"
SUBCOMMANDS = {
    "check": "checking",
    "fleet": "visiting",
    "handbook": "instructing",
    "migrations": "migrating",
    "rule": "explaining",
    "rules": "listing",
    "undo": "undoing",
}
"""What a first word may name, and the module whose ``command`` does it."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends with SystemExit, whose status is 0, 1 or 2."""
    if arguments is None:
        _own_process()
        return
    _run(arguments)


def _own_process() -> None:
    """Run in a process that is this command's alone.

    Its memory need not be looked through, and at the end not be given back piece by piece, which
    takes a tenth of a long run; a tool that watches the process has its own say at the end.
    """
    gc.disable()
    try:
        _answer(sys.argv[1:])
    except SystemExit as end:
        watched = sys.gettrace() or sys.getprofile()
        if isinstance(end.code, int) and not watched and _all_is_written():
            os._exit(end.code)
        raise


def _answer(words: list[str]) -> None:
    """Say again what was said before, if nothing has changed; else run."""
    if words and words[0] in SUBCOMMANDS:
        _run(words)
        return
    _let_streams_take_all()
    call = Call(words)
    said = recalled(call) if call.file else None
    if said is None:
        _run(words, call)
        return
    try:
        status = said.say(call)
    except BrokenPipeError:
        _leave_unsaid()
        status = 1
    raise SystemExit(status)


def _all_is_written() -> bool:
    """Tell whether both streams took all; who closed one early is Python's to deal with."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return False
    return True


def _let_streams_take_all() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _run(words: list[str], call: Call | None = None) -> None:
    _let_streams_take_all()
    named = bool(words) and words[0] in SUBCOMMANDS
    subcommand, rest = (words[0], words[1:]) if named else ("check", words)
    if named and os.path.exists(words[0]):  # noqa: PTH110 (pathlib takes long to import)
        _hint(words[0])
    name = f"{PROGRAM} {subcommand}" if named else PROGRAM
    try:
        if subcommand == "check":
            _check_as_said(rest, name, call)
        command = import_module(f"{__name__}.{SUBCOMMANDS[subcommand]}").command
        command.main(rest, prog_name=name, obj=call)
    except Exception:
        import traceback

        # Python would end with 1, which says that everything was looked at.
        traceback.print_exc()
        print(f"{PROGRAM}: this is a fault of {PROGRAM}; please report it", file=sys.stderr)
        raise SystemExit(2) from None


def _check_as_said(words: list[str], name: str, call: Call | None) -> None:
    """Check, where the command line is an ordinary one; ends with SystemExit then."""
    from turnstay_lint.frontends.cli.ordinary import read

    said = read(words)
    if said is None:
        return
    from turnstay_lint.frontends.cli.answering import answered

    try:
        status = answered(said, name, call)
    except BrokenPipeError:
        _leave_unsaid()
        status = 1
    raise SystemExit(status)


def _leave_unsaid() -> None:
    """Say nothing more: who reads no further wants nothing more said, not even that."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _hint(word: str) -> None:
    print(
        f"{PROGRAM}: {word!r} names a subcommand; "
        f"to check the path of that name: {PROGRAM} check {word}, or ./{word}",
        file=sys.stderr,
    )
