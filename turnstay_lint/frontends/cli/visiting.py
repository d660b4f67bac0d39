"""``turnstay-lint fleet FILE``: what ``turnstay-lint`` does, in many repositories."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.configuring.misunderstanding import OUTPUT_FORMATS, ConfigurationError
from turnstay_lint.engine.fleet.crews import crew_of
from turnstay_lint.engine.fleet.fleet import Fleet
from turnstay_lint.engine.fleet.listing import Repository, listed
from turnstay_lint.engine.fleet.reaching import CannotReach
from turnstay_lint.engine.fleet.visiting import Order
from turnstay_lint.engine.passes.processes import default_jobs
from turnstay_lint.frontends.cli import checking
from turnstay_lint.frontends.cli.answering import INTERRUPTED
from turnstay_lint.frontends.cli.failing import fail
from turnstay_lint.frontends.cli.fleet_showing import Flags, FleetShowing
from turnstay_lint.frontends.cli.fulfilling import hold_to_known_rules
from turnstay_lint.frontends.cli.grouping import GroupedCommand, under
from turnstay_lint.frontends.cli.progress import Progress

_SHARED = (
    *("fix", "unsafe_fixes", "diff", "fixable", "unfixable", "fix_history"),
    *("select", "ignore", "config", "isolated", "since", "cache_dir", "no_cache"),
    *("statistics", "quiet", "verbose", "exit_zero", "exit_non_zero_on_fix", "jobs"),
)
_EPILOG = """\b
FILE lists repositories, one a line, # before a comment: folders, relative to
FILE, or what git clones (https://host/name.git, git+https://host/name.git@rev).
Each is looked at with its own configuration.

\b
Exit status: as of turnstay-lint, of all of them together; 2 also if one of
them is not there, cannot be cloned or failed, while the others go on.
"""

_sharing = under("Where it is done")
_telling = under("What is said, and how it ends")


@click.command(
    cls=GroupedCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
    params=[option for option in checking.command.params if option.name in _SHARED],
)
@click.argument("file", metavar="FILE")
@_telling(
    "--output-format",
    type=click.Choice(OUTPUT_FORMATS),
    help="List findings too, or write all for a program.  [default: a line a repository]",
)
@_sharing(
    "--executor",
    metavar="dask://HOST:PORT",
    default="",
    help="Have a Dask cluster do it, which is sent the files.  [default: processes, --jobs]",
)
@_sharing(
    "--patches",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a patch for each repository there: of --diff, and of --fix what is cloned.",
)
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    file: str,
    executor: str,
    patches: Path | None,
    jobs: int | None,
    fix: bool,
    diff: bool,
    unsafe_fixes: bool,
    config: str | None,
    isolated: bool,
    since: str,
    fix_history: bool,
    cache_dir: str | None,
    no_cache: bool,
    output_format: str | None,
    select: tuple[tuple[str, ...], ...],
    ignore: tuple[tuple[str, ...], ...],
    fixable: tuple[tuple[str, ...], ...],
    unfixable: tuple[tuple[str, ...], ...],
    **flags: bool,
) -> None:
    """Check the repositories that FILE lists (- is standard input), or fix them."""
    repositories = _listed(file)
    words = {
        "select": tuple(chain.from_iterable(select)),
        "ignore": tuple(chain.from_iterable(ignore)),
        "fixable": tuple(chain.from_iterable(fixable)),
        "unfixable": tuple(chain.from_iterable(unfixable)),
    }
    _hold_together(repositories, fix or diff, diff, patches, executor)
    processes = jobs or default_jobs()
    each = max(1, processes // len(repositories))
    order = Order(
        fix=fix or diff,
        dry=diff,
        unsafe_too=unsafe_fixes,
        config=Path.cwd() / config if config is not None else None,
        isolated=isolated,
        since=since,
        fix_history=fix_history,
        cached=not no_cache,
        cache_dir=Path.cwd() / cache_dir if cache_dir else None,
        jobs=None if jobs is None and each == processes else each,
        **words,
    )
    try:
        hold_to_known_rules(*words.values())
    except ConfigurationError as error:
        fail(str(error))
    showing = FleetShowing(order, output_format or "", patches, len(repositories), Flags(**flags))
    size = min(processes, len(repositories))
    context.exit(_visited(repositories, order, executor, size, showing))


def _visited(
    repositories: list[Repository], order: Order, executor: str, size: int, showing: FleetShowing
) -> int:
    progress = Progress(wanted=not showing.flags.quiet)
    done = progress.start(len(repositories), "repositories")
    try:
        with (
            TemporaryDirectory(prefix="turnstay-lint-") as name,
            crew_of(executor, size) as crew,
        ):
            fleet = Fleet(repositories, order, crew, Path(name).resolve())
            for repository, visit in fleet.visits():
                progress.wipe()
                showing.tell(repository, visit)
                done()
            progress.wipe()
            showing.close(sorted(showing.visits, key=lambda pair: fleet.number_of(pair[0])))
    except CannotReach as error:
        fail(str(error))
    except KeyboardInterrupt:
        progress.wipe()
        ended = f"{len(showing.visits)} of {len(repositories)} repositories"
        print(f"interrupted after {ended}", file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None
    return showing.exit_status


def _listed(name: str) -> list[Repository]:
    """Read the list; ends where it cannot be read, or names nothing."""
    file = Path.cwd() / name
    try:
        text = sys.stdin.read() if name == "-" else file.read_text("utf-8")
    except OSError as error:
        fail(f"{name}: {error.strerror or error}")
    except UnicodeDecodeError:
        fail(f"{name}: is no text in UTF-8")
    found = listed(text.splitlines(), Path.cwd() if name == "-" else file.parent)
    if not found:
        fail(f"{displayed(name)}: names no repository")
    return found


def _hold_together(
    repositories: Iterable[Repository],
    fixes: bool,
    diff: bool,
    patches: Path | None,
    executor: str,
) -> None:
    """End where options do not go together."""
    cloned = next((one for one in repositories if one.folder is None), None)
    if fixes and cloned is not None and patches is None:
        fail(f"{cloned.shown} is cloned: --patches FOLDER takes what fixes would change there")
    if patches is not None and not fixes:
        fail("--patches goes with --fix or --diff")
    if executor and not executor.startswith("dask://"):
        fail(f"--executor {executor}: only dask://HOST:PORT is known")
