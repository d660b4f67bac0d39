"""What a rule is, and what it is given to look at."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.findings import Applicability, Finding, Fix, Related, Severity
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

WITHHELD = "the configuration says that this rule's findings are not to be fixed"
"""Why a finding has no fix where its rule could give one."""


class Rule(Struct, frozen=True):
    """One convention of the handbook.

    ``triggers`` are words of the source (identifiers, or words in strings) without one of which
    the rule cannot fire; none means that every file is looked at. ``uses_project`` says that
    other files bear on the answer, ``uses_layout`` that which files there are does; one that is
    not ``in_tests`` says nothing of test modules. ``tallies`` says that the findings are what could
    not be analysed, which every run counts even where the rule is off. ``applicability`` is what
    the configuration makes of all its fixes, None what each is by itself; one that is not
    ``mends`` gives none.
    ``leads_to`` are rules that may find something where a fix of this one was made: the lesser
    thing that is left of what it found.
    ``needs`` is a module without which it finds nothing, ``extra`` that of this package which
    brings it; such a rule is off by default.
    The rule's module docstring is its documentation, its folder the handbook's section.
    """

    code: str
    name: str
    severity: Severity
    check: Callable[[Look], Iterable[Finding]]
    triggers: tuple[str, ...] = ()
    default: bool = True
    uses_project: bool = False
    uses_layout: bool = False
    in_tests: bool = True
    tallies: bool = False
    applicability: Applicability | None = None
    mends: bool = True
    leads_to: tuple[str, ...] = ()
    needs: str = ""
    extra: str = ""


class Look(Struct, frozen=True):
    """One rule at one file: the file, the service around it, and how that is named."""

    rule: Rule
    source: SourceFile
    project: Project
    settings: Settings

    def finding(
        self,
        at: ast.AST | Span,
        message: str,
        *,
        scope: Scope | None = None,
        help: str = "",
        related: tuple[Related, ...] = (),
        fix: Fix | str | None = None,
        unfixable: str = "",
    ) -> Finding:
        """Return a finding of this rule in this file; without a fix it must say why.

        ``fix`` may be that reason itself.

        Raises ValueError when neither a fix nor a reason is given, or both.
        """
        if isinstance(fix, str):
            unfixable, fix = fix, None
        if (fix is None) == (not unfixable):
            raise ValueError(f"{self.rule.code}: either a fix or a reason why there is none")
        if fix is not None and not self.rule.mends:
            fix, unfixable = None, WITHHELD
        elif fix is not None and self.rule.applicability not in (None, fix.applicability):
            caution = fix.caution or "the configuration holds this rule's fixes to be unsafe"
            fix = replace(fix, applicability=self.rule.applicability, caution=caution)
        return Finding(
            code=self.rule.code,
            name=self.rule.name,
            severity=self.rule.severity,
            path=self.source.path,
            span=at if isinstance(at, Span) else self.source.span(at),
            message=message,
            help=help,
            related=related,
            scope=scope.qualname if scope is not None else "",
            fix=fix,
            unfixable=unfixable,
        )
