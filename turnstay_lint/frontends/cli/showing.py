"""What goes where: findings, patches and fixed texts to standard output, what is about the run
itself to standard error wherever a program may read standard output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TextIO

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.checking.report import UNREADABLE, Report
from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.keeping.replaying import ERRORS, LAST, OUTPUT, Piece
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.frontends.cli.closing import fixes_made, last_line, problems
from turnstay_lint.frontends.cli.colors import has_color
from turnstay_lint.frontends.cli.request import Request
from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.view import View

_FOR_PEOPLE = ("full", "concise")
_PATCH_COLORS = {b"-": "red", b"+": "green", b"@": "cyan"}


class Showing(Struct, frozen=True, dict=True):
    """How the report of one request is shown, in one output format."""

    request: Request
    form: str
    options: Options
    tape: list[Piece] = field(default_factory=list)

    @property
    def for_people(self) -> bool:
        """Tell whether somebody reads the output, rather than a program."""
        return self.form in _FOR_PEOPLE

    @property
    def gives_bytes(self) -> bool:
        """Tell whether standard output is a patch, or the fixed text of standard input."""
        return self.for_people and (
            self.request.diff or bool(self.request.stdin and self.request.fixes)
        )

    def show(self, report: Report) -> None:
        """Write all that there is to say."""
        view = self._view(report)
        if self.gives_bytes:
            self._give_bytes(view)
        elif self.request.statistics:
            from turnstay_lint.reporters import statistics

            self._write(statistics.report(view, as_json=not self.for_people), sys.stdout)
        else:
            self._write(_lines(self.form, view), sys.stdout)
        self._tell(view.report)

    def _view(self, report: Report) -> View:
        """Work out what the fixes would do, where that is shown."""
        request = self.request
        contents = dict(self.options.contents)
        if not request.diff:
            contents |= {c.file: c.after for c in report.changes if c.file in contents}
        made = None
        if request.fix_only and not request.diff:
            unread = tuple(f for f in report.findings if f.code == UNREADABLE)
            report = replace(report, findings=unread)
        changing = request.show_fixes or request.fixes
        if (changing and self.form in ("json", "sarif")) or (
            request.show_fixes and self.form == "full" and not request.diff
        ):
            from turnstay_lint.engine.repairing.previews import previews

            made = previews(report.findings, self.options.services, contents)
            report = replace(report, findings=made.findings)
        names = {displayed(file): content for file, content in contents.items()}
        fixing = request.fixes and not request.diff
        view = View(report, None, names, self._color(), _width(), fixing)
        return view if made is None else replace(view, edits=made.edits, moves=made.moves)

    def _color(self) -> bool:
        return not self.gives_bytes and has_color()

    def _give_bytes(self, view: View) -> None:
        """Write the patch or the text; what could not be read, or is left, is said beside it."""
        output = sys.stdout.buffer
        sys.stdout.flush()
        if self.request.diff:
            from turnstay_lint.engine.repairing.diffs import Naming

            changes = view.report.changes
            naming = Naming.of([change.file for change in changes], Path.cwd())
            for patch in naming.patches(changes):
                output.write(_painted(patch))
            if naming.folder != Path.cwd():
                print(f"the patch is for {naming.folder}, to be applied there", file=sys.stderr)
            unread = tuple(f for f in view.report.findings if f.code == UNREADABLE)
            view = replace(view, report=replace(view.report, findings=unread))
        else:
            output.write(next(iter(view.contents.values())))
        output.flush()
        _write(_lines(self.form, view), sys.stderr)

    def _tell(self, report: Report) -> None:
        """Say what is about the run: problems, fixes made, the last line."""
        self._write(problems(report, verbose=self.request.verbose), sys.stderr)
        if self.request.verbose:
            _write(self._services(), sys.stderr)
            _write(self._cache(), sys.stderr)
        if self.request.quiet:
            return
        if not report.files:
            self._write(["no Python files here"], sys.stderr)
        aside = self.gives_bytes or not self.for_people
        stream = sys.stderr if aside else sys.stdout
        if self.request.show_fixes and self.request.fixes:
            _write(fixes_made(report, dry=self.request.diff), stream)
        request = self.request
        line = last_line(report, dry=request.diff, fixing=request.fixes, fix_only=request.fix_only)
        self.tape.append(
            (LAST, ERRORS if aside else OUTPUT, line.rpartition(" ")[0].rpartition(" ")[0] + " ")
        )
        _write([line], stream)

    def _write(self, lines: Iterable[str], stream: TextIO) -> None:
        text = "".join(f"{line}\n" for line in lines)
        self.tape.append(("text", OUTPUT if stream is sys.stdout else ERRORS, text))
        stream.write(text)
        stream.flush()

    def _services(self) -> Iterable[str]:
        for service in self.options.services.met:
            root = displayed(str(service.root.folder))
            source = displayed(str(service.configuration.folder))
            yield f"service {root}: {len(service.rules)} rules, configuration of {source}"

    def _cache(self) -> Iterable[str]:
        caching = self.options.caching
        for note in caching.notes if caching is not None else ():
            yield printable(f"cache not used: {displayed(note)}")


def _lines(form: str, view: View) -> Iterable[str]:
    module = import_module(f"turnstay_lint.reporters.{form}")
    lines: Iterable[str] = module.report(view)
    return lines


def _write(lines: Iterable[str], stream: TextIO) -> None:
    for line in lines:
        stream.write(f"{line}\n")
    stream.flush()


def _width() -> int:
    """Return how many columns a line of code may take beside its number."""
    if not sys.stdout.isatty():
        return 112
    from shutil import get_terminal_size

    return max(get_terminal_size().columns - 8, 40)


def _painted(patch: bytes) -> bytes:
    """Give a patch the colors that git gives it, on a terminal only."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    if not wanted or os.environ.get("TERM") == "dumb":
        return patch
    from click import style

    lines = patch.split(b"\n")
    return b"\n".join(
        style("\0", fg=_PATCH_COLORS[line[:1]]).encode().replace(b"\0", line)
        if line[:1] in _PATCH_COLORS
        else line
        for line in lines
    )
