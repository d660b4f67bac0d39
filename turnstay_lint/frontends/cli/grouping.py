"""Options under headings, so that many of them can be found in ``--help``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

OTHERS = "Other options"


class GroupedOption(click.Option):
    """An option that knows its heading."""

    def __init__(self, *names: Any, heading: str, **more: Any) -> None:
        super().__init__(*names, **more)
        self.heading = heading


class GroupedCommand(click.Command):
    """A command whose options are listed under their headings, in the order of the first of each.

    https://click.palletsprojects.com/en/stable/documentation/
    """

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options; those without a heading come last."""
        headings: dict[str, list[tuple[str, str]]] = {}
        others: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None or not isinstance(parameter, click.Option):
                continue
            heading = getattr(parameter, "heading", "")
            (headings.setdefault(heading, []) if heading else others).append(record)
        for heading, records in {**headings, OTHERS: others}.items():
            with formatter.section(heading):
                formatter.write_dl(records)


def under(heading: str) -> Callable[..., Callable[[Decorated], Decorated]]:
    """Return what declares options under a heading, as ``click.option`` does."""

    def option(*names: str, **more: Any) -> Callable[[Decorated], Decorated]:
        return click.option(*names, cls=GroupedOption, heading=heading, **more)

    return option
