"""``turnstay-lint migrations [PATHS]``: the chains of revisions, as text or as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.configuring.configuration import ConfigurationError
from turnstay_lint.engine.migrations import migrations
from turnstay_lint.engine.services.service import Services
from turnstay_lint.frontends.cli.failing import fail
from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.migration_mermaid import migration_mermaid
from turnstay_lint.reporters.migration_svg import migration_svg
from turnstay_lint.reporters.migration_text import migration_text

_FORMS = {"text": migration_text, "mermaid": migration_mermaid, "svg": migration_svg}
_PARTLY = 2
_EPILOG = """\b
Exit status: 0 the chains were shown, or there are none; 2 wrong usage or
configuration, or a revision could not be read.
"""


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.argument("paths", nargs=-1, metavar="[PATHS]")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="text",
    show_default=True,
    help="Text for people, a flowchart of Mermaid, or a picture.",
)
@click.option("--config", metavar="FILE", help="Take the configuration from this file.")
@click.option("--isolated", is_flag=True, help="Read no configuration.")
@click.pass_context
def command(
    context: click.Context, paths: tuple[str, ...], form: str, config: str | None, isolated: bool
) -> None:
    """Show the chains of revisions in PATHS (default: the working folder).

    Each revision is shown with its operations, and below them where each column stands on its way:
    added, filled, NOT NULL.
    """
    meant = [Path.cwd() / path for path in paths] or [Path.cwd()]
    meant = [path.resolve() if ".." in path.parts else path for path in meant]
    for path in meant:
        if not path.exists():
            fail(f"no such file or folder: {displayed(str(path))!r}")
    try:
        found = migrations(meant, Services(Path(config) if config else None, isolated))
    except ConfigurationError as error:
        fail(displayed(str(error)))
    for file, reason in found.unreadable:
        click.echo(printable(f"{file} is left out: {reason}"), err=True)
    if found.chains:
        for line in _FORMS[form](found.chains):
            click.echo(printable(line))
    elif not found.unreadable:
        click.echo("no revisions here", err=True)
    context.exit(_PARTLY if found.unreadable else 0)
