"""The plan that takes the tenant from company access instead of from the client, or why not."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.project.dataflow.client_values import DUMPS
from turnstay_lint.project.dataflow.events import TenantName
from turnstay_lint.project.dataflow.storing import Stored, Written
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.rules.database.access_parameter import access_parameter
from turnstay_lint.rules.database.condition_plan import one_tenant
from turnstay_lint.rules.database.tenant_queries import tenant_word
from turnstay_lint.rules.dependency_words import DependencyParameter
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters


class TakeTenant(Struct, frozen=True):
    """Make the replacements; ``parameter`` is added to ``function`` where no tenant was in scope.

    It comes before the parameter ``beside``.
    """

    parts: tuple[Replacement, ...]
    function: Span | None = None
    parameter: DependencyParameter | None = None
    beside: str = ""


def plan_for_write(look: Look, stored: Stored, written: Written) -> TakeTenant | str:
    """Return the plan for a column that is stored, or why nobody can say what the tenant is."""
    if stored.form == "loop":
        return _left_out(look, stored, written)
    found = _tenant(look, stored.scope, stored.tenants)
    if isinstance(found, str):
        return found
    tenant, parameter = found
    parts = _parts(look, stored, written, tenant)
    if isinstance(parts, str):
        return parts
    return _with_parameter(look, stored.scope, parts, parameter)


def plan_for_query(
    look: Look, scope: Scope, at: ast.expr, tenants: tuple[TenantName, ...]
) -> TakeTenant | str:
    """Return the plan for a query that compares the tenant column with ``at``."""
    found = _tenant(look, scope, tenants)
    if isinstance(found, str):
        return found
    tenant, parameter = found
    code = f"[{tenant}]" if _is_among_several(look.source.tree, at) else tenant
    return _with_parameter(look, scope, (_replaced(look, at, code),), parameter)


def _is_among_several(tree: ast.Module, at: ast.expr) -> bool:
    """``M.company_id.in_(request_data.company_ids)`` is given a list."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "in_"
        and at in node.args
        for node in ast.walk(tree)
    )


def _tenant(
    look: Look, scope: Scope, tenants: tuple[TenantName, ...]
) -> tuple[str, DependencyParameter | None] | str:
    """Return what the tenant's id is called, and the parameter to add for it."""
    word = tenant_word(look)
    tenants = tuple(tenant for tenant in tenants if _is_given(scope, tenant))
    tenant = one_tenant(tenants)
    if tenant is not None:
        return tenant.expression, None
    if tenants:
        names = ", ".join(tenant.expression for tenant in tenants)
        return f"several names of the {word} are in scope ({names})"
    function = scope.function
    if function is None or not _is_endpoint(look, function):
        return f"no name of the {word} is in scope, so the caller has to give it"
    parameter = access_parameter(look, function)
    if isinstance(parameter, str):
        return parameter
    return f"{parameter.name}.{look.settings.tenant_column}", parameter


def _is_given(scope: Scope, tenant: TenantName) -> bool:
    """Tell whether a tenant is handed to the function; one that it fetched the client may name."""
    function = scope.function
    while function is not None and isinstance(function.node, FunctionNode):
        names = {parameter.arg for parameter in all_parameters(function.node.args)}
        if tenant.expression.partition(".")[0] in names:
            return True
        function = function.parent.function if function.parent is not None else None
    return False


def _is_endpoint(look: Look, function: Scope) -> bool:
    found = endpoints(look.project, look.source)
    return any(endpoint.function is function.node for endpoint in found)


def _with_parameter(
    look: Look, scope: Scope, parts: tuple[Replacement, ...], parameter: DependencyParameter | None
) -> TakeTenant:
    function = scope.function
    if parameter is None or function is None:
        return TakeTenant(parts)
    return TakeTenant(
        parts, look.source.span(function.node), parameter, _session_parameter(look, function)
    )


def _session_parameter(look: Look, function: Scope) -> str:
    """Return the parameter that a dependency is declared beside: the session's, or none."""
    node = function.node
    assert isinstance(node, FunctionNode)
    for parameter in all_parameters(node.args):
        said = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
        if "Session" in said:
            return parameter.arg
    return ""


def _parts(
    look: Look, stored: Stored, written: Written, tenant: str
) -> tuple[Replacement, ...] | str:
    at, call, column = written.at, stored.at, written.column
    if written.expression is not None:
        return (_replaced(look, at, tenant),)
    assert isinstance(call, ast.Call)
    if stored.form == "rows":
        return _in_each_row(look, written, tenant)
    if stored.form == "validated":
        return _updated(look, call, column, tenant)
    if _is_dump(at) and at is written.dump and at not in call.args:
        excluded = _exclusion(look, written.dump, column)
        if isinstance(excluded, str):
            return excluded
        return excluded, _argument(look, call, f"{column}={tenant}")
    return (_wrapped(look, at, f', "{column}": {tenant}}}'),)


def _in_each_row(look: Look, written: Written, tenant: str) -> tuple[Replacement, ...] | str:
    """``[row.model_dump() for row in request_data]`` is given the tenant in each row."""
    dump = written.dump
    if dump is None or not any(node is dump for node in ast.walk(written.at)):
        return "the rows are made elsewhere"
    if dump is written.at:
        return "what is inserted is not written as rows"
    return (_wrapped(look, dump, f', "{written.column}": {tenant}}}'),)


def _is_dump(made: ast.expr | None) -> bool:
    """``request_data.model_dump()``, which can be told to leave something out."""
    return (
        isinstance(made, ast.Call)
        and isinstance(made.func, ast.Attribute)
        and made.func.attr in DUMPS
    )


def _updated(look: Look, call: ast.Call, column: str, tenant: str) -> tuple[Replacement, ...] | str:
    """``Model.model_validate(data, update={"company_id": company.id})``."""
    given = next((k.value for k in call.keywords if k.arg == "update"), None)
    match given:
        case None:
            return (_argument(look, call, f'update={{"{column}": {tenant}}}'),)
        case ast.Dict(values=[*_, last]):
            return (_behind(look, last, f', "{column}": {tenant}'),)
    return "what updates the model is named elsewhere"


def _wrapped(look: Look, at: ast.expr, rest: str) -> Replacement:
    """``{**data, "company_id": company.id}``: what is said last counts."""
    return _replaced(look, at, f"{{**{_text(look, at)}{rest}")


def _left_out(look: Look, stored: Stored, written: Written) -> TakeTenant | str:
    """Leave the column out of what a loop sets: a row stays whose it is."""
    dump = written.dump
    if dump is None or not _is_dump(dump) or not _within(stored.scope, dump):
        return "what the loop goes over is made elsewhere"
    part = _exclusion(look, dump, written.column)
    return part if isinstance(part, str) else TakeTenant((part,))


def _within(scope: Scope, node: ast.AST) -> bool:
    function = scope.function
    return function is not None and any(inner is node for inner in ast.walk(function.node))


def _exclusion(look: Look, dump: ast.Call, column: str) -> Replacement | str:
    """Return what adds a column to what ``model_dump`` leaves out."""
    given = next((k.value for k in dump.keywords if k.arg == "exclude"), None)
    match given:
        case None:
            return _argument(look, dump, f'exclude={{"{column}"}}')
        case ast.Constant(value=None):
            return _replaced(look, given, f'{{"{column}"}}')
        case ast.Set(elts=[*_, last]) | ast.List(elts=[*_, last]):
            return _behind(look, last, f', "{column}"')
        case ast.Dict(values=[*_, last]):
            return _behind(look, last, f', "{column}": True')
    return "what model_dump leaves out is named elsewhere"


def _argument(look: Look, call: ast.Call, code: str) -> Replacement:
    """Return what gives a call a further keyword, behind those that it has."""
    lines, text = look.source.lines, look.source.text
    closing = lines.offset(*look.source.span(call).end) - 1
    given = [look.source.span(a) for a in (*call.args, *(k.value for k in call.keywords))]
    start = max((lines.offset(*span.end) for span in given), default=closing)
    if "#" in text[start:closing]:
        place, added = start, f", {code}"
    else:
        place = len(text[:closing].rstrip())
        added = f" {code}," if text[place - 1] == "," else f", {code}"
    if not given:
        place, added = closing, code
    line, column = lines.position(place)
    return Replacement(Span(line, column, line, column), added)


def _behind(look: Look, node: ast.expr, code: str) -> Replacement:
    span = look.source.span(node)
    return Replacement(Span(*span.end, *span.end), code)


def _replaced(look: Look, node: ast.expr, code: str) -> Replacement:
    return Replacement(look.source.span(node), code)


def _text(look: Look, node: ast.expr) -> str:
    start, end = look.source.lines.offsets(look.source.span(node))
    return look.source.text[start:end]
