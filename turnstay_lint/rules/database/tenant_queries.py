"""Queries of what belongs to a tenant: what the rules on them share.

TSL301 speaks of endpoint modules, TSL302 of the rest of the application; what is no part of the
application, and what works for all tenants by design, is left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related
from turnstay_lint.project.calls.callers import Reach
from turnstay_lint.project.calls.keys_handed import only_keys_handed
from turnstay_lint.project.calls.reaching import reach_of_function
from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.dataflow.facts import Verdict
from turnstay_lint.project.dataflow.trace import trace
from turnstay_lint.project.dataflow.writing import outermost
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.models.access import AccessClass, Getter, access
from turnstay_lint.project.models.models import OrmClass, orm_models
from turnstay_lint.project.models.tenancy import Ownership, tenancy
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.scopes import Scope

TRIGGERS = (
    "execute", "scalar", "scalars", "stream", "stream_scalars", "get", "get_one", "query", "exec",
    "select", "update", "delete", "insert", "paginate",
)  # fmt: skip
"""Words without one of which a file sends no query."""
_UNSCOPED = frozenset({Verdict.UNSCOPED, Verdict.UNVERIFIABLE})
_MOST_ROUTES = 5


class TenantQuery(Struct, frozen=True):
    """A query of a tenant-owned model, and what explains what is wrong with it.

    ``getter`` is a getter of the model, whatever it takes; ``reach`` what reaches the function.
    """

    sent: Sent
    model: OrmClass
    ownership: Ownership
    access: AccessClass | None
    getter: Getter | None
    reach: Reach

    @property
    def is_text(self) -> bool:
        """Tell whether the query is SQL text, which only a reader can verify."""
        return self.sent.judgement.verdict is Verdict.UNVERIFIABLE


def unscoped_queries(look: Look, *, in_endpoints: bool) -> Iterator[TenantQuery]:
    """Yield the queries of a file that forget the tenant, if it is an endpoint module or is not."""
    if is_apart(look.source.path):
        return
    sent = [s for s in trace(look.source, look.project).sent if _is_unscoped(s)]
    if not sent or bool(endpoints(look.project, look.source)) != in_endpoints:
        return
    for query in sent:
        if _is_of_a_script(look, query):
            continue
        reach = reach_of(look, query.scope)
        if not reach.exempt and not (_is_of_rows_at_hand(look, query) and not in_endpoints):
            yield explained(look.project, query, reach)


def _is_unscoped(sent: Sent) -> bool:
    return sent.judgement.verdict in _UNSCOPED and not sent.checked


def _is_of_a_script(look: Look, sent: Sent) -> bool:
    """Tell whether a query stands below ``if __name__ == "__main__":``."""
    if outermost_function(sent.scope) is not None:
        return False
    return any(
        isinstance(statement, ast.If)
        and "__main__" in ast.unparse(statement.test)
        and statement.lineno <= sent.call.lineno <= (statement.end_lineno or 0)
        for statement in look.source.tree.body
    )


def _is_of_rows_at_hand(look: Look, sent: Sent) -> bool:
    """Tell whether a query asks by keys that callers took from rows which they had already."""
    function = outermost_function(sent.scope)
    if function is None:
        return False
    unscoped = {e.key for e in sent.query.entities if e.model in sent.judgement.models}
    asked = {e: name for e, _, name in sent.query.facts.asked if not name.endswith("[]")}
    name = f"{function.module}.{function.qualname}"
    return bool(unscoped) and all(
        key in asked and only_keys_handed(look.project, name, asked[key]) for key in unscoped
    )


def reach_of(look: Look, scope: Scope) -> Reach:
    """Return what reaches the function around a scope, routes of this file among it."""
    function = outermost_function(scope)
    if function is None:
        return Reach((), exempt=False)
    return reach_of_function(look.project, look.source, function)


def outermost_function(scope: Scope) -> Scope | None:
    """Return the outermost function or method around a scope, or None at a module's top.

    An endpoint stands for itself, though a function that makes routers defines it.
    """
    found = outermost(scope)
    return found if found.is_function else None


def explained(project: Project, sent: Sent, reach: Reach) -> TenantQuery:
    """Return a query of a tenant-owned model with what explains it."""
    name = sent.judgement.models[0]
    ownership = tenancy(project).ownership(name)
    assert ownership is not None
    found = access(project)
    getter = found.any_getter(name) if found is not None else None
    return TenantQuery(sent, orm_models(project).classes[name], ownership, found, getter, reach)


def tenant_word(look: Look) -> str:
    """Return what the service calls its tenant, as a sentence has it: ``company``."""
    return look.settings.tenant_model.rpartition(".")[2].lower()


def reported(look: Look, query: TenantQuery, message: str, fix: Fix | None, reason: str) -> Finding:
    """Return the finding of a query, of which ``message`` is said where it is no text."""
    if query.is_text:
        model, word = query.model.short, tenant_word(look)
        message = f"cannot verify that this SQL on {model} is scoped to the {word}"
    return look.finding(
        query.sent.call,
        message,
        scope=query.sent.scope,
        help=_help_for(look, query),
        related=_related_to(query),
        fix=fix,
        unfixable=reason,
    )


def _help_for(look: Look, query: TenantQuery) -> str:
    """Say by which path the model belongs to its tenant, what to ask instead, and who asks."""
    model = query.model.short
    if query.ownership.is_tenant:
        parts = [f"{model} is the {tenant_word(look)} itself ({query.ownership.path})"]
    else:
        parts = [f"{model} belongs to its {tenant_word(look)} by {query.ownership.path}"]
    if query.getter is not None and query.access is not None:
        name = query.access.name.rpartition(".")[2]
        parts.append(f"{name}.{query.getter.name} asks for the tenant's own")
    reaching = query.reach.endpoints
    if reaching:
        labels = ", ".join(route.label for route in reaching[:_MOST_ROUTES])
        more = f" and {len(reaching) - _MOST_ROUTES} more" if len(reaching) > _MOST_ROUTES else ""
        parts.append(f"reached by {labels}{more}")
    return "; ".join(parts)


def _related_to(query: TenantQuery) -> tuple[Related, ...]:
    """Return the model's declaration and the getter that would do."""
    model = query.model
    places = [Related(model.path, model.span, f"{model.short} is declared here")]
    if query.getter is not None:
        message = f"{query.getter.name} asks for the tenant's own"
        places.append(Related(query.getter.path, query.getter.span, message))
    return tuple(places)
