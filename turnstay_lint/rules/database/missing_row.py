"""What a function does when the row is not there, and whether a getter does the same."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.frameworks.starlette import status_code
from turnstay_lint.project.endpoints.routers import constants
from turnstay_lint.project.models.access import Absence, Getter
from turnstay_lint.project.project import Project
from turnstay_lint.rules.database.query_shape import Fetched, FunctionShape
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope

_NOT_FOUND = 404


class Refusal(Struct, frozen=True):
    """Why the getter cannot be used. ``final`` says that no other fix may be offered either."""

    reason: str
    final: bool = False


class MissingRow:
    """Reads how a function answers for a missing row."""

    def __init__(self, project: Project, scope: Scope, shape: FunctionShape) -> None:
        """Read in a function of a service."""
        self._project = project
        self._scope = scope
        self._shape = shape

    def guard(self, fetched: Fetched, getter: Getter) -> ast.stmt | Refusal | None:
        """Return the ``if x is None: raise 404`` that the getter makes dead, or None.

        A missing row that is answered otherwise is a behaviour that the getter would change.
        """
        if fetched.many:
            return None
        if self._catches_missing(fetched):
            return Refusal("a missing row is handled by an except clause", final=True)
        if fetched.raises:
            if getter.absence is Absence.NONE:
                reason = f"a missing row is an error, {getter.name} gives None"
                return Refusal(reason, final=True)
            return None
        variable = self._assigned_name(fetched)
        if variable is None:
            parent = self._shape.parents.get(fetched.value)
            plain = isinstance(parent, ast.Return | ast.Expr)
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
        return Refusal(f"a missing row is answered {status}, {getter.name} answers 404", final=True)

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
        call, scope = statement.exc, self._scope
        name = resolve(call.func, scope)
        canonical = self._project.canonical(name, scope.module) if name else ""
        if not canonical.endswith(".HTTPException"):
            return None
        said = next((k.value for k in call.keywords if k.arg == "status_code"), None)
        said = said if said is not None else (call.args[0] if call.args else None)
        if said is None:
            return None
        return status_code(said, scope, constants(self._project, scope.module))

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


def _last_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None
