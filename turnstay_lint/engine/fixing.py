"""The fix loop of one file: detect, apply what does not overlap, detect again, to the end.

Nothing is written here. A result that does not parse, lost a comment or has a finding that was
not there before is thrown away whole, and the findings say why they were left.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from turnstay_lint.engine.lint import Crash, Verdict, lint
from turnstay_lint.engine.registry import codemod_of
from turnstay_lint.findings import Applicability, Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summarise import summarise
from turnstay_lint.rules.rule import Rule
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.text import Text

MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of a file: its text, the findings whose fixes were made, and what is left."""

    text: str
    applied: tuple[Finding, ...]
    left: Verdict
    problem: str = ""


class Reverted(Exception):
    """The fixes of a file led somewhere they must not; the message says where."""


@dataclass(slots=True)
class _Progress:
    source: SourceFile
    project: Project
    applied: list[Finding] = field(default_factory=list)
    refused: dict[tuple[str, str, str], str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    crashes: list[Crash] = field(default_factory=list)


def wants(unsafe_too: bool) -> Callable[[Finding], bool]:
    """Return the test of which findings a run fixes: safe ones, or unsafe ones as well."""
    allowed = set(Applicability) if unsafe_too else {Applicability.SAFE}
    return lambda finding: finding.fix is not None and finding.fix.applicability in allowed


def fix(
    source: SourceFile,
    project: Project,
    settings: Settings,
    rules: Sequence[Rule],
    wanted: Callable[[Finding], bool],
) -> Fixed:
    """Return the file with every wanted fix made that can be made, or as it was with the reason."""
    before = lint(source, project, settings, rules)
    progress = _Progress(source, project)
    verdict = before
    try:
        for _ in range(MOST_ROUNDS):
            verdict = _annotated(verdict, progress)
            todo = [f for f in verdict.findings if wanted(f) and not _refused(f, progress)]
            if not todo:
                break
            _round(progress, todo, settings)
            verdict = lint(progress.source, progress.project, settings, rules)
        else:
            raise Reverted(f"the fixes did not come to an end in {MOST_ROUNDS} rounds")
        _verify(source, progress.source, before, verdict)
    except Reverted as problem:
        reason = f"its fix was taken back: {problem}"
        left = tuple(
            replace(f, fix=None, unfixable=reason) if wanted(f) else f for f in before.findings
        )
        crashes = (*before.crashes, *progress.crashes)
        return Fixed(source.text, (), Verdict(left, crashes), str(problem))
    left_over = Verdict(verdict.findings, (*verdict.crashes, *progress.crashes))
    return Fixed(progress.source.text, tuple(progress.applied), left_over)


def fixed_alone(
    source: SourceFile, project: Project, settings: Settings, finding: Finding
) -> tuple[str, str]:
    """Return the text after one finding's fix alone, and why it cannot be made, or nothing."""
    progress = _Progress(source, project)
    try:
        text, made = _apply(progress, [finding], settings)
        if made:
            _reparsed(source, text)
    except Reverted as problem:
        return source.text, str(problem)
    return (text, "") if made else (source.text, progress.refused.get(_key(finding), ""))


def _key(finding: Finding) -> tuple[str, str, str]:
    """A finding's identity while lines move: what it says, in which scope."""
    return finding.code, finding.scope, finding.message


def _refused(finding: Finding, progress: _Progress) -> bool:
    return _key(finding) in progress.refused


def _annotated(verdict: Verdict, progress: _Progress) -> Verdict:
    """Findings whose codemod refused keep its reason in place of the fix."""
    findings = tuple(
        replace(f, fix=None, unfixable=progress.refused[_key(f)])
        if f.fix is not None and _key(f) in progress.refused
        else f
        for f in verdict.findings
    )
    return Verdict(findings, verdict.crashes)


def _round(progress: _Progress, todo: Iterable[Finding], settings: Settings) -> None:
    """Make every fix that meets no other; those that do wait for the next round."""
    text, made = _apply(progress, todo, settings)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if made and digest in progress.seen:
        codes = ", ".join(sorted({finding.code for finding in made}))
        raise Reverted(f"the fixes of {codes} undo each other")
    progress.seen.add(digest)
    if not made:
        return
    progress.source = _reparsed(progress.source, text)
    progress.project = progress.project.with_module(summarise(progress.source))
    progress.applied.extend(made)


def _apply(
    progress: _Progress, todo: Iterable[Finding], settings: Settings
) -> tuple[str, list[Finding]]:
    from libcst import ParserSyntaxError

    from turnstay_lint.codemods.edits import CannotFix, Edits, TextEdit, apply
    from turnstay_lint.codemods.imports import adjust_imports
    from turnstay_lint.codemods.tree import Tree

    try:
        tree = Tree(progress.source)
    except (ParserSyntaxError, RecursionError) as error:
        raise Reverted(f"libcst cannot read the file: {error}") from error
    taken: list[TextEdit] = []
    gathered = Edits(tree, settings)
    made: list[Finding] = []
    for finding in todo:
        edits = Edits(tree, settings)
        codemod = codemod_of(finding.code)
        if codemod is None:
            progress.refused[_key(finding)] = "no codemod of this rule is installed"
            continue
        try:
            codemod.rewrite(finding, edits)
        except CannotFix as reason:
            progress.refused[_key(finding)] = str(reason)
            continue
        except Exception as error:
            failed = f"its codemod failed: {type(error).__name__}: {error}"
            progress.refused[_key(finding)] = failed
            progress.crashes.append(Crash(finding.code, finding.path, failed))
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
        changed = _reparsed(progress.source, text)
        wanted, unused = gathered.imports, gathered.unused
        text = adjust_imports(changed, wanted, unused, settings, progress.project)
    return text, made


def _reparsed(source: SourceFile, text: str) -> SourceFile:
    try:
        origin = Text(text, source.origin.encoding, source.origin.bom)
        return SourceFile(source.path, origin, source.module)
    except UnparsableSource as error:
        raise Reverted(f"the result would not parse ({error.message})") from error


def _verify(before: SourceFile, after: SourceFile, found: Verdict, left: Verdict) -> None:
    """Hold the result against what a fix must never do."""
    lost = Counter(comments(before.text)) - Counter(comments(after.text))
    if lost:
        raise Reverted(f"a comment would be lost: {next(iter(lost))}")
    had = Counter(finding.code for finding in found.findings)
    new = Counter(finding.code for finding in left.findings) - had
    if new:
        raise Reverted(f"a new finding would appear: {', '.join(sorted(new))}")
    if left.crashes and not found.crashes:
        raise Reverted(f"{left.crashes[0].code} fails on the result")


def comments(text: str) -> list[str]:
    """Return the comments of a text in order, as they stand, without what surrounds them."""
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string.rstrip())
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass
    return found
