"""The plan that rewrites a raw query to a getter of the access class, or why there is none."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.project.access import Getter
from turnstay_lint.project.dataflow.values import Clause, Entity
from turnstay_lint.project.routers import endpoints
from turnstay_lint.rules.database.access_parameter import AccessParameter, access_parameter
from turnstay_lint.rules.database.missing_row import MissingRow, Refusal
from turnstay_lint.rules.database.query_shape import Fetched, FunctionShape
from turnstay_lint.rules.database.tenant_queries import TenantQuery, outermost_function
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters


class UseGetter(Struct, frozen=True):
    """Ask the access object instead of the session.

    ``value`` is the expression that the getter's call replaces; ``removed`` are the statements
    that only led to it, and the guard that the getter makes dead. ``argument`` is the id, empty
    for a getter of all. ``access`` is the variable that has the access object, or the parameter
    that is added for it. ``session`` is the session's parameter, dropped when nothing uses it any
    more. ``alone`` says that no other fix of the function may be made at the same time.
    """

    function: Span
    value: Span
    statement: Span
    removed: tuple[Span, ...]
    getter: str
    argument: str
    access: str | AccessParameter
    session: str = ""
    drop_session: bool = False
    alone: bool = False


def getter_plan(look: Look, query: TenantQuery, *, others: int) -> UseGetter | Refusal:
    """Return the plan for a query, or why it cannot be rewritten.

    ``others`` is how many further queries of the same function are reported.
    """
    return _Planner(look, query, others).plan()


class _Planner:
    def __init__(self, look: Look, query: TenantQuery, others: int) -> None:
        self._look = look
        self._query = query
        self._others = others
        self._sent = query.sent
        function = self._sent.scope.function
        self._function = function
        self._shape = FunctionShape(getattr(function.node, "body", []) if function else [])

    def plan(self) -> UseGetter | Refusal:
        function = self._function
        if function is None:
            return Refusal("it stands in no function, so there is no access object to ask")
        if self._query.access is None:
            return Refusal(f"the service has no {self._look.settings.access_class}")
        if self._query.is_text:
            return Refusal("what SQL text returns only a reader can tell", final=True)
        fetched = self._shape.fetched(self._sent.call, self._sent.method)
        many = fetched.many if fetched is not None else False
        getter = self._query.access.getter(self._query.model.name, many)
        refused = self._refused_clauses(getter)
        if refused is not None:
            return refused
        argument = self._selected_id(many)
        if fetched is None or argument is None:
            return Refusal("the query does more than select by id or select all")
        if getter is None:
            return Refusal(self._no_getter(many))
        return self._checked(function, fetched, getter, argument)

    def _no_getter(self, many: bool) -> str:
        assert self._query.access is not None
        kind = "all of" if many else "one"
        name = self._query.access.name.rpartition(".")[2]
        return f"{name} has no getter of {kind} {self._query.model.short}"

    def _refused_clauses(self, getter: Getter | None) -> Refusal | None:
        """What a getter does not do must not be lost."""
        name = getter.name if getter is not None else "a getter"
        steps = {clause.method for clause in self._sent.query.clauses}
        keywords = {k.arg for k in self._sent.call.keywords}
        if "with_for_update" in steps | keywords:
            return Refusal(f"it locks the row (with_for_update), which {name} does not", final=True)
        if "options" in steps | keywords:
            return Refusal(f"it has loader options that {name} lacks", final=True)
        return None

    def _selected_id(self, many: bool) -> str | None:
        """Return the id that is selected by as code, empty for all rows, None for anything else."""
        query, call = self._sent.query, self._sent.call
        if query.kind != "select" or len(query.columns) != 1 or query.arms or query.outer:
            return None
        entity = query.columns[0]
        if not isinstance(entity, Entity) or entity.model != self._query.model.name:
            return None
        if self._sent.method in ("get", "get_one"):
            return self._code(call.args[1]) if len(call.args) == 2 and not call.keywords else None
        if len(call.args) != 1 or call.keywords:
            return None
        first, *steps = query.clauses or (None,)
        if first is None or first.method != "select" or len(first.call.args) != 1:
            return None
        if many:
            return "" if not steps else None
        return self._id_of(steps[0]) if len(steps) == 1 else None

    def _id_of(self, step: Clause) -> str | None:
        """``where(M.id == x)`` and ``filter_by(id=x)`` select by id."""
        call = step.call
        keys = self._query.model.primary_key
        if step.method == "filter_by" and not call.args and len(call.keywords) == 1:
            keyword = call.keywords[0]
            return self._code(keyword.value) if (keyword.arg,) == keys else None
        if step.method not in ("where", "filter") or len(call.args) != 1 or call.keywords:
            return None
        match call.args[0]:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                if self._is_key(left, keys):
                    return self._code(right)
                return self._code(left) if self._is_key(right, keys) else None
        return None

    def _is_key(self, expression: ast.expr, keys: tuple[str, ...]) -> bool:
        if not isinstance(expression, ast.Attribute) or (expression.attr,) != keys:
            return False
        name = resolve(expression.value, self._sent.scope)
        model = self._look.project.find(name, self._sent.scope.module) if name else None
        return model is not None and model.name == self._query.model.name

    def _code(self, expression: ast.expr) -> str | None:
        """The text of an expression on one line; one that binds or awaits must stay in place."""
        if any(isinstance(node, ast.NamedExpr | ast.Await) for node in ast.walk(expression)):
            return None
        start, end = self._look.source.lines.offsets(self._look.source.span(expression))
        text = self._look.source.text[start:end]
        return text if "\n" not in text and "#" not in text else None

    def _checked(
        self, function: Scope, fetched: Fetched, getter: Getter, argument: str
    ) -> UseGetter | Refusal:
        by_key = self._sent.method in ("get", "get_one")
        built = () if by_key else self._shape.building(self._sent.call)
        if built is None:
            return Refusal("the query's variable is used elsewhere too")
        guard = MissingRow(self._look.project, self._sent.scope, self._shape).guard(fetched, getter)
        if isinstance(guard, Refusal):
            return guard
        if not getter.is_async:
            return Refusal(f"{getter.name} is not asynchronous", final=True)
        access = self._access(function)
        if isinstance(access, Refusal):
            return access
        removed = [*built, *fetched.replaced, *([guard] if guard is not None else [])]
        span = self._look.source.span
        return UseGetter(
            function=span(function.node),
            value=span(fetched.value),
            statement=span(fetched.statement),
            removed=tuple(sorted(span(s) for s in dict.fromkeys(removed))),
            getter=getter.name,
            argument=argument,
            access=access,
            session=self._session_parameter(function),
            drop_session=len(self._shape.uses(self._sent.session)) == 1,
            alone=self._others > 0,
        )

    def _access(self, function: Scope) -> str | AccessParameter | Refusal:
        for name in self._sent.tenants:
            if name.kind == "access":
                return name.expression.rpartition(".")[0]
        outer = outermost_function(self._sent.scope)
        if outer is not function:
            return Refusal("it stands in an inner function, which FastAPI fills no parameters of")
        if not self._is_endpoint(function):
            return Refusal("the function is no endpoint, so FastAPI fills no parameters of it")
        found = access_parameter(self._look, function)
        return Refusal(found) if isinstance(found, str) else found

    def _is_endpoint(self, function: Scope) -> bool:
        return any(
            e.function is function.node for e in endpoints(self._look.project, self._look.source)
        )

    def _session_parameter(self, function: Scope) -> str:
        """Return the name of the parameter that is the session, empty where it is none."""
        node = function.node
        assert isinstance(node, FunctionNode)
        names = [parameter.arg for parameter in all_parameters(node.args)]
        return self._sent.session if self._sent.session in names else ""
