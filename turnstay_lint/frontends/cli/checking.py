"""``turnstay-lint [PATHS]``: the options, and what a user may not have meant."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from turnstay_lint import __version__
from turnstay_lint.engine.misunderstanding import OUTPUT_FORMATS, ConfigurationError, nearest
from turnstay_lint.frontends.cli import PROGRAM, SUBCOMMANDS
from turnstay_lint.frontends.cli.failing import fail
from turnstay_lint.frontends.cli.grouping import GroupedCommand, under

if TYPE_CHECKING:
    from turnstay_lint.frontends.cli.request import Request

INTERRUPTED = 130
"""The status of a run that was interrupted, as shells have it."""

_EPILOG = f"""\b
Also:
  {PROGRAM} rule CODE|NAME   Explain a rule.
  {PROGRAM} rules            List all rules.
  {PROGRAM} undo [PATHS]     Take back what the last --fix changed.
  {PROGRAM} migrations       Show the chains of revisions.
  {PROGRAM} fleet FILE       Check or fix many repositories.
  {PROGRAM} check PATHS      Check paths that are called like one of these.

\b
Exit status: 0 clean, or all fixed; 1 findings are left (with --diff: something
would change); 2 wrong usage or configuration, something could not be read or
written, or a rule or a fix failed.
"""


class _Words(click.ParamType[tuple[str, ...]]):
    """Codes, beginnings of codes, names or ALL, apart by commas."""

    name = "rules"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split at commas."""
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return tuple(value) if isinstance(value, (tuple, list)) else ()


_fixing = under("Fixing")
_choosing = under("Which rules")
_looking = under("Which files and configuration")
_telling = under("What is said, and how it ends")


@click.command(
    cls=GroupedCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.argument("paths", nargs=-1, metavar="[PATHS]")
@_fixing("--fix", is_flag=True, help="Apply safe fixes, and report what is left.")
@_fixing(
    "--unsafe-fixes",
    is_flag=True,
    help="Let --fix and --diff include fixes after which something may differ.",
)
@_fixing("--diff", is_flag=True, help="Show what --fix would change as a patch; write nothing.")
@_fixing("--interactive", is_flag=True, help="With --fix: show one fix at a time, and ask.")
@_fixing("--fix-only", is_flag=True, help="As --fix, and findings that are left are no matter.")
@_fixing("--fixable", type=_Words(), multiple=True, help="Rules to fix instead of the configured.")
@_fixing("--unfixable", type=_Words(), multiple=True, help="Rules not to fix.")
@_fixing("--fix-history", is_flag=True, help="Fix migrations too that the main branch has.")
@_fixing(
    "--show-fixes",
    is_flag=True,
    help="Show what each fix changes; with --fix, which were made, skipped or refused.",
)
@_choosing("--select", type=_Words(), multiple=True, help="Rules to run instead of the configured.")
@_choosing("--ignore", type=_Words(), multiple=True, help="Rules to leave out.")
@_looking("--config", metavar="FILE", help="Take the configuration from this file.")
@_looking("--isolated", is_flag=True, help="Read no configuration.")
@_looking(
    "--since",
    metavar="REV",
    default="",
    help="Leave migrations alone whose files the git revision has.",
)
@_looking("--force-exclude", is_flag=True, help="Leave out excluded files even if they are named.")
@_looking("--stdin-filename", metavar="PATH", help="The path that `-` stands for.")
@_looking(
    "--cache-dir",
    metavar="FOLDER",
    envvar="TURNSTAY_CACHE_DIR",
    help="Keep what is known of files there.  [default: .turnstay_cache of each service]",
)
@_looking("--no-cache", is_flag=True, help="Use nothing that was kept, and keep nothing.")
@_telling(
    "--output-format",
    type=click.Choice(OUTPUT_FORMATS),
    help="How findings are written.  [default: full]",
)
@_telling("--statistics", is_flag=True, help="Count findings by rule instead of listing them.")
@_telling("-q", "--quiet", is_flag=True, help="Print findings and errors, nothing else.")
@_telling(
    "-v",
    "--verbose",
    is_flag=True,
    help="Say which services and configurations are met, and where a rule failed.",
)
@_telling("--profile", is_flag=True, help="Say on standard error where the time went.")
@_telling("--exit-zero", is_flag=True, help="End with 0 where it would be 1; 2 stays 2.")
@_telling("--exit-non-zero-on-fix", is_flag=True, help="End with 1 if a file was changed by fixes.")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Processes for many files.  [default: cores]"
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    select: tuple[tuple[str, ...], ...],
    ignore: tuple[tuple[str, ...], ...],
    fixable: tuple[tuple[str, ...], ...],
    unfixable: tuple[tuple[str, ...], ...],
    config: str | None,
    stdin_filename: str | None,
    cache_dir: str | None,
    since: str,
    output_format: str | None,
    jobs: int | None,
    **flags: bool,
) -> None:
    """Hold a service to its handbook: check PATHS (default: the working folder)."""
    # Not before it is known that there is something to check: the engine takes longest to import.
    from turnstay_lint.engine.run import displayed
    from turnstay_lint.frontends.cli.request import Request, answer

    named = _without_subcommand(paths, context)
    stdin = _stdin(named, stdin_filename)
    request = Request(
        paths=(stdin,) if stdin else tuple(_existing(path) for path in named or (".",)),
        stdin=stdin,
        select=tuple(chain.from_iterable(select)),
        ignore=tuple(chain.from_iterable(ignore)),
        fixable=tuple(chain.from_iterable(fixable)),
        unfixable=tuple(chain.from_iterable(unfixable)),
        config=Path(config) if config is not None else None,
        cache_dir=Path.cwd() / cache_dir if cache_dir else None,
        since=since,
        output_format=output_format,
        jobs=jobs,
        **flags,
    )
    _hold_together(request)
    try:
        status = answer(request, context.obj)
    except ConfigurationError as error:
        fail(displayed(str(error)))
    except KeyboardInterrupt:
        # click would end with 1, which says that everything was looked at.
        if request.interactive:
            print("\ninterrupted; nothing was written", file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None
    context.exit(status)


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


def _without_subcommand(paths: tuple[str, ...], context: click.Context) -> tuple[str, ...]:
    """A subcommand's name after options is the subcommand if it is this one, else a slip."""
    if not paths or paths[0] not in SUBCOMMANDS or context.info_name != PROGRAM:
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
