"""``turnstay-lint handbook [PATH]``: the conventions, for people and for assistants."""

from __future__ import annotations

from pathlib import Path

import click

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.configuring.configuration import ConfigurationError
from turnstay_lint.engine.files.writing import CannotWrite, lay_down, reason
from turnstay_lint.engine.handbook.tailoring import Tailored
from turnstay_lint.engine.services.service import Services
from turnstay_lint.frontends.cli.failing import fail
from turnstay_lint.reporters.handbook_agents import handbook_agents
from turnstay_lint.reporters.handbook_cursor import FOLDER, MARK, handbook_cursor
from turnstay_lint.reporters.handbook_markdown import handbook_markdown

_STALE = 1
_EPILOG = """\b
Exit status: 0 written, or fresh; with --check 1 where a file is not as it would
be written; 2 wrong usage or configuration, or a file could not be written.
"""


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.argument("path", default=".")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "cursor", "agents"]),
    default="markdown",
    show_default=True,
    help="A page on standard output, the files of .cursor/rules, or a section of AGENTS.md.",
)
@click.option("--check", is_flag=True, help="Write nothing; say what is not fresh.")
@click.option("--config", metavar="FILE", help="Take the configuration from this file.")
@click.option("--isolated", is_flag=True, help="Read no configuration.")
@click.pass_context
def command(
    context: click.Context, path: str, form: str, check: bool, config: str | None, isolated: bool
) -> None:
    """Write the handbook's conventions for the service at PATH (default: the working folder).

    They are in the service's own names, without the rules that it ignores; the examples are those
    of the rules.
    """
    folder = (Path.cwd() / path).resolve()
    if not folder.is_dir():
        fail(f"no such folder: {path!r}")
    try:
        services = Services(Path(config) if config else None, isolated)
        handbook = Tailored(services.configuration_of(folder))
        handbook.on  # noqa: B018 (an unknown code in the configuration shows here)
    except ConfigurationError as error:
        fail(displayed(str(error)))
    if form == "markdown":
        click.echo(handbook_markdown(handbook), nl=False)
        return
    wanted = _wanted(handbook, folder, form)
    stale = [file for file, text in wanted.items() if _read(file) != text]
    if check:
        for file in stale:
            click.echo(f"{displayed(str(file))} is not fresh", err=True)
        context.exit(_STALE if stale else 0)
    for file in stale:
        _write(file, wanted[file])


def _wanted(handbook: Tailored, folder: Path, form: str) -> dict[Path, str | None]:
    """Return what files are to hold; None for one that is to go."""
    if form == "agents":
        file = folder / "AGENTS.md"
        return {file: handbook_agents(handbook, _read(file) or "")}
    own = {folder / FOLDER / name: text for name, text in handbook_cursor(handbook).items()}
    written = (folder / FOLDER).glob("turnstay-*.mdc")
    gone = {file: None for file in written if file not in own and MARK in (_read(file) or "")}
    return {**own, **gone}


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{displayed(str(file))} cannot be read: {error}")


def _write(file: Path, text: str | None) -> None:
    try:
        if text is None:
            file.unlink()
            click.echo(f"took away {displayed(str(file))}")
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        lay_down(text.encode(), file, file if file.exists() else None)
        click.echo(f"wrote {displayed(str(file))}")
    except (OSError, CannotWrite) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        fail(f"{displayed(str(file))} cannot be written: {why}")
