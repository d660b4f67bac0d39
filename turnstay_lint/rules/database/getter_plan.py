"""The plan that rewrites a raw query to a getter of the access class, or why there is none."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from turnstay_lint.frameworks.starlette import status_code
from turnstay_lint.project.access import Absence, Getter
from turnstay_lint.project.dataflow.values import Clause, Entity
from turnstay_lint.project.routers import constants, endpoints
from turnstay_lint.rules.database.access_parameter import AccessParameter, access_parameter
from turnstay_lint.rules.database.query_shape import Fetched, FunctionShape
from turnstay_lint.rules.database.tenant_queries import TenantQuery, outermost_function
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class UseGetter:
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the getter cannot be used. ``final`` says that no other fix may be offered either."""

    reason: str
    final: bool = False


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
        guard = self._guard(fetched, getter)
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

    def _guard(self, fetched: Fetched, getter: Getter) -> ast.stmt | Refusal | None:
        """Return the ``if x is None: raise 404`` that the getter makes dead, or None.

        A missing row that is answered otherwise is a behaviour that the getter would change.
        """
        if fetched.many:
            return None
        if self._catches_missing(fetched):
            return Refusal("a missing row is handled by an except clause", final=True)
        if fetched.raises:
            return None
        variable = self._assigned_name(fetched)
        if variable is None:
            parent = self._shape.parents.get(fetched.value)
            plain = isinstance(parent, ast.Return | ast.Expr) or fetched.raises
            if plain and getter.absence is not Absence.NONE:
                return None
            return Refusal("a missing row is handled where it is fetched", final=True)
        tests = [t for name in self._shape.uses(variable) if (t := self._tested(name)) is not None]
        if getter.absence is not Absence.NOT_FOUND:
            return None
        if not tests:
            return None
        after = fetched.block[fetched.block.index(fetched.statement) + 1 :]
        guard = next((s for s in after if s in tests), None)
        if len(tests) == 1 and isinstance(guard, ast.If) and self._is_guard(guard, variable):
            if not any(self._reads(s, variable) for s in after[: after.index(guard)]):
                return guard
        status = self._answer(tests[0])
        return Refusal(
            f"a missing row is answered {status}, {getter.name} answers 404", final=True
        )

    def _reads(self, statement: ast.stmt, variable: str) -> bool:
        return any(isinstance(n, ast.Name) and n.id == variable for n in ast.walk(statement))

    def _assigned_name(self, fetched: Fetched) -> str | None:
        match fetched.statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is fetched.value:
                return name
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is fetched.value:
                return name
        return None

    def _tested(self, name: ast.Name) -> ast.stmt | None:
        """Return the statement that asks whether a variable is there, if this use is in one."""
        here: ast.AST = name
        parent = self._shape.parents.get(here)
        while isinstance(parent, ast.Compare | ast.UnaryOp | ast.BoolOp):
            if isinstance(parent, ast.Compare) and not self._with_none(parent):
                return None
            here, parent = parent, self._shape.parents.get(parent)
        if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert) and parent.test is here:
            return self._shape.statement_of(parent)
        return self._shape.statement_of(here) if here is not name else None

    @staticmethod
    def _with_none(compare: ast.Compare) -> bool:
        return any(isinstance(c, ast.Constant) and c.value is None for c in compare.comparators)

    def _is_guard(self, statement: ast.If, variable: str) -> bool:
        match statement.test:
            case ast.Compare(left=ast.Name(id=name), ops=[ast.Is() | ast.Eq()]):
                asks = name == variable
            case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
                asks = name == variable
            case _:
                asks = False
        if not asks or statement.orelse or len(statement.body) != 1:
            return False
        return self._raised_status(statement.body[0]) == _NOT_FOUND

    def _raised_status(self, statement: ast.stmt) -> int | None:
        if not isinstance(statement, ast.Raise) or not isinstance(statement.exc, ast.Call):
            return None
        call, scope = statement.exc, self._sent.scope
        name = resolve(call.func, scope)
        canonical = self._look.project.canonical(name, scope.module) if name else ""
        if not canonical.endswith(".HTTPException"):
            return None
        said = next((k.value for k in call.keywords if k.arg == "status_code"), None)
        said = said if said is not None else (call.args[0] if call.args else None)
        if said is None:
            return None
        return status_code(said, scope, constants(self._look.project, scope.module))

    def _answer(self, statement: ast.stmt) -> str:
        if isinstance(statement, ast.If) and statement.body:
            status = self._raised_status(statement.body[0])
            if status is not None and status != _NOT_FOUND:
                return f"with {status}"
        return "in another way than with 404 alone"

    def _catches_missing(self, fetched: Fetched) -> bool:
        for above in self._shape.enclosing(fetched.statement, ast.Try, ast.TryStar):
            assert isinstance(above, ast.Try | ast.TryStar)
            for handler in above.handlers:
                caught = ast.walk(handler.type) if handler.type is not None else ()
                if any("NoResultFound" in (_last_name(node) or "") for node in caught):
                    return True
        return False

    def _session_parameter(self, function: Scope) -> str:
        """Return the name of the parameter that is the session, empty where it is none."""
        node = function.node
        assert isinstance(node, FunctionNode)
        names = [parameter.arg for parameter in all_parameters(node.args)]
        return self._sent.session if self._sent.session in names else ""


def _last_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None
