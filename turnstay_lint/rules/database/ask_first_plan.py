"""The plan that asks the access object for the ids of the client before they are stored."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.project.dataflow.storing import Stored, Written
from turnstay_lint.project.dataflow.vocabulary import vocabulary
from turnstay_lint.project.models.access import Absence, AccessClass, Getter
from turnstay_lint.project.models.models import orm_models
from turnstay_lint.project.schemas.schemas import field_schema, fields
from turnstay_lint.project.summaries.summary import AttributeSummary, FunctionSummary, Parameter
from turnstay_lint.rules.database.access_parameter import access_for
from turnstay_lint.rules.database.missing_row import Refusal
from turnstay_lint.rules.database.query_shape import FunctionShape
from turnstay_lint.rules.dependency_words import DependencyParameter
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope, all_parameters

_INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_SIMPLE = (ast.Name, ast.Attribute, ast.Subscript)
_SESSIONS = ("session", "db", "db_session")
_BROAD = frozenset({"BaseException", "Exception", "HTTPException"})
_DOTTED = regex(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


class AskedId(Struct, frozen=True):
    """Ask ``getter`` for the id that is written ``argument``; ``guarded`` if it may be None."""

    getter: str
    argument: str
    guarded: bool


class AskFirst(Struct, frozen=True):
    """Ask for ids before a statement.

    ``access`` is the variable that has the access object, or the parameter that is added for it,
    beside ``session``. ``alone`` says that no other fix of the function may be made at the same
    time, which might ask for the same.
    """

    function: Span
    statement: Span
    asked: tuple[AskedId, ...]
    access: str | DependencyParameter
    session: str = ""
    alone: bool = False


def ask_first_plan(
    look: Look, stored: Stored, access: AccessClass | None, *, alone: bool
) -> AskFirst | Refusal:
    """Return the plan, or why nobody can say whom to ask, or where."""
    function = stored.scope.function
    if access is None:
        return Refusal(f"the service has no {look.settings.access_class}")
    if function is None or not isinstance(function.node, ast.AsyncFunctionDef):
        return Refusal("the function is not asynchronous, as a getter is")
    shape = FunctionShape(function.node.body)
    stored_by = _before(shape, stored.at)
    if isinstance(stored_by, Refusal):
        return stored_by
    statement = _outside_catching(shape, stored_by)
    if look.source.lines.line(statement.lineno)[: statement.col_offset].strip():
        return Refusal("its line holds another statement too")
    ids = _Ids(look, stored, function, access)
    asked = [ids.asked(written, by_way=statement is not stored_by) for written in stored.written]
    possible = tuple(dict.fromkeys(a for a in asked if isinstance(a, AskedId)))
    if not possible:
        return next(a for a in asked if isinstance(a, Refusal))
    given = access_for(look, stored.scope, stored.tenants)
    if isinstance(given, Refusal):
        return given
    names = [parameter.arg for parameter in all_parameters(function.node.args)]
    span = look.source.span
    return AskFirst(
        function=span(function.node),
        statement=span(statement),
        asked=possible,
        access=given,
        session=next((name for name in _SESSIONS if name in names), ""),
        alone=alone,
    )


def _before(shape: FunctionShape, at: ast.expr) -> ast.stmt | Refusal:
    """Return the statement to ask before: of a patch loop, that which makes the dict."""
    if next(shape.enclosing(at, *_INNER), None) is not None:
        return Refusal("it stands inside another expression, where nothing can be awaited first")
    statement = shape.statement_of(at)
    if statement is None:
        return Refusal("it stands in no statement")
    called = at.func if isinstance(at, ast.Call) else None
    if not isinstance(called, ast.Name) or called.id != "setattr":
        return statement
    loop = next(shape.enclosing(at, ast.For, ast.AsyncFor), None)
    if not isinstance(loop, ast.For | ast.AsyncFor):
        return statement
    block = shape.blocks.get(loop, ())
    before = block[block.index(loop) - 1] if loop in block and block.index(loop) else None
    if isinstance(before, ast.Assign) and isinstance(before.targets[0], ast.Name):
        iterated = {n.id for n in ast.walk(loop.iter) if isinstance(n, ast.Name)}
        if before.targets[0].id in iterated:
            return before
    return loop


def _outside_catching(shape: FunctionShape, statement: ast.stmt) -> ast.stmt:
    """Return the statement, or the try around it whose handlers would catch the getter's 404."""
    inner: ast.AST = statement
    for around in shape.enclosing(statement, ast.Try, ast.TryStar):
        assert isinstance(around, ast.Try | ast.TryStar)
        within = any(inner in ast.walk(body) for body in around.body)
        if within and any(map(_catches_refusals, around.handlers)):
            statement = around
        inner = around
    return statement


def _catches_refusals(handler: ast.ExceptHandler) -> bool:
    caught = ast.walk(handler.type) if handler.type is not None else ()
    names = {n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "") for n in caught}
    return handler.type is None or not names.isdisjoint(_BROAD)


class _Ids:
    """Says how each id is asked for."""

    def __init__(self, look: Look, stored: Stored, function: Scope, access: AccessClass) -> None:
        self._look = look
        self._stored = stored
        self._function = function
        self._access = access
        self._words = vocabulary(look.project)

    def asked(self, written: Written, *, by_way: bool) -> AskedId | Refusal:
        """Return how; ``by_way`` asks for it by the way from the parameter, before a try."""
        getter = self._access.getter(written.target, many=False)
        unfit = self._unfit(getter, written)
        if getter is None or unfit is not None:
            return unfit or Refusal("")
        argument = self._argument(written, by_way)
        if not argument:
            return Refusal("the id is not written where it could be asked for")
        field = self._field(written.origin)
        optional = self._optional(written, field)
        left_out = field is not None and field.value is not None and not optional
        if written.set_only and left_out:
            return Refusal("where the client leaves it out, its default would be asked for")
        return AskedId(getter.name, argument, optional)

    def _unfit(self, getter: Getter | None, written: Written) -> Refusal | None:
        owner = self._access.name.rpartition(".")[2]
        if getter is None:
            model = written.target.rpartition(".")[2]
            return Refusal(f"{owner} has no getter of one {model}")
        if getter.absence is not Absence.NOT_FOUND:
            return Refusal(f"nothing says that {getter.name} refuses what it does not find")
        if not getter.is_async:
            return Refusal(f"{getter.name} is not asynchronous")
        return None

    def _argument(self, written: Written, by_way: bool) -> str:
        """The id as code: as it is written, else by the way from the parameter."""
        if isinstance(written.expression, _SIMPLE) and not by_way:
            start, end = self._look.source.lines.offsets(self._look.source.span(written.expression))
            text = self._look.source.text[start:end]
            return "" if "\n" in text else text
        root = written.origin.partition(".")[0]
        bindings = self._function.bindings.get(root, [])
        if len(bindings) != 1 or isinstance(written.expression, ast.IfExp):
            return ""
        return written.origin if _DOTTED.fullmatch(written.origin) else ""

    def _field(self, origin: str) -> AttributeSummary | None:
        """Return the field of a schema that an origin ends in."""
        root, *names = origin.split(".")
        parameter = self._parameter(root)
        if parameter is None or not names or "[]" in origin:
            return None
        found = self._words.symbol(parameter.type.without_none.name, self._function.module)
        for name in names[:-1]:
            inner, _ = field_schema(self._look.project, found.name, name) if found else ("", False)
            found = self._words.symbol(inner) if inner else None
        if found is None:
            return None
        declared = fields(self._look.project, found)
        return next((field for field in declared if field.name == names[-1]), None)

    def _optional(self, written: Written, field: AttributeSummary | None) -> bool:
        """Tell whether the id may be None; a column that takes none is never given one."""
        if field is not None and field.type is not None:
            return field.type.without_none != field.type
        parameter = self._parameter(written.origin)
        if parameter is not None and parameter.type.known:
            return parameter.type.without_none != parameter.type
        model = orm_models(self._look.project).classes[self._stored.model]
        column = model.columns[written.column]
        return column.nullable is not False

    def _parameter(self, name: str) -> Parameter | None:
        """Return a parameter of the function, or of one around it."""
        scope: Scope | None = self._function
        while scope is not None:
            symbol = self._words.symbol(f"{scope.module}.{scope.qualname}")
            found = symbol.definition if symbol is not None else None
            if isinstance(found, FunctionSummary) and found.parameter(name) is not None:
                return found.parameter(name)
            scope = scope.parent
        return None
