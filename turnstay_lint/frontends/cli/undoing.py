"""``turnstay-lint undo [PATHS]``: what the last ``--fix`` changed is what it was before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click

from turnstay_lint.engine.repairing.undo import Undone, undo
from turnstay_lint.frontends.cli.failing import fail
from turnstay_lint.reporters.columns import printable

_EPILOG = """\b
Exit status: 0 all is as it was, or there is nothing to undo; 1 files that have
changed since stay as they are; 2 wrong usage, or something could not be written.
"""


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.argument("paths", nargs=-1, metavar="[PATHS]")
@click.option("-q", "--quiet", is_flag=True, help="Print what stays and errors, nothing else.")
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...], quiet: bool) -> None:
    """Take back what the last --fix changed in PATHS (default: the working folder).

    Files get their former content, moved ones their former place; files that it created go. A file
    that has changed since stays as it is. Each service remembers its last run, in .turnstay_cache.
    """
    meant = [Path.cwd() / path for path in paths] or [Path.cwd()]
    meant = [path.resolve() if ".." in path.parts else path for path in meant]
    undone = undo(meant)
    missing = next((path for path in meant if not path.exists()), None)
    if missing is not None and not (undone.count or undone.changed or undone.failed):
        fail(f"no such file or folder, and no run changed one: {str(missing)!r}")
    for line in _problems(undone):
        click.echo(printable(line), err=True)
    for line in undone.changed:
        click.echo(printable(f"{line} has changed since, and stays as it is"))
    if not quiet:
        for line in _done(undone):
            click.echo(printable(line))
    context.exit(undone.exit_status)


def _problems(undone: Undone) -> Iterator[str]:
    yield from undone.recovered
    for path, reason in undone.failed:
        yield f"{path}: {reason}"


def _done(undone: Undone) -> Iterator[str]:
    for path in undone.restored:
        yield f"{path} restored"
    for path in undone.removed:
        yield f"{path} removed"
    for path, old in undone.moved:
        yield f"{path} moved back to {old}"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(undone.when))
    if undone.count:
        files = "1 file" if undone.count == 1 else f"{undone.count} files"
        yield f"took back the fixes of {when} in {files}"
    elif not (undone.changed or undone.failed):
        yield "nothing to undo"
        if undone.earlier:
            folders = ", ".join(undone.earlier)
            yield f"an earlier run was the last in {folders}: name the folder to undo that"
