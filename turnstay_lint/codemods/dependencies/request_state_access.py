"""TSL501: take from a dependency what the middleware left in the request."""

from __future__ import annotations

from turnstay_lint.codemods.access.route_dependency import add_parameter
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.access.route_dependency import AddParameter
from turnstay_lint.rules.dependencies.request_state_access import UseDependency
from turnstay_lint.rules.replacement import Replacement


def use_dependency(finding: Finding, edits: Edits) -> None:
    """Put the parameter's name where the request is read, and add the parameter."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, UseDependency):
        raise CannotFix("the function is not where it was")
    if plan.parameter is not None:
        add_parameter(AddParameter(plan.line, plan.parameter), edits)
    replace_parts(edits, [Replacement(plan.place, plan.name)])


CODEMOD = Codemod("TSL501", use_dependency)
