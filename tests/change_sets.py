"""Change sets of rules, made in a service on disk as the command line makes them."""

from __future__ import annotations

import ast
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import black
from msgspec import Struct

from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.mending.fixing import comments
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.services.service import Services


class Changed(Struct, frozen=True):
    """The files that fixes changed or created, what is left, and which files are gone."""

    files: dict[str, str]
    report: Report
    gone: frozenset[str] = frozenset()

    @property
    def reasons(self) -> list[str]:
        """Return why what is left has no fix."""
        return [finding.unfixable for finding in self.report.findings]


def changed(
    service: Mapping[str, str],
    *codes: str,
    unsafe: bool = True,
    settings: str = "",
    width: int = 88,
) -> Changed:
    """Make the fixes of rules in a service of files by path, and hold them to what fixes promise.

    The results parse, keep comments, are as black has them where the files were, and a second run
    changes nothing.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {path: dedent(text).lstrip("\n") for path, text in service.items()}
        project = f"[tool.black]\nline-length = {width}\n[tool.turnstay-lint]\n{dedent(settings)}"
        for path, text in {**files, "pyproject.toml": project}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="")
        report = _repaired(folder, codes, unsafe)
        now = _contents(folder)
        assert _repaired(folder, codes, unsafe).changes == (), "a second run changes something"
        assert _contents(folder) == now
    made = {path: text for path, text in now.items() if files.get(path) != text}
    _hold_comments(files, now)
    mode = black.Mode(line_length=width)
    for path, text in made.items():
        ast.parse(text)
        before = files.get(path, "")
        if black.format_str(before, mode=mode) == before:
            assert black.format_str(text, mode=mode) == text, f"not as black has it:\n{text}"
    return Changed(made, report, frozenset(files.keys() - now.keys()))


def _hold_comments(files: Mapping[str, str], now: Mapping[str, str]) -> None:
    """A comment stays in its file, or moves to another with what it is about."""
    had, has = (
        Counter(c for text in texts.values() for c in comments(text)) for texts in (files, now)
    )
    assert had == has, f"lost {had - has}, came {has - had}"
    for path, text in now.items():
        gone = Counter(comments(files.get(path, ""))) - Counter(comments(text))
        came = (
            Counter(comments(other)) - Counter(comments(files.get(name, "")))
            for name, other in now.items()
            if name != path
        )
        assert not gone - sum(came, Counter[str]()), f"{path} lost a comment"


def _repaired(folder: Path, codes: tuple[str, ...], unsafe: bool) -> Report:
    report = repair([folder], Options(Services(select=codes), jobs=1), unsafe_too=unsafe)
    assert not report.crashes, report.crashes
    assert not report.unwritable, report.unwritable
    return report


def _contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*.py"))
    }
