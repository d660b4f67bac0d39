"""The plan that adds the tenant's condition to a query, or why it cannot be added."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.project.dataflow.events import TenantName
from turnstay_lint.project.dataflow.values import Clause
from turnstay_lint.project.models.models import orm_models
from turnstay_lint.project.project import Project
from turnstay_lint.rules.database.acting_user import only_acts
from turnstay_lint.rules.database.tenant_queries import (
    TenantQuery,
    outermost_function,
    tenant_word,
)
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

_ROOTS = frozenset({"select", "update", "delete", "query"})
_FILTERS = frozenset({"where", "filter"})


class AddCondition(Struct, frozen=True):
    """Give the query ``condition``: as an argument of ``where``, or behind ``root``."""

    root: Span
    where: Span | None
    condition: str


def condition_plan(look: Look, query: TenantQuery) -> AddCondition | str:
    """Return the plan for a query, or why nobody can say what the condition is."""
    if query.is_text:
        return "what SQL text returns only a reader can tell"
    tenant = one_tenant(query.sent.tenants)
    if tenant is None:
        return _no_tenant(look, query)
    acts = only_acts(look, query, tenant)
    if acts:
        return acts
    if _gives_away(query):
        return f"it gives rows to another {tenant_word(look)}; whose they are before nobody says"
    if _leaves_out(query):
        column = query.ownership.column
        return f"it leaves a {tenant_word(look)} out by {column}, and which are meant nobody says"
    clauses = query.sent.query.clauses
    root = next((c for c in clauses if c.method in _ROOTS), None)
    if root is None or query.sent.query.kind not in ("select", "update", "delete"):
        return "the query is not built where a condition can be added"
    if len(query.sent.judgement.models) != 1:
        return "it reads several models, and which of them to scope a person must choose"
    named = _named_in(look.project, query, root, clauses)
    if named is None:
        return f"it reads {query.model.short} under another name"
    condition = _condition(look, query, named, tenant)
    if condition is None:
        return f"no relationship leads along {query.ownership.path}, so it needs a join"
    span = look.source.span
    where = _unconditional_where(root, clauses)
    start = _from_clause(root, clauses)
    return AddCondition(span(start.call), span(where.call) if where else None, condition)


def one_tenant(tenants: tuple[TenantName, ...]) -> TenantName | None:
    """Return the one tenant in scope; the company and its access object are one and the same."""
    kinds = {tenant.kind for tenant in tenants}
    if len(tenants) == 2 and kinds == {"access", "tenant"}:
        return next(tenant for tenant in tenants if tenant.kind == "access")
    return tenants[0] if len(tenants) == 1 else None


def _no_tenant(look: Look, query: TenantQuery) -> str:
    word = tenant_word(look)
    if query.sent.tenants:
        names = ", ".join(tenant.expression for tenant in query.sent.tenants)
        return f"several names of the {word} are in scope ({names})"
    return f"no name of the {word} is in scope, so the caller has to give it"


def _leaves_out(query: TenantQuery) -> bool:
    """``M.company_id != company.id``: with the tenant's own condition beside it no row is left."""
    compared = query.sent.query.facts.compared
    return any((entity.key, False) in compared for entity in query.sent.query.joined)


def _gives_away(query: TenantQuery) -> bool:
    """``update(M).values(company_id=...)``: the tenant at hand is whose the rows become."""
    function = outermost_function(query.sent.scope)
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "values"
        and any(keyword.arg == query.ownership.column for keyword in node.keywords)
        and _root(node) == "update"
        for node in (ast.walk(function.node) if function is not None else ())
    )


def _root(call: ast.Call) -> str:
    """Return what the first call of a chain calls: ``update`` of ``sa.update(M).where(...)``."""
    here: ast.expr = call
    name = ""
    while isinstance(here, ast.Call):
        name = ast.unparse(here.func).rpartition(".")[2]
        here = here.func.value if isinstance(here.func, ast.Attribute) else here.func
    return name


def _named_in(
    project: Project, query: TenantQuery, root: Clause, clauses: tuple[Clause, ...]
) -> str | None:
    """Return what the query's own code calls the model: ``Account``, ``models.Account``."""
    for clause in (root, *clauses):
        for node in ast.walk(clause.call):
            if isinstance(node, ast.Name | ast.Attribute):
                if _means(project, node, query.sent.scope, query.model.name):
                    return ast.unparse(node)
    return None


def _means(
    project: Project, expression: ast.Name | ast.Attribute, scope: Scope, model: str
) -> bool:
    name = resolve(expression, scope)
    if name is None:
        found = project.class_named(expression.id) if isinstance(expression, ast.Name) else None
    else:
        found = project.find(name, scope.module)
    return found is not None and found.name == model


def _condition(look: Look, query: TenantQuery, named: str, tenant: TenantName) -> str | None:
    """The tenant column compared, or the relationships that lead to it asked with ``has``."""
    ownership = query.ownership
    if not ownership.steps:
        columns = f"{named}.c" if query.model.is_table else named
        return f"{columns}.{ownership.column} == {tenant.expression}"
    if len(ownership.steps) > 1:
        return None
    step = ownership.steps[0]
    model = orm_models(look.project).classes[step.model]
    for relationship in model.relationships.values():
        if relationship.target == step.target and relationship.many is not True:
            return f"{named}.{relationship.name}.has({ownership.column}={tenant.expression})"
    return None


def _from_clause(root: Clause, clauses: tuple[Clause, ...]) -> Clause:
    """``select(...).select_from(M)``: the condition comes behind what says M."""
    within = [c for c in clauses if c.method == "select_from" and _holds(c.call, root.call)]
    return within[-1] if within else root


def _unconditional_where(root: Clause, clauses: tuple[Clause, ...]) -> Clause | None:
    """Return the first filter in the very expression that begins the query."""
    return next(
        (c for c in clauses if c.method in _FILTERS and c.call.args and _holds(c.call, root.call)),
        None,
    )


def _holds(outer: ast.Call, inner: ast.Call) -> bool:
    """Tell whether a call is made on the outcome of another, in one expression."""
    here: ast.expr = outer
    while isinstance(here, ast.Call) and isinstance(here.func, ast.Attribute):
        here = here.func.value
        if here is inner:
            return True
    return False
