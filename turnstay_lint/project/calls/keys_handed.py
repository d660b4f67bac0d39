"""Whether callers hand a function keys alone that are of rows which they have at hand.

Whose such a row is was settled where it was fetched: ``lock_order(session, order.id)`` adds nothing
to what the caller may see, and a leak is told once, where a client's id first meets a query.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.calls.callers import callers
from turnstay_lint.project.calls.giving import place_of, sites_of
from turnstay_lint.project.endpoints.routes import routes
from turnstay_lint.project.meanings import class_made, meant
from turnstay_lint.project.models.access import returned_model
from turnstay_lint.project.models.models import orm_class
from turnstay_lint.project.models.tenancy import tenancy
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import (
    CallSite,
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
)
from turnstay_lint.project.summaries.values import Call, Items, Name, Value
from turnstay_lint.source.patterns import regex

_MOST_HOPS = 4
_PERSON = regex(r"(User|Member|Person|Principal|Identity|Employee|Actor)$")


def only_keys_handed(
    project: Project, function: str, parameter: str, hops: int = _MOST_HOPS
) -> bool:
    """Tell whether every caller, and there is one, gives the key of an object for a parameter.

    Who hands the function on, keeps it in a variable of a module, or calls a method of what nobody
    knows, may give anything.
    """
    symbol = project.find(function)
    definition = symbol.definition if symbol is not None else None
    if not hops or symbol is None or not isinstance(definition, FunctionSummary):
        return False
    if symbol.name in routes(project) or definition.parameter(parameter) is None:
        return False
    is_method = symbol.qualname.rpartition(".")[0] in symbol.module.classes
    place = place_of(definition, parameter, is_method=is_method)
    sites = list(sites_of(project, symbol.name))
    seen = {symbol.name, *(f"{module.name}.{caller.name}" for module, caller, _ in sites)}
    graph = callers(project)
    if not graph.callers_of(symbol.name) <= seen:
        return False
    if is_method and graph.may_be_called_unseen(symbol.name):
        return False
    keys = bool(sites) and all(
        _is_key(project, module, caller, site, (str(place), parameter), hops)
        for module, caller, site in sites
    )
    return keys and not _is_kept(project, symbol.name)


def _is_kept(project: Project, function: str) -> bool:
    """``HANDLERS = {"lock": lock}``: what is kept so may be called with anything."""
    kept = _kept(project).get(function.rpartition(".")[2], ())
    return any(project.canonical(name, near) == function for name, near in kept)


@project_fact
def _kept(project: Project) -> dict[str, set[tuple[str, str]]]:
    """Return the names that modules keep in variables, with the module, by their last part."""
    found: dict[str, set[tuple[str, str]]] = {}
    for module in project.modules.values():
        for held in (*module.statements, *(v.value for v in module.variables.values())):
            for name in _names_in(held):
                found.setdefault(name.rpartition(".")[2], set()).add((name, module.name))
    return found


def _names_in(value: Value) -> Iterator[str]:
    match value:
        case Name(name=name):
            yield name
        case Items(items=items) | Call(arguments=items):
            for item in items:
                yield from _names_in(item)


def _is_key(
    project: Project,
    module: ModuleSummary,
    caller: FunctionSummary,
    site: CallSite,
    slots: tuple[str, str],
    hops: int,
) -> bool:
    for slot, holder, attribute in site.keys:
        if slot not in slots:
            continue
        if holder.startswith("<") and holder.endswith(">"):
            name = f"{module.name}.{caller.name}"
            return only_keys_handed(project, name, holder[1:-1], hops - 1)
        return _is_of_row(project, module, caller, holder, attribute)
    return False


def _is_of_row(
    project: Project,
    module: ModuleSummary,
    caller: FunctionSummary,
    holder: str,
    attribute: str,
) -> bool:
    """Tell whether an attribute is a key of a row that belongs to a tenant."""
    models = [_model_of(project, holder, module.name)]
    if holder.endswith("()"):
        made = holder.removesuffix("()")
        models = [_model_given(project, name) for name in meant(project, module, caller, made)]
        if not any(models):
            models = [_model_kept(project, made.rpartition(".")[0], module.name)]
    return bool(models) and all(model and _is_key_of(project, model, attribute) for model in models)


def _model_of(project: Project, name: str, near: str) -> str:
    model = orm_class(project, name, near)
    return model.name if model is not None else ""


def _model_given(project: Project, function: str) -> str:
    symbol = project.find(function)
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return ""
    given = returned_model(project, symbol.definition.returns, symbol.module.name)
    return given[0] if given is not None and not given[1] else ""


def _model_kept(project: Project, made: str, near: str) -> str:
    """``OrderRepository(session)`` keeps orders where it derives from ``Repository[Order]``."""
    holder = class_made(project, made.removesuffix("()"), near) if made.endswith("()") else None
    if holder is None:
        return ""
    found = {
        _model_of(project, argument.name, symbol.module.name)
        for symbol in project.lineage(holder.name)
        if isinstance(symbol.definition, ClassSummary)
        for base in symbol.definition.bases
        for argument in base.arguments
    } - {""}
    return found.pop() if len(found) == 1 else ""


def _is_key_of(project: Project, model: str, attribute: str) -> bool:
    found = tenancy(project)
    if attribute == "id" and _PERSON.search(model.rpartition(".")[2]):
        return True
    return found.may_belong(model) and (
        attribute == "id"
        or found.is_tenant_column(model, attribute)
        or bool(found.refers_to(model, attribute))
    )
