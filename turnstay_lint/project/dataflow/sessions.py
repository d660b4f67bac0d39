"""What a method is called on, if that is a session: for who asks about one call and no query.

A session is what it is to the forward pass, by annotation, dependency or maker; what is bound
several ways is one where it is every time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from msgspec import Struct

from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import Recorder
from turnstay_lint.project.dataflow.expressions import Evaluator, Exhausted
from turnstay_lint.project.dataflow.merging import element
from turnstay_lint.project.dataflow.parameters import parameters
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Instance,
    Session,
    SessionMaker,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import vocabulary
from turnstay_lint.project.models.concurrency import is_synchronous
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binding, Binds, Scope
from turnstay_lint.source.types import read_type

_ASYNC_MAKERS = frozenset({"async_sessionmaker", "async_scoped_session"})
_MOST_HOPS = 4


class Sessions(Struct):
    """The sessions of one file, asked about one expression at a time."""

    source: SourceFile
    project: Project
    evaluator: Evaluator
    known: dict[Scope, Environment]

    def is_asynchronous(self, expression: ast.expr, scope: Scope) -> bool:
        """Tell whether an expression is certainly an ``AsyncSession`` where it stands."""
        try:
            found = self._value(expression, scope, _MOST_HOPS)
        except (Exhausted, RecursionError):
            return False
        return isinstance(found, Session) and found.asynchronous is True

    def _value(self, expression: ast.expr, scope: Scope, hops: int) -> Value:
        if hops == 0:
            return UNKNOWN
        if isinstance(expression, ast.Name):
            return self._name(expression, scope, hops)
        if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
            return self._attribute(expression, expression.value, scope, hops)
        if isinstance(expression, ast.Call):
            made = self._maker(expression.func, scope)
            return Session(asynchronous=True) if made else self._evaluated(expression, scope)
        return self._evaluated(expression, scope)

    def _attribute(
        self, attribute: ast.Attribute, owner: ast.Name, scope: Scope, hops: int
    ) -> Value:
        """``self.session`` is what ``__init__`` says; of a variable's, what made that counts."""
        found = self._evaluated(attribute, scope)
        if found != UNKNOWN or scope.lookup(owner.id) is None:
            return found
        value = self._value(owner, scope, hops - 1)
        if isinstance(value, Instance):
            given = self._given(value.type, attribute.attr)
            if given is not None:
                return given
        environment = self._around(scope)
        return self.evaluator.attribute(value, attribute.attr, attribute, environment)

    def _given(self, owner: str, attribute: str) -> Session | None:
        """Return the session that a class, or a base of it, is made with under that name."""
        for base in self.project.lineage(owner):
            made = base.module.functions.get(f"{base.qualname}.__init__")
            given = made.parameter(attribute) if made is not None else None
            if given is not None:
                plain = given.type.without_none.name
                return self.evaluator.words.session_class(plain, base.module.name)
        return None

    def _name(self, name: ast.Name, scope: Scope, hops: int) -> Value:
        found = scope.lookup(name.id)
        if found is None:
            return self._evaluated(name, scope)
        owner, bindings = found
        place = name.lineno, name.col_offset
        before = [b for b in bindings if b.since <= place] if owner is scope else bindings
        return _one_of(self._bound(b, name.id, owner, hops) for b in before or bindings)

    def _bound(self, binding: Binding, name: str, owner: Scope, hops: int) -> Value:
        if binding.kind is Binds.PARAMETER:
            return self._parameter(binding.node, name, owner)
        if binding.kind is Binds.IMPORT:
            return self.evaluator.globals.named(binding.target, owner.module, 0)
        node = binding.node
        if isinstance(node, ast.With | ast.AsyncWith):
            return self._entered(node, name, owner, hops)
        if isinstance(node, ast.For | ast.AsyncFor):
            return element(self._evaluated(node.iter, owner))
        value = binding.value.value if isinstance(binding.value, ast.Await) else binding.value
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            declared = self._annotated(node.annotation, owner)
            if isinstance(declared, Session):
                return declared
        return self._value(value, owner, hops - 1) if value is not None else UNKNOWN

    def _parameter(self, parameter: ast.AST, name: str, owner: Scope) -> Value:
        """What an annotation says goes before what the dependency's name lets expect."""
        if isinstance(parameter, ast.arg) and parameter.annotation is not None:
            declared = self._annotated(parameter.annotation, owner.parent or owner)
            if isinstance(declared, Session):
                return declared
        found = self._around(owner).get(name) or UNKNOWN
        return UNKNOWN if isinstance(found, Session) and is_synchronous(self.project) else found

    def _annotated(self, annotation: ast.expr, scope: Scope) -> Value:
        return self.evaluator.words.of_type(read_type(annotation, scope), scope.module, 0)

    def _entered(
        self, statement: ast.With | ast.AsyncWith, name: str, owner: Scope, hops: int
    ) -> Value:
        """Only an asynchronous session is entered by ``async with``."""
        for item in statement.items:
            target = item.optional_vars
            if isinstance(target, ast.Name) and target.id == name:
                value = self._value(item.context_expr, owner, hops - 1)
                if isinstance(value, Session | SessionMaker):
                    asynchronous = value.asynchronous if isinstance(value, Session) else None
                    if asynchronous is None:
                        asynchronous = isinstance(statement, ast.AsyncWith)
                    return Session(asynchronous)
        return UNKNOWN

    def _maker(self, called: ast.expr, scope: Scope) -> bool:
        """Tell whether what is called is a variable that holds a maker of asynchronous sessions."""
        dotted = resolve(called, scope)
        symbol = self.evaluator.words.symbol(dotted, scope.module) if dotted else None
        variable = symbol.definition if symbol is not None else None
        if symbol is None or not isinstance(variable, VariableSummary):
            return False
        return _makes_asynchronous(variable.value, self.project, symbol.module.name)

    def _around(self, scope: Scope) -> Environment:
        """Return what a function knows when it begins."""
        function = scope.function
        if function is None:
            return Environment()
        known = self.known.get(function)
        if known is None:
            self.evaluator.scope = function
            outer = function.parent.function if function.parent is not None else None
            around = self._around(outer) if outer is not None else None
            known = self.known[function] = parameters(function, self.evaluator, around)
        return known

    def _evaluated(self, expression: ast.expr, scope: Scope) -> Value:
        environment = self._around(scope)
        self.evaluator.scope = scope
        return self.evaluator.value(expression, environment)


def sessions(source: SourceFile, project: Project) -> Sessions:
    """Return who tells the sessions of a file, made once for all rules."""
    kept = source.remembered("sessions", dict[int, Sessions])
    known = kept.get(id(project))
    if known is None or known.project is not project:
        evaluator = Evaluator(source, vocabulary(project), Recorder())
        known = kept[id(project)] = Sessions(source, project, evaluator, {})
    return known


def _one_of(values: Iterable[Value]) -> Value:
    each = list(values)
    return each[0] if each and all(value == each[0] for value in each) else UNKNOWN


def _makes_asynchronous(value: object, project: Project, near: str) -> bool:
    if not isinstance(value, Call) or value.subscript:
        return False
    name = project.canonical(value.name, near)
    if not name.startswith(("sqlalchemy.", "sqlmodel.")):
        return False
    made = value.keyword("class_")
    of_class = isinstance(made, Name) and made.name.endswith(".AsyncSession")
    return name.rpartition(".")[2] in _ASYNC_MAKERS or of_class
