"""Which revisions are history, by what git says: the main branch has them, or another revision.

git is asked only where there is a finding of a migration. A revision that the main branch has may
have run on databases: to change it changes nothing there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.keeping.git import Unknown, commit_of, main_branch, names_in
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.findings import Finding
from turnstay_lint.project.settings import Settings

_SECTION = "TSL9"


class Told(Struct, frozen=True):
    """What git says of a folder where its repository is, for where that is not.

    ``branch`` is the main branch with the names of the files that it has there, or ``unsure`` says
    why that is not known; ``old`` are the names that the revision ``since`` has, or ``doubt``.
    """

    branch: str = ""
    names: frozenset[str] = frozenset()
    unsure: str = ""
    old: frozenset[str] = frozenset()
    doubt: str = ""


_TOLD: ContextVar[Mapping[Path, Told] | None] = ContextVar("told", default=None)


@contextmanager
def as_told(folders: Mapping[Path, Told]) -> Iterator[None]:
    """Ask git of nothing meanwhile: it has said already what it knows of ``folders``."""
    before = _TOLD.set(folders)
    try:
        yield
    finally:
        _TOLD.reset(before)


def _told(file: Path) -> Told | None:
    folders = _TOLD.get()
    return None if folders is None else folders.get(file.parent, Told())


class History(Struct, frozen=True):
    """What git says during one run, in which each thing is asked once."""

    said: dict[tuple[str, str], str | Unknown] = field(default_factory=dict)

    def judged(self, verdict: Verdict, file: Path | str, settings: Settings) -> Verdict:
        """Return what ``with_history`` does."""
        if not any(finding.code.startswith(_SECTION) for finding in verdict.findings):
            return verdict
        findings = tuple(_judged(verdict.findings, Path(file), settings, self))
        return replace(verdict, findings=findings)

    def commit(self, folder: Path, revision: str) -> str:
        """Return the commit that a revision is; raises Unknown."""
        return self._asked((str(folder), revision), lambda: commit_of(str(folder), revision))

    def main_branch(self, folder: Path) -> str:
        """Return the full name of the repository's main branch; raises Unknown."""
        return self._asked((str(folder), ""), lambda: main_branch(str(folder)))

    def _asked(self, key: tuple[str, str], ask: Callable[[], str]) -> str:
        if key not in self.said:
            try:
                self.said[key] = ask()
            except Unknown as reason:
                self.said[key] = reason
        answer = self.said[key]
        if isinstance(answer, Unknown):
            raise answer
        return answer

    def has(self, file: Path, revision: str) -> bool:
        """Tell whether a revision has a file; raises Unknown."""
        commit = self.commit(file.parent, revision)
        return file.name in names_in(str(file.parent), commit)


def with_history(verdict: Verdict, file: Path | str, settings: Settings) -> Verdict:
    """Return what is left to say of a file, whose absolute path is given, given its history.

    Of a file that the revision ``since`` has, nothing is said of migrations; one that the main
    branch has is not fixed unless ``fix_history`` says so. Where git cannot tell, the findings say
    that.
    """
    return History().judged(verdict, file, settings)


def _judged(
    findings: tuple[Finding, ...], file: Path, settings: Settings, history: History
) -> Iterator[Finding]:
    old, doubt = _answer(file, settings.since, history)
    branch, applied, unsure = "", False, ""
    if not old and not settings.fix_history and any(_is_fixable(f) for f in findings):
        branch, applied, unsure = _on_main_branch(file, settings, history)
    for finding in findings:
        if not finding.code.startswith(_SECTION):
            yield finding
        elif applied and finding.fix is not None:
            yield replace(_doubted(finding, doubt), fix=None, unfixable=_applied(branch))
        elif not old:
            yield _doubted(finding, doubt or (unsure if finding.fix is not None else ""))


def _is_fixable(finding: Finding) -> bool:
    return finding.fix is not None and finding.code.startswith(_SECTION)


def _answer(file: Path, revision: str, history: History) -> tuple[bool, str]:
    """Return whether a git revision has a file, and why that is not known."""
    if not revision:
        return False, ""
    try:
        told = _told(file)
        if told is None:
            return history.has(file, revision), ""
        if told.doubt:
            raise Unknown(told.doubt)
        return file.name in told.old, ""
    except Unknown as reason:
        return False, f"Whether {revision} has this file is not known: {reason}"


def _on_main_branch(file: Path, settings: Settings, history: History) -> tuple[str, bool, str]:
    """Return the main branch, whether it has a file, and why that is not known."""
    try:
        told = _told(file)
        if told is not None:
            if told.unsure:
                raise Unknown(told.unsure)
            return told.branch, file.name in told.names, ""
        branch = settings.main_branch or history.main_branch(file.parent)
        return branch, history.has(file, branch), ""
    except Unknown as reason:
        return "", False, f"Whether the main branch has this revision is not known: {reason}"


def _applied(branch: str) -> str:
    short = branch.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    return (
        f"{short} has this revision, so that databases may be past it; "
        "--fix-history fixes it all the same"
    )


def _doubted(finding: Finding, doubt: str) -> Finding:
    if not doubt:
        return finding
    return replace(finding, help=". ".join(filter(None, (finding.help.rstrip("."), doubt))))
