"""Schemas of a module that derive from Pydantic's base class and not from the handbook's."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, safe, unsafe
from turnstay_lint.project.endpoints.schema_modules import (
    BASE_MODELS,
    Kind,
    base_for,
    is_base,
    kind_of,
    kind_of_schema,
)
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.schemas.schema_configuration import own_configuration
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.project.writing.spelling import Unspellable, spell
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope


class DeriveFrom(Struct, frozen=True):
    """Put ``text`` in place of the base class at the finding, with imports as (module, name)."""

    text: str
    imports: tuple[tuple[str, str], ...] = ()


def find_direct_schemas(look: Look, kind: Kind) -> Iterator[Finding]:
    """Yield the schemas of a kind's module that derive from Pydantic's base class itself."""
    if kind_of(look.source.path) is not kind:
        return
    for scope in look.source.outer_classes:
        node = scope.node
        assert isinstance(node, ast.ClassDef)
        outer = scope.parent or scope
        direct = next((base for base in node.bases if _is_base_model(look, base, outer)), None)
        if direct is None or is_base(look.project, kind, f"{scope.module}.{scope.qualname}"):
            continue
        if kind is Kind.REQUEST and node.name.startswith("Patch"):
            continue
        if not _is_of_other_kind(look, kind, scope) and not _has_base(look, kind, scope):
            yield _finding(look, kind, scope, direct)


def _is_of_other_kind(look: Look, kind: Kind, scope: Scope) -> bool:
    """Tell whether a schema stands in the wrong module, which TSL413 says."""
    symbol = look.project.find(f"{scope.module}.{scope.qualname}", scope.module)
    found = kind_of_schema(look.project, symbol) if symbol is not None else None
    return found is not None and found is not kind


def _is_base_model(look: Look, base: ast.expr, scope: Scope) -> bool:
    name = resolve(base, scope)
    return name is not None and look.project.canonical(name, scope.module) in BASE_MODELS


def _has_base(look: Look, kind: Kind, scope: Scope) -> bool:
    name = f"{scope.module}.{scope.qualname}"
    ancestors = list(look.project.ancestors(name, scope.module))[1:]
    return any(is_base(look.project, kind, ancestor) for ancestor in ancestors)


def _finding(look: Look, kind: Kind, scope: Scope, direct: ast.expr) -> Finding:
    base = base_for(look.project, kind, scope.module)
    fix, reason = _fix(look, kind, base, direct, scope)
    related: tuple[Related, ...] = ()
    if base is not None and isinstance(base.definition, ClassSummary):
        span = base.definition.span
        related = (Related(base.module.path, span, f"{base.qualname} is declared here"),)
    wanted = base.qualname if base is not None else kind.base
    return look.finding(
        direct,
        f"{scope.qualname} derives from {ast.unparse(direct)} and not from {wanted}",
        scope=scope,
        help=f"Derive from {wanted} (handbook 4, {kind.value.title()} Schema Pattern)",
        related=related,
        fix=fix,
        unfixable=reason,
    )


def _fix(
    look: Look, kind: Kind, base: Symbol | None, direct: ast.expr, scope: Scope
) -> tuple[Fix | None, str]:
    if base is None:
        return None, f"the service has no {kind.base} yet: write one"
    outer = scope.parent or scope
    try:
        spelled = spell(look.project, look.source, base, direct, outer)
    except Unspellable as reason:
        return None, str(reason).replace("the route", "the class")
    imports = ((spelled.module, spelled.name),) if spelled.module else ()
    plan = DeriveFrom(spelled.text, imports)
    title = f"Derive from {base.qualname}"
    more = _says_more(look.project, base)
    if more:
        return unsafe(title, plan, f"{base.qualname} says more, which holds here too: {more}"), ""
    return safe(title, plan), ""


def _says_more(project: Project, base: Symbol) -> str:
    """Say what else a base class brings along: fields, validators, other configuration."""
    found: list[str] = []
    for ancestor in project.lineage(base.name, base.module.name):
        held = ancestor.definition
        if not isinstance(held, ClassSummary) or project.modules.get(ancestor.module.name) is None:
            continue
        found += [a.name for a in held.attributes if a.name != "model_config"]
        found += held.methods
        found += [name for name in own_configuration(ancestor) if name != "from_attributes"]
    return ", ".join(dict.fromkeys(found))
