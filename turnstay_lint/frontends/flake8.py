"""The flake8 plugin: ``flake8`` shows the same findings as the command line.

flake8 chooses the files and handles ``# noqa`` and its own ``--select``; what is on is said in
``[tool.turnstay-lint]``, as everywhere. Text and tree are those that flake8 hands over, so that
standard input works. Syntax errors are flake8's to report.
"""

from __future__ import annotations

import argparse
import ast
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from flake8.exceptions import ExecutionError

import turnstay_lint
from turnstay_lint.engine.configuring.selection import ConfigurationError
from turnstay_lint.engine.services.service import Service
from turnstay_lint.frontends.hosted import Hosted
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.text import Text, UnreadableText, decode


class Plugin:
    """What flake8 makes of each file: it asks ``run`` for line, column, message and type."""

    name = "turnstay-lint"
    version = turnstay_lint.__version__

    def __init__(
        self, tree: ast.Module, lines: Sequence[str], filename: str, options: argparse.Namespace
    ) -> None:
        self.tree = tree
        self.lines = lines
        self.filename = filename
        self.hosted: Hosted = options.turnstay_lint

    @staticmethod
    def parse_options(options: argparse.Namespace) -> None:
        """Begin a run: each service is read once in it, and again in an editor's next run."""
        options.turnstay_lint = Hosted()

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Yield the findings of the file.

        Raises flake8's ExecutionError, which ends the run with its message, for a configuration
        that cannot be meant.
        """
        try:
            findings = self.hosted.findings(self.filename, self._read, noqa=False)
        except ConfigurationError as error:
            raise ExecutionError(str(error)) from error
        for finding in findings:
            text = f"{finding.code} {finding.message}"
            yield finding.span.line, finding.span.column, text, type(self)

    def _read(self, service: Service, file: Path) -> SourceFile:
        """Take flake8's text; raises UnreadableText where that is only flake8's last resort."""
        text = "".join(self.lines)
        if not text.isascii():
            _refuse_last_resort(text, file)
        module = service.root.module_of(file)
        return SourceFile(service.root.path_of(file), Text(text), module, self.tree)


def _refuse_last_resort(text: str, file: Path) -> None:
    """To say something of bytes that are no text, flake8 reads them as Latin-1: that is no text."""
    try:
        content = file.read_bytes()
    except OSError:
        return
    try:
        decode(content)
    except UnreadableText:
        if io.StringIO(content.decode("latin-1"), newline=None).read() == text:
            raise
