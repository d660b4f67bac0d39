"""One file, all rules: from a source and its project to findings. Pure, so it can be cached."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from turnstay_lint.engine.configuring.registry import rule_named
from turnstay_lint.engine.configuring.rule_sets import RuleSet
from turnstay_lint.engine.services.timing import Timings
from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.aliases import aliases
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.organization.unreadable_file import unreadable_file
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span
from turnstay_lint.source.suppressions import may_silence, suppressions


class Crash(Struct, frozen=True):
    """A rule that failed on a file, or its codemod (``fixing``): the exception as text.

    ``trace`` says where from, in the last calls, a line each.
    """

    code: str
    path: str
    error: str
    trace: str = ""
    fixing: bool = False

    @classmethod
    def of(cls, code: str, path: str, error: Exception, *, fixing: bool = False) -> Crash:
        """Note an exception as it is caught."""
        said = f"{type(error).__name__}: {error}"
        return cls(code, path, said, _trace(error), fixing)


class Verdict(Struct, frozen=True):
    """What the rules say of one file: findings in order of place, and rules that failed."""

    findings: tuple[Finding, ...]
    crashes: tuple[Crash, ...] = ()

    def __add__(self, other: Verdict) -> Verdict:
        if not (other.findings or other.crashes):
            return self
        both = dict.fromkeys((*self.findings, *other.findings))
        findings = sorted(both, key=lambda finding: finding.order)
        return Verdict(tuple(findings), (*self.crashes, *other.crashes))


_LAST_CALLS = 4
_PACKAGE = "turnstay_lint/"


def _trace(error: Exception) -> str:
    from traceback import extract_tb

    calls = extract_tb(error.__traceback__)[-_LAST_CALLS:]
    return "\n".join(
        f"{call.filename.replace(chr(92), '/').rpartition(_PACKAGE)[2]}:{call.lineno} "
        f"in {call.name}: {call.line}"
        for call in calls
    )


def failure(crash: Crash) -> Finding:
    """Return what a rule's crash is to the user: a finding of that rule on that file.

    What failed before any rule looked is one of the file itself.
    """
    rule = rule_named(crash.code)
    said = f"failed on this file ({crash.error})"
    if rule is None:
        return unreadable_file(crash.path, f"{crash.code} {said}")
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=Severity.ERROR,
        path=crash.path,
        span=Span(1, 0, 1, 0),
        message=said,
        help="The other rules went on. Please report this, with what --verbose says of it.",
        unfixable="the rule failed, so what it would have found is not known",
    )


def applicable(
    rules: Iterable[Rule], words: frozenset[str], aliases: Collection[str] = ()
) -> list[Rule]:
    """Return the rules that can fire in a file, by its words and their triggers.

    ``aliases`` are the other names that the project gives to what triggers speak of; only a rule
    that looks at the project can see through them.
    """
    aliased = not words.isdisjoint(aliases)
    if isinstance(rules, RuleSet) and not aliased:
        return rules.firing(words)
    return [
        rule
        for rule in rules
        if (aliased and rule.uses_project)
        or not rule.triggers
        or not words.isdisjoint(rule.triggers)
    ]


def lint(
    source: SourceFile,
    project: Project,
    settings: Settings,
    rules: Iterable[Rule],
    *,
    noqa: bool = True,
    timings: Timings | None = None,
) -> Verdict:
    """Run rules over one file; a rule that fails is reported and the others go on.

    Without ``noqa`` that comment silences nothing: flake8 heeds it itself. ``timings`` are told
    how long each rule took.
    """
    findings: list[Finding] = []
    crashes: list[Crash] = []
    for rule in applicable(rules, source.words, aliases(project)):
        try:
            look = Look(rule, source, project, settings)
            if timings is None:
                findings += rule.check(look)
                continue
            with timings.rule(rule.code):
                findings += rule.check(look)
        except Exception as error:  # a rule may fail in any way; it is reported
            crashes.append(Crash.of(rule.code, source.path, error))
    if not findings:
        return Verdict((), tuple(crashes))
    if may_silence(source):
        silenced = suppressions(source)
        findings = [finding for finding in findings if not silenced.silence(finding, noqa=noqa)]
    in_order = sorted(dict.fromkeys(findings), key=lambda finding: finding.order)
    return Verdict(tuple(in_order), tuple(crashes))
