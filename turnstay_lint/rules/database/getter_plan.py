"""The plan that rewrites a raw query to a getter of the access class, or why there is none."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.models.access import Getter
from turnstay_lint.project.writing.new_getters import NewGetter, new_getter
from turnstay_lint.project.writing.schema_homes import NotWritable
from turnstay_lint.rules.database.access_parameter import access_for
from turnstay_lint.rules.database.missing_row import MissingRow, Refusal
from turnstay_lint.rules.database.query_shape import Fetched, FunctionShape
from turnstay_lint.rules.database.selection import Selection, selection
from turnstay_lint.rules.database.tenant_parameter import is_tenant_parameter
from turnstay_lint.rules.database.tenant_queries import TenantQuery
from turnstay_lint.rules.dependency_words import DependencyParameter
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters


class UseGetter(Struct, frozen=True):
    """Ask the access object instead of the session.

    ``value`` is the expression that the getter's call replaces; ``removed`` are the statements
    that only led to it, and the guard that the getter makes dead. ``argument`` is the id, empty
    for a getter of all. ``access`` is the variable that has the access object, or the parameter
    that is added for it, beside ``session``. ``dropped`` are parameters that nothing uses any more.
    ``alone`` says that no other fix of the function may be made at the same time. ``written`` is
    the getter where it has to be written first.
    """

    function: Span
    value: Span
    statement: Span
    removed: tuple[Span, ...]
    getter: str
    argument: str
    access: str | DependencyParameter
    session: str = ""
    dropped: tuple[str, ...] = ()
    alone: bool = False
    written: NewGetter | None = None


def getter_plan(look: Look, query: TenantQuery, *, others: int) -> UseGetter | Refusal:
    """Return the plan for a query that is not scoped, or why it cannot be rewritten.

    ``others`` is how many further queries of the same function are reported.
    """
    function = query.sent.scope.function
    if function is None:
        return Refusal("it stands in no function, so there is no access object to ask")
    if query.access is None:
        return Refusal(f"the service has no {look.settings.access_class}")
    if query.is_text:
        return Refusal("what SQL text returns only a reader can tell", final=True)
    rewriting = GetterRewriting(look, query.sent, others)
    fetched = rewriting.fetched()
    many = fetched.many if fetched is not None else False
    getter = query.access.getter(query.model.name, many)
    refused = _refused_clauses(query.sent, getter)
    if refused is not None:
        return refused
    selected = selection(look, query.sent, query.model, query.ownership)
    if fetched is None or selected is None or not _only_key(selected, many):
        return Refusal("the query does more than select by id or select all")
    if getter is not None:
        return rewriting.plan(fetched, getter, selected.key)
    try:
        new = new_getter(look.project, query.access, query.ownership, query.model, many=many)
    except NotWritable as reason:
        kind = "all of" if many else "one"
        name = query.access.name.rpartition(".")[2]
        lacking = f"{name} has no getter of {kind} {query.model.short}"
        return Refusal(f"{lacking}, and none can be written: {reason}")
    plan = rewriting.plan(fetched, new.as_getter(), selected.key)
    return plan if isinstance(plan, Refusal) else replace(plan, written=new)


def _only_key(selected: Selection, many: bool) -> bool:
    """A getter of one takes the id and nothing else, a getter of all nothing at all."""
    if selected.tenants or selected.filters or selected.further:
        return False
    return bool(selected.key) != many


def _refused_clauses(sent: Sent, getter: Getter | None) -> Refusal | None:
    """What a getter does not do must not be lost."""
    name = getter.name if getter is not None else "a getter"
    steps = {clause.method for clause in sent.query.clauses}
    keywords = {k.arg for k in sent.call.keywords}
    if "with_for_update" in steps | keywords:
        return Refusal(f"it locks the row (with_for_update), which {name} does not", final=True)
    if "options" in steps | keywords:
        return Refusal(f"it has loader options that {name} lacks", final=True)
    return None


class GetterRewriting:
    """How one query's statements become the call of a getter."""

    def __init__(self, look: Look, sent: Sent, others: int) -> None:
        """Rewrite a query; ``others`` is how many of its function are reported beside it."""
        self._look = look
        self._sent = sent
        self._others = others
        function = sent.scope.function
        self._shape = FunctionShape(getattr(function.node, "body", []) if function else [])

    def fetched(self) -> Fetched | None:
        """Return where the query's result ends up, or None where that cannot be followed."""
        return self._shape.fetched(self._sent.call, self._sent.method)

    def plan(
        self, fetched: Fetched, getter: Getter, argument: str, *, tenants: tuple[str, ...] = ()
    ) -> UseGetter | Refusal:
        """Return the plan, or why a getter would do something else than the code.

        ``tenants`` are variables that only the query's condition on the tenant may need; those
        that the tenant's dependency fills go with it.
        """
        function = self._sent.scope.function
        assert function is not None
        by_key = self._sent.method in ("get", "get_one")
        built = () if by_key else self._shape.building(self._sent.call)
        if built is None:
            return Refusal("the query's variable is used elsewhere too")
        guard = MissingRow(self._look.project, self._sent.scope, self._shape).guard(fetched, getter)
        if isinstance(guard, Refusal):
            return guard
        if not getter.is_async:
            return Refusal(f"{getter.name} is not asynchronous", final=True)
        access = access_for(self._look, self._sent.scope, self._sent.tenants)
        if isinstance(access, Refusal):
            return access
        removed = [*built, *fetched.replaced, *([guard] if guard is not None else [])]
        span = self._look.source.span
        parameters = _parameters(function)
        session = self._sent.session if self._sent.session in parameters else ""
        droppable = [session] if session else []
        droppable += [
            n for n in tenants if n in parameters and is_tenant_parameter(self._look, n, function)
        ]
        return UseGetter(
            function=span(function.node),
            value=span(fetched.value),
            statement=span(fetched.statement),
            removed=tuple(sorted(span(s) for s in dict.fromkeys(removed))),
            getter=getter.name,
            argument=argument,
            access=access,
            session=session,
            dropped=tuple(self._unused(droppable, [fetched.value, *removed])),
            alone=self._others > 0,
        )

    def _unused(self, names: Iterable[str], gone: Iterable[ast.AST]) -> Iterable[str]:
        """Yield the variables that are read nowhere but in what goes."""
        going = {node for root in gone for node in ast.walk(root)}
        return (name for name in names if all(use in going for use in self._shape.uses(name)))


def _parameters(function: Scope) -> list[str]:
    node = function.node
    assert isinstance(node, FunctionNode)
    return [parameter.arg for parameter in all_parameters(node.args)]
