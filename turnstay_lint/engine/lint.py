"""One file, all rules: from a source and its project to findings. Pure, so it can be cached."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.suppressions import suppressions


class Crash(Struct, frozen=True):
    """A rule that failed on a file: the rule, the file, the exception as text."""

    code: str
    path: str
    error: str


class Verdict(Struct, frozen=True):
    """What the rules say of one file: findings in order of place, and rules that failed."""

    findings: tuple[Finding, ...]
    crashes: tuple[Crash, ...] = ()


def applicable(
    rules: Iterable[Rule], words: frozenset[str], aliases: Collection[str] = ()
) -> list[Rule]:
    """Return the rules that can fire in a file, by its words and their triggers.

    ``aliases`` are the other names that the project gives to what triggers speak of; only a rule
    that looks at the project can see through them.
    """
    aliased = not words.isdisjoint(aliases)
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
) -> Verdict:
    """Run rules over one file; a rule that fails is reported and the others go on.

    Without ``noqa`` that comment silences nothing: flake8 heeds it itself.
    """
    findings: list[Finding] = []
    crashes: list[Crash] = []
    for rule in applicable(rules, source.words, project.aliases):
        try:
            findings.extend(rule.check(Look(rule, source, project, settings)))
        except Exception as error:
            crashes.append(Crash(rule.code, source.path, f"{type(error).__name__}: {error}"))
    if findings:
        silenced = suppressions(source)
        findings = [finding for finding in findings if not silenced.silence(finding, noqa=noqa)]
    return Verdict(tuple(sorted(set(findings), key=lambda f: f.order)), tuple(crashes))
