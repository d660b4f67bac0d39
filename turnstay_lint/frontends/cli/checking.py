"""``turnstay-lint [PATHS]`` as click has it, which explains it and says what is wrong with it."""

from __future__ import annotations

from typing import Any

import click

from turnstay_lint import __version__
from turnstay_lint.frontends.cli import PROGRAM
from turnstay_lint.frontends.cli.answering import answered
from turnstay_lint.frontends.cli.grouping import GroupedCommand, GroupedOption
from turnstay_lint.frontends.cli.options import CHOICE, COUNT, FLAG, OPTIONS, WORDS, Option
from turnstay_lint.frontends.cli.ordinary import words_of

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
            return words_of(value)
        return tuple(value) if isinstance(value, (tuple, list)) else ()


def _declared(option: Option) -> click.Option:
    more: dict[str, Any] = {"help": option.help}
    if option.takes == FLAG:
        more["is_flag"] = True
    elif option.takes == WORDS:
        more |= {"type": _Words(), "multiple": True}
    elif option.takes == CHOICE:
        more["type"] = click.Choice(option.choices)
    elif option.takes == COUNT:
        more["type"] = click.IntRange(min=1)
    else:
        more |= {"metavar": option.metavar, "envvar": option.environment}
        more |= {"default": option.default} if option.default is not None else {}
    if not option.heading:
        return click.Option(option.written, **more)
    return GroupedOption(option.written, heading=option.heading, **more)


@click.command(
    cls=GroupedCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
    params=[
        click.Argument(["paths"], nargs=-1, metavar="[PATHS]"),
        *map(_declared, OPTIONS),
    ],
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def command(context: click.Context, /, **said: Any) -> None:
    """Hold a service to its handbook: check PATHS (default: the working folder)."""
    context.exit(answered(said, context.info_name or PROGRAM, context.obj))
