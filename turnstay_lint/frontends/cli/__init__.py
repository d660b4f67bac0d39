"""The command ``turnstay-lint``: checks unless its first word names something else to do."""

from __future__ import annotations

import gc
import sys
import traceback
from importlib import import_module
from pathlib import Path

PROGRAM = "turnstay-lint"
SUBCOMMANDS = {"check": "checking", "rule": "explaining", "rules": "listing"}
"""What a first word may name, and the module whose ``command`` does it."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends with SystemExit, whose status is 0, 1 or 2."""
    if arguments is None:
        # The process is this command's alone and short, so its memory need not be looked through.
        gc.disable()
    words = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    named = bool(words) and words[0] in SUBCOMMANDS
    subcommand, rest = (words[0], words[1:]) if named else ("check", words)
    if named and Path(words[0]).exists():
        _hint(words[0])
    name = f"{PROGRAM} {subcommand}" if named else PROGRAM
    try:
        command = import_module(f"{__name__}.{SUBCOMMANDS[subcommand]}").command
        command.main(rest, prog_name=name)
    except Exception:
        # Python would end with 1, which says that everything was looked at.
        traceback.print_exc()
        print(f"{PROGRAM}: this is a fault of {PROGRAM}; please report it", file=sys.stderr)
        raise SystemExit(2) from None


def _hint(word: str) -> None:
    print(
        f"{PROGRAM}: {word!r} names a subcommand; "
        f"to check the path of that name: {PROGRAM} check {word}, or ./{word}",
        file=sys.stderr,
    )
