"""``--fix --interactive``: a finding, what its fix changes, and the question whether to."""

from __future__ import annotations

import sys

import click
from msgspec import Struct, field

from turnstay_lint.engine.repairing.asking import Answer, Proposal
from turnstay_lint.findings import Finding
from turnstay_lint.frontends.cli.colors import has_color
from turnstay_lint.frontends.cli.progress import Progress
from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.difference import difference
from turnstay_lint.reporters.view import headline, place, remedy

_WORDS = {
    "y": Answer.YES,
    "n": Answer.NO,
    "a": Answer.ALL,
    "o": Answer.NONE,
    "q": Answer.QUIT,
    **{answer.value: answer for answer in Answer},
}


class Terminal(Struct):
    """Asks on standard output and reads the answers, a line each, from standard input."""

    progress: Progress
    accepted: int = 0
    has_quit: bool = False
    color: bool = field(default_factory=has_color)

    def ask(self, proposal: Proposal) -> Answer:
        """Show a fix and read an answer; an input that ends has quit."""
        self.progress.wipe()
        finding = proposal.finding
        self._say(f"{place(finding)}: {headline(finding)}", bold=True)
        self._say(f"  {remedy(finding)}")
        for one in proposal.differences:
            for line in difference(one.name, one.before, one.after, color=self.color):
                click.echo(line, color=self.color)
        answer = self._answer(finding.code)
        self.accepted += answer in (Answer.YES, Answer.ALL)
        self.has_quit = answer is Answer.QUIT
        click.echo()
        return answer

    def refused(self, finding: Finding, reason: str) -> None:
        """Say why a fix is not to be had."""
        self.progress.wipe()
        self._say(f"{place(finding)}: {finding.code} {finding.message}", bold=True)
        self._say(f"  no fix: {reason}")
        click.echo()

    def _answer(self, code: str) -> Answer:
        question = f"Fix it? [y]es, [n]o, [a]ll of {code}, n[o]ne of {code}, [q]uit: "
        while True:
            self._say(question, bold=True, end=False)
            line = sys.stdin.readline()
            word = line.strip().lower()
            if not line:
                click.echo()
                return Answer.QUIT
            if word in _WORDS:
                return _WORDS[word]
            self._say("y, n, a, o or q, or the whole word")

    def _say(self, text: str, *, bold: bool = False, end: bool = True) -> None:
        shown = click.style(printable(text), bold=True) if self.color and bold else printable(text)
        click.echo(shown, nl=end, color=self.color)
        sys.stdout.flush()
