"""How a relationship is loaded before it is read: in the query, or by a refresh before the read.

The query is told where it stands in the same function; otherwise the object is refreshed, on a
line of its own before the statement that reads.
"""

from __future__ import annotations

import ast
from itertools import pairwise

from msgspec import Struct

from turnstay_lint.findings import Fix, safe
from turnstay_lint.project.dataflow.events import LazyRead
from turnstay_lint.project.models.relationship_loading import Strategy, relations
from turnstay_lint.project.schemas.schemas import importable_name
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import COMPREHENSIONS, Scope

REFRESH_AND_RETURN = "refresh_and_return"


class Step(Struct, frozen=True):
    """A relationship in a loader option: ``Account.company``; ``module`` to import the class."""

    model: str
    relationship: str
    module: str = ""


class AddOption(Struct, frozen=True):
    """Give the query that begins at ``root`` (the ``select(...)``) a loader option a chain."""

    root: Span
    chains: tuple[tuple[Step, ...], ...]


class AddGetOption(Struct, frozen=True):
    """Give the ``session.get(...)`` at ``call`` loader options for these relationships."""

    call: Span
    relationships: tuple[str, ...]


class RefreshBefore(Struct, frozen=True):
    """Refresh an object before a statement.

    ``names`` are the relationships, none for all that loads ahead; ``guarded`` says that the
    object may be None there; ``each`` is the collection whose items are refreshed one by one.
    """

    statement: Span
    session: str
    owner: str
    names: tuple[str, ...]
    guarded: bool = False
    each: str = ""


class ReturnRefreshed(Struct, frozen=True):
    """Return ``await refresh_and_return(session, account)`` instead of the ``value`` there."""

    value: Span
    session: str
    owner: str
    module: str


def loading_fix(look: Look, read: LazyRead) -> tuple[Fix | None, str]:
    """Return the fix of a read, or None and the reason why there is none."""
    names = ", ".join(relation.name for relation in read.relations)
    option = _option(look, read)
    if option is not None:
        return safe(f"Load {names} in the query", option), ""
    if any(r.target == r.model and r.many is not True for r in read.relations):
        return _of_itself(look, read, names)
    place = _Place(look, read)
    if isinstance(place.problem, str):
        return None, place.problem
    returned = _returned(look, read)
    if returned is not None:
        return safe(f"Return it refreshed, by {REFRESH_AND_RETURN}", returned), ""
    return safe(f"Load {names} before, by a refresh", place.refresh()), ""


def _of_itself(look: Look, read: LazyRead, names: str) -> tuple[Fix | None, str]:
    """A refresh does not follow a single relationship of a class with itself; an option does."""
    call = read.source.call
    plain = len(call.args) == 2 and not any(k.arg in (None, "options") for k in call.keywords)
    if read.source.kind == "get" and plain and not read.path and _is_within(call, read.scope):
        spelled = ast.unparse(call.args[0])
        relationships = tuple(f"{spelled}.{relation.name}" for relation in read.relations)
        plan = AddGetOption(look.source.span(call), relationships)
        return safe(f"Load {names} with session.get", plan), ""
    reason = "a refresh does not load a single object of its own class"
    return None, f"{reason}; load it in {_origin(read)}"


def _option(look: Look, read: LazyRead) -> AddOption | None:
    query = read.source.query
    if query is None or not query.clauses or query.clauses[0].method != "select":
        return None
    root = query.clauses[0].call
    if any(isinstance(argument, ast.Starred) for argument in root.args):
        return None
    models = [argument for argument in root.args if _meant(look, argument, read.scope) == read.root]
    if len(models) != 1 or not read.root or not _is_within(root, read.scope):
        return None
    spelled = ast.unparse(models[0])
    longest = [p for p in read.paths if not any(o[: len(p)] == p for o in read.paths if o != p)]
    chains = tuple(_chain_of(look, read, spelled, path) for path in dict.fromkeys(longest))
    return AddOption(look.source.span(root), chains)


def _chain_of(look: Look, read: LazyRead, spelled: str, path: tuple[str, ...]) -> tuple[Step, ...]:
    """Return ``Account.company``, ``Company.users``: each class by the name it has here."""
    steps = [Step(spelled, path[0])]
    model = read.root
    for before, name in pairwise(path):
        model = relations(look.project).of(model)[before].target
        module, _, own = importable_name(look.project, model).rpartition(".")
        steps.append(Step(own, name, module))
    return tuple(steps)


def _meant(look: Look, expression: ast.expr, scope: Scope) -> str:
    name = resolve(expression, scope)
    if name is None:
        return ""
    symbol = look.project.find(name, scope.module)
    if symbol is None and isinstance(expression, ast.Name):
        symbol = look.project.class_named(expression.id)
    return symbol.name if symbol is not None else ""


def _is_within(call: ast.Call, scope: Scope) -> bool:
    function = scope.function
    return function is None or any(node is call for node in ast.walk(function.node))


def _returned(look: Look, read: LazyRead) -> ReturnRefreshed | None:
    """The handbook's way of returning a new object, where the service has the function for it."""
    if not isinstance(read.node, ast.Return) or not isinstance(read.owner, ast.Name):
        return None
    if not _whole(read):
        return None
    found = look.project.remembered("refresh_and_return", lambda: _refreshing(look))
    if not found:
        return None
    return ReturnRefreshed(look.source.span(read.owner), _session(read), read.owner.id, found)


def _refreshing(look: Look) -> str:
    """Return the module to import ``refresh_and_return`` from, empty where there is not one."""
    found = [
        importable_name(look.project, f"{module.name}.{REFRESH_AND_RETURN}").rpartition(".")[0]
        for module in look.project.modules.values()
        if isinstance(module.functions.get(REFRESH_AND_RETURN), FunctionSummary)
    ]
    return found[0] if len(found) == 1 else ""


def _whole(read: LazyRead) -> bool:
    """Tell whether a refresh that names nothing loads all that is read."""
    return read.new and all(
        relation.strategy is Strategy.AHEAD
        and (relation.target != relation.model or relation.bounded)
        for relation in read.relations
    )


class _Place:
    """The statement to refresh before, and what stands in the way."""

    def __init__(self, look: Look, read: LazyRead) -> None:
        self._look = look
        self._read = read
        self._each = ""
        self._chain = _chain(look.source.tree, read.node)
        self.problem = self._find_problem()

    def _find_problem(self) -> str | None:
        read = self._read
        origin = _origin(read)
        if not _session(read):
            return f"no session is at hand to refresh it with; load it in {origin}"
        if read.below is None:
            return f"it lies below a collection; load it in {origin}"
        if read.owner is None or not _is_plain(read.owner):
            return f"the object has no name here; load it in {origin}"
        statement = self.statement
        if isinstance(statement, ast.While):
            return "it is read in the condition of a loop, before which no line can stand"
        if self._is_elif(statement) or not self._stands_alone(statement):
            return "no line of its own can stand before its statement"
        return self._bound_inside()

    def _bound_inside(self) -> str | None:
        """An object of a comprehension exists in it alone; its collection may have a name."""
        root = _root(self._read.owner)
        for node in self._chain:
            if isinstance(node, ast.Lambda):
                return "it is read in a lambda, where nothing can be awaited"
            if not isinstance(node, COMPREHENSIONS):
                continue
            for generator in node.generators:
                if any(
                    isinstance(n, ast.Name) and n.id == root for n in ast.walk(generator.target)
                ):
                    plain = isinstance(generator.target, ast.Name)
                    if not plain or not isinstance(generator.iter, ast.Name):
                        return f"its collection has no name here; load it in {_origin(self._read)}"
                    self._each = generator.iter.id
        return None

    @property
    def statement(self) -> ast.stmt:
        """Return the innermost statement that holds the read."""
        return [node for node in self._chain if isinstance(node, ast.stmt)][-1]

    def _is_elif(self, statement: ast.stmt) -> bool:
        line = self._look.source.lines.line(statement.lineno)
        return line[statement.col_offset :].startswith("elif")

    def _stands_alone(self, statement: ast.stmt) -> bool:
        span = self._look.source.span(statement)
        return not self._look.source.lines.line(span.line)[: span.column].strip()

    def refresh(self) -> RefreshBefore:
        """Return the plan of a refresh before the statement."""
        read = self._read
        assert read.owner is not None and read.below is not None
        names = () if _whole(read) else tuple(relation.name for relation in read.relations)
        return RefreshBefore(
            self._look.source.span(self.statement),
            _session(read),
            ".".join((ast.unparse(read.owner), *read.below)),
            names,
            guarded=not self._each and self._is_conditional(),
            each=self._each,
        )

    def _is_conditional(self) -> bool:
        """Tell whether the statement may pass the read by, as ``x.y if x else None`` does."""
        inside = self._chain[self._chain.index(self.statement) + 1 :]
        for outer, inner in pairwise([*inside, self._read.node]):
            if isinstance(outer, ast.IfExp) and inner is not outer.test:
                return True
            if isinstance(outer, ast.BoolOp) and inner is not outer.values[0]:
                return True
            if isinstance(outer, COMPREHENSIONS) and inner is not outer.generators[0]:
                return True
        return False


def _session(read: LazyRead) -> str:
    """Return how the session is called that gave the object, else one that is at hand."""
    called = read.source.call.func
    if read.source.kind in ("get", "query", "expired") and isinstance(called, ast.Attribute):
        if _is_plain(called.value):
            return ast.unparse(called.value)
    return read.session


def _origin(read: LazyRead) -> str:
    called = read.source.call.func
    name = getattr(called, "attr", getattr(called, "id", ""))
    return name if read.source.kind == "getter" and name else "the query that gives it"


def _is_plain(expression: ast.expr) -> bool:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return isinstance(expression, ast.Name)


def _root(expression: ast.expr | None) -> str:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else ""


def _chain(tree: ast.Module, wanted: ast.AST) -> list[ast.AST]:
    """Return the nodes around a node from the outside in, itself last if it is a statement."""
    parents: dict[ast.AST, ast.AST] = {}
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            parents[child] = node
    found: list[ast.AST] = [wanted] if isinstance(wanted, ast.stmt) else []
    here = wanted
    while here in parents:
        here = parents[here]
        found.append(here)
    return found[::-1]
