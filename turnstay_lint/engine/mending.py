"""One file while its fixes are made: step after step, each on the text that the last one left.

What a step cannot do it remembers with the reason; what it must not have done is taken back whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

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

_MOST_GROWTH = 5
_LONG_FIX = 2_000


class Mending(Struct):
    """A file's ``text`` as it stands now, and what was ``found`` before anything was changed.

    No tree is kept between steps, so that a run over many files has room for them.
    """

    path: str
    module: str
    origin: Text
    found: Verdict
    text: str
    applied: list[Finding] = field(default_factory=list)
    refused: dict[tuple[str, str, str], str] = field(default_factory=dict)
    crashes: list[Crash] = field(default_factory=list)
    problem: str = ""
    _seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, source: SourceFile, found: Verdict) -> Mending:
        """Begin with a file in which something was found."""
        return cls(source.path, source.module, source.origin, found, source.origin.text)

    def source(self) -> SourceFile:
        """Return the file as it stands now."""
        return self._read(self.text)

    def content(self) -> bytes:
        """Return the file's bytes as it stands now."""
        return self.origin.encode(self.text)

    def todo(self, verdict: Verdict, wanted: Callable[[Finding], bool]) -> list[Finding]:
        """Return the findings whose fixes are wanted and were not refused."""
        if self.problem:
            return []
        return [f for f in verdict.findings if wanted(f) and _key(f) not in self.refused]

    def step(self, todo: Iterable[Finding], project: Project, settings: Settings) -> bool:
        """Make every fix that meets no other, those that do can wait; tell whether one was made.

        Raises Reverted where a fix leads nowhere good.
        """
        text, made = self._fixed(todo, project, settings)
        if not made:
            return False
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest in self._seen:
            codes = ", ".join(sorted({finding.code for finding in made}))
            raise Reverted(f"the fixes of {codes} undo each other")
        self._seen.add(digest)
        if len(text) > _MOST_GROWTH * (len(self.origin.text) + _LONG_FIX):
            raise Reverted("the fixes make the file longer and longer")
        self._read(text)
        self.text = text
        self.applied.extend(made)
        return True

    def verify(self, left: Verdict) -> None:
        """Hold what became of the file against what fixes must never do; raises Reverted."""
        if self.applied:
            verify(self.origin.text, self.text, self.found, left)

    def take_back(self, problem: object) -> None:
        """Make the file what it was, for good, because of ``problem``."""
        self.text, self.applied, self.problem = self.origin.text, [], str(problem)

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

    def _fixed(
        self, todo: Iterable[Finding], project: Project, settings: Settings
    ) -> tuple[str, list[Finding]]:
        """Return the text after the fixes, and those that were made."""
        from libcst import ParserSyntaxError

        from turnstay_lint.codemods.edits import Edits, TextEdit, apply
        from turnstay_lint.codemods.imports import adjust_imports
        from turnstay_lint.codemods.tree import Tree

        try:
            tree = Tree(self.source())
        except (ParserSyntaxError, RecursionError) as error:
            raise Reverted(f"libcst cannot read the file: {error}") from error
        taken: list[TextEdit] = []
        gathered = Edits(tree, settings)
        made: list[Finding] = []
        for finding in todo:
            edits = Edits(tree, settings)
            reason = self._rewrite(finding, edits)
            if reason:
                self.refused[_key(finding)] = reason
                continue
            changes = [change for change in edits.changes if change not in taken]
            if any(change.overlaps(other) for change in changes for other in taken):
                continue
            taken += changes
            gathered.imports |= edits.imports
            gathered.unused |= edits.unused
            made.append(finding)
        text = apply(tree.text, taken)
        if gathered.imports or gathered.unused:
            changed = self._read(text)
            text = adjust_imports(changed, gathered.imports, gathered.unused, settings, project)
        return text, made

    def _read(self, text: str) -> SourceFile:
        """Return the file with another text, which it must be able to hold."""
        try:
            self.origin.encode(text)
            return SourceFile(self.path, replace(self.origin, text=text), self.module)
        except UnparsableSource as error:
            raise Reverted(f"the result would not parse ({error.message})") from error
        except UnicodeEncodeError as error:
            raise Reverted(f"the file's encoding cannot say the result: {error}") from error

    def _rewrite(self, finding: Finding, edits: object) -> str:
        """Let a codemod ask for its edits; returns why it did not."""
        from turnstay_lint.codemods.edits import CannotFix, Edits

        codemod = codemod_of(finding.code)
        assert isinstance(edits, Edits)
        if codemod is None:
            return "no codemod of this rule is installed"
        try:
            codemod.rewrite(finding, edits)
        except CannotFix as reason:
            return str(reason)
        except Exception as error:
            failed = f"its codemod failed: {type(error).__name__}: {error}"
            self.crashes.append(Crash(finding.code, finding.path, failed))
            return failed
        return ""


def _key(finding: Finding) -> tuple[str, str, str]:
    """A finding's identity while lines move: what it says, in which scope."""
    return finding.code, finding.scope, finding.message
