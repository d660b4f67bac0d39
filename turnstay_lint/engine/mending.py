"""One file while its fixes are made: step after step, each on the text that the last one left.

What a step cannot do it remembers with the reason; what it must not have done is taken back whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.lint import Crash, Verdict
from turnstay_lint.engine.registry import codemod_of
from turnstay_lint.engine.verification import Reverted, verify
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.text import Text

if TYPE_CHECKING:
    from turnstay_lint.codemods.edits import Edits
    from turnstay_lint.codemods.tree import Tree

_MOST_GROWTH = 5
_LONG_FIX = 2_000
_SEVERAL_FILES = "its fix changes several files, which turnstay-lint --fix does"


class Mending(Struct):
    """A file's ``text`` as it stands now, and what was ``found`` before anything was changed.

    ``applied`` are the fixes of its findings, ``shared`` those of findings in other files that
    changed it too. No tree is kept between steps, so that a run over many files has room for them.
    A ``created`` file is not there until a fix has touched it.
    """

    path: str
    module: str
    origin: Text
    found: Verdict
    text: str
    applied: list[Finding] = field(default_factory=list)
    shared: list[Finding] = field(default_factory=list)
    refused: dict[tuple[str, str, str, bool], str] = field(default_factory=dict)
    crashes: list[Crash] = field(default_factory=list)
    problem: str = ""
    created: bool = False
    _seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, source: SourceFile, found: Verdict, *, created: bool = False) -> Mending:
        """Begin with a file in which something was found."""
        text = source.origin.text
        return cls(source.path, source.module, source.origin, found, text, created=created)

    @property
    def touched(self) -> bool:
        """Tell whether a fix was made in the file."""
        return bool(self.applied or self.shared)

    @property
    def exists(self) -> bool:
        """Tell whether the file is there, as it stands now."""
        return self.touched or not self.created

    def snapshot(self) -> Mending:
        """Return the file as it stands now, for good; what is refused later is so there too."""
        return replace(self, applied=[*self.applied], shared=[*self.shared], _seen={*self._seen})

    def source(self) -> SourceFile:
        """Return the file as it stands now."""
        return self._read(self.text)

    def content(self) -> bytes:
        """Return the file's bytes as it stands now."""
        return self.origin.encode(self.text)

    def todo(self, verdict: Verdict, wanted: Callable[[Finding], bool]) -> list[Finding]:
        """Return the findings whose fixes are wanted and were not refused.

        The bolder fix of two is tried first, where it is wanted.
        """
        if self.problem:
            return []
        tried = (next(self._untried(f, wanted), None) for f in verdict.findings)
        return [finding for finding in tried if finding is not None]

    def _untried(self, finding: Finding, wanted: Callable[[Finding], bool]) -> Iterator[Finding]:
        for one in (bolder(finding), finding):
            if wanted(one) and not self.refuses(one):
                yield one

    def refuse(self, finding: Finding, reason: str) -> None:
        """Leave a finding as it is, for good, because of ``reason``."""
        self.refused[_key(finding)] = reason

    def refuses(self, finding: Finding) -> bool:
        """Tell whether a finding is left as it is."""
        return _key(finding) in self.refused

    def step(self, todo: Iterable[Finding], project: Project, settings: Settings) -> bool:
        """Make every fix that meets no other, those that do can wait; tell whether one was made.

        Fixes that change other files too are refused. Raises Reverted where a fix leads nowhere
        good.
        """
        text, made = self._fixed(todo, project, settings)
        if made:
            self.take(text, made)
        return bool(made)

    def take(self, text: str, made: list[Finding], shared: Iterable[Finding] = ()) -> None:
        """Let ``text`` be what fixes made of the file; raises Reverted where it must not be."""
        shared = list(shared)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest in self._seen:
            codes = ", ".join(sorted({finding.code for finding in (*made, *shared)}))
            raise Reverted(f"the fixes of {codes} undo each other")
        self._seen.add(digest)
        if len(text) > _MOST_GROWTH * (len(self.origin.text) + _LONG_FIX):
            raise Reverted("the fixes make the file longer and longer")
        self._read(text)
        self.text = text
        self.applied.extend(made)
        self.shared.extend(shared)

    def verify(self, left: Verdict) -> None:
        """Hold what became of the file against what fixes must never do; raises Reverted."""
        if self.touched:
            verify(self.origin.text, self.text, self.found, left)

    def take_back(self, problem: object) -> None:
        """Make the file what it was, for good, because of ``problem``."""
        self.text, self.problem = self.origin.text, str(problem)
        self.applied, self.shared = [], []

    def left(self, verdict: Verdict, wanted: Callable[[Finding], bool]) -> Verdict:
        """Return a verdict on the file in which findings say why their fix was not made."""
        taken_back = f"its fix was taken back: {self.problem}" if self.problem else ""
        findings = tuple(
            replace(f, fix=None, unfixable=reason)
            if (reason := (taken_back and wanted(f) and taken_back) or self._refusal(f))
            else f
            for f in verdict.findings
        )
        return Verdict(findings, (*verdict.crashes, *self.crashes))

    def _refusal(self, finding: Finding) -> str:
        return self.refused.get(_key(finding), "") if finding.fix is not None else ""

    def tree(self) -> Tree:
        """Return the file as libcst reads it; raises Reverted where it cannot."""
        from libcst import ParserSyntaxError

        from turnstay_lint.codemods.tree import Tree

        try:
            return Tree(self.source())
        except (ParserSyntaxError, RecursionError) as error:
            raise Reverted(f"libcst cannot read the file: {error}") from error

    def after(self, edits: Edits, project: Project, settings: Settings) -> str:
        """Return the text after edits that do not meet, and their imports."""
        from turnstay_lint.codemods.edits import apply
        from turnstay_lint.codemods.imports import adjust_imports

        text = apply(edits.tree.text, edits.changes)
        if not edits.imports and not edits.unused:
            return text
        changed = self._read(text)
        return adjust_imports(changed, edits.imports, edits.unused, settings, project)

    def _fixed(
        self, todo: Iterable[Finding], project: Project, settings: Settings
    ) -> tuple[str, list[Finding]]:
        """Return the text after the fixes, and those that were made."""
        from turnstay_lint.codemods.edits import Edits

        tree = self.tree()
        gathered = Edits(tree, settings)
        made: list[Finding] = []
        for finding in todo:
            if finding.fix is not None and finding.fix.elsewhere:
                self.refuse(finding, _SEVERAL_FILES)
                continue
            edits = Edits(tree, settings)
            reason = self.rewrite(finding, {self.path: edits})
            if reason:
                self.refuse(finding, reason)
            elif not gathered.meets(edits):
                gathered.gather(edits)
                made.append(finding)
        return self.after(gathered, project, settings), made

    def _read(self, text: str) -> SourceFile:
        """Return the file with another text, which it must be able to hold."""
        try:
            self.origin.encode(text)
            return SourceFile(self.path, replace(self.origin, text=text), self.module)
        except UnparsableSource as error:
            raise Reverted(f"the result would not parse ({error.message})") from error
        except UnicodeEncodeError as error:
            raise Reverted(f"the file's encoding cannot say the result: {error}") from error

    def rewrite(self, finding: Finding, edits: Mapping[str, Edits]) -> str:
        """Let a codemod ask for its edits of each file by path; returns why it did not."""
        from turnstay_lint.codemods.edits import CannotFix

        codemod = codemod_of(finding.code)
        if codemod is None:
            return "no codemod of this rule is installed"
        try:
            codemod.rewrite(finding, edits[finding.path])
            for part in finding.fix.elsewhere if finding.fix is not None else ():
                assert codemod.rewrite_elsewhere is not None
                codemod.rewrite_elsewhere(part.plan, edits[part.path])
        except CannotFix as reason:
            return str(reason)
        except Exception as error:
            failed = f"its codemod failed: {type(error).__name__}: {error}"
            self.crashes.append(Crash(finding.code, finding.path, failed))
            return failed
        return ""


def bolder(finding: Finding) -> Finding:
    """Return a finding with the bolder of its two fixes, itself where it has no two."""
    fix = finding.fix.bolder if finding.fix is not None else None
    return finding if fix is None else replace(finding, fix=fix)


def _key(finding: Finding) -> tuple[str, str, str, bool]:
    """A finding's identity while lines move: what it says, in which scope, and which fix it has."""
    several = finding.fix is not None and bool(finding.fix.elsewhere)
    return finding.code, finding.scope, finding.message, several
