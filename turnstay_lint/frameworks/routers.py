"""What a route is added to: the routers and applications of FastAPI, as one file shows them.

A router is a variable of the module or of a function, a parameter annotated with its class, an
attribute of a class, what a factory returns, or ``self`` in a subclass of APIRouter. Where it
comes from another module, that module decides; the file alone then says only its name.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binding, Binds, FunctionNode, Scope
from turnstay_lint.source.types import Type, read_type

APPLICATION_CLASSES = frozenset({"fastapi.FastAPI", "fastapi.applications.FastAPI"})
ROUTER_CLASSES = APPLICATION_CLASSES | {
    "fastapi.APIRouter",
    "fastapi.routing.APIRouter",
    "fastapi_utils.inferring_router.InferringRouter",
    "fastapi_restful.inferring_router.InferringRouter",
}
_MOST_DEPTH = 8
_BUILTINS = frozenset(dir(builtins))


class Router(Struct, frozen=True):
    """The value that a route is added to.

    ``name`` is the dotted name of the variable or attribute that holds it, empty for a local one.
    ``type`` is the dotted name of its class or of the factory that makes it, empty where only
    another module knows it. ``made_by`` is the call that makes it, where this file holds that.
    ``certain`` says that this file alone shows it to be a router; otherwise the project decides.
    """

    name: str = ""
    type: str = ""
    made_by: ast.Call | None = None
    scope: Scope | None = None
    certain: bool = False

    @property
    def looks_like_one(self) -> bool:
        """Tell whether it is a router, or is at least called so."""
        return self.certain or any(
            looks_like_router(name.rpartition(".")[2]) for name in (self.name, self.type)
        )

    def keyword(self, name: str) -> ast.expr | None:
        """Return a keyword of the call that makes it, or None."""
        keywords = self.made_by.keywords if self.made_by is not None else []
        return next((keyword.value for keyword in keywords if keyword.arg == name), None)


def looks_like_router(name: str) -> bool:
    """Tell whether a variable is called as routers and applications are."""
    last = name.lower()
    return last in ("router", "app", "application") or last.endswith(("_router", "_app", "router"))


def router_of(expression: ast.expr, scope: Scope, source: SourceFile) -> Router | None:
    """Return the router that an expression may be, or None where the file shows it is none."""
    found = scope.lookup(expression.id) if isinstance(expression, ast.Name) else None
    if found is None or len(found[1]) > 1:
        return _Search(source).of(expression, scope, _MOST_DEPTH)
    # Most routes of a file are those of one router, which is bound once.
    key = "router", found[1][0].node, getattr(expression, "id", "")
    return source.remembered(key, lambda: _Search(source).of(expression, scope, _MOST_DEPTH))


class _Search(Struct, frozen=True):
    source: SourceFile

    def of(self, expression: ast.expr | None, scope: Scope, depth: int) -> Router | None:
        if depth == 0:
            return None
        match expression:
            case ast.Name():
                return self._of_name(expression, scope, depth)
            case ast.Attribute():
                return self._of_attribute(expression, scope, depth)
            case ast.Call():
                return self._of_call(expression, scope, depth)
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                return self.of(inner, scope, depth - 1)
            case ast.BoolOp(values=choices):
                return self._first(choices, scope, depth)
            case ast.IfExp(body=one, orelse=other):
                return self._first([one, other], scope, depth)
        return None

    def _first(self, choices: list[ast.expr], scope: Scope, depth: int) -> Router | None:
        found = [self.of(choice, scope, depth - 1) for choice in choices]
        routers = [router for router in found if router is not None]
        return next((r for r in routers if r.certain), routers[0] if routers else None)

    def _of_name(self, name: ast.Name, scope: Scope, depth: int) -> Router | None:
        found = scope.lookup(name.id)
        if found is None:
            certain = looks_like_router(name.id) and name.id not in _BUILTINS
            return Router(name.id, certain=True) if certain else None
        owner, bindings = found
        routers = [self._bound(binding, owner, depth) for binding in bindings]
        telling = [router for router in routers if router is not None]
        if not telling:
            return None
        before = [
            router
            for router, binding in zip(routers, bindings, strict=True)
            if router is not None and (owner is not scope or binding.line <= name.lineno)
        ]
        router = (before or telling)[-1]
        if owner.is_module and not router.name:
            router = replace(router, name=f"{owner.module}.{name.id}")
        return router

    def _bound(self, binding: Binding, owner: Scope, depth: int) -> Router | None:
        match binding.kind, binding.node:
            case Binds.IMPORT, _:
                return Router(binding.target)
            case Binds.PARAMETER, ast.arg(annotation=annotation):
                return self._parameter(binding.node.arg, annotation, owner)
            case _, ast.AnnAssign(annotation=annotation):
                made = self.of(binding.value, owner, depth - 1)
                return made or self._of_type(read_type(annotation, owner))
            case Binds.OTHER, ast.For(iter=ast.Tuple() | ast.List() as items):
                return self._first(items.elts, owner, depth)
            case Binds.ASSIGNMENT, _:
                return self.of(binding.value, owner, depth - 1)
        return None

    def _parameter(self, name: str, annotation: ast.expr | None, function: Scope) -> Router | None:
        if annotation is not None:
            return self._of_type(read_type(annotation, function.parent or function))
        return self._self(name, function)

    def _self(self, name: str, function: Scope) -> Router | None:
        """``self`` in a method of a subclass of APIRouter is a router."""
        owner = function.parent
        node = function.node
        if owner is None or not owner.is_class or not isinstance(node, FunctionNode):
            return None
        first = [*node.args.posonlyargs, *node.args.args][:1]
        if not first or first[0].arg != name:
            return None
        return self._of_class(f"{owner.module}.{owner.qualname}")

    def _of_type(self, type_: Type) -> Router | None:
        for member in type_.without_none.members:
            if member.name not in ("?", "None"):
                return self._of_class(member.name)
        return None

    def _of_class(self, name: str) -> Router | None:
        """Judge an instance of a class by name: its bases in this file, else the project."""
        seen: set[str] = set()
        todo = [name]
        outside = False
        while todo:
            current = todo.pop()
            if current in ROUTER_CLASSES:
                return Router(type=name, certain=True)
            if current in seen or current.startswith("builtins."):
                continue
            seen.add(current)
            declared = self._class(current)
            if declared is None:
                outside = True
                continue
            outer = declared.parent or declared
            bases = declared.node.bases if isinstance(declared.node, ast.ClassDef) else []
            todo.extend(base for base in (resolve(b, outer) for b in bases) if base)
        return Router(type=name) if outside else None

    def _class(self, name: str) -> Scope | None:
        return _classes(self.source).get(name)

    def _of_call(self, call: ast.Call, scope: Scope, depth: int) -> Router | None:
        name = resolve(call.func, scope)
        if name is None:
            return None
        function = self._function(name)
        if function is not None:
            return self._of_factory(function, depth)
        found = self._of_class(name)
        return replace(found, made_by=call, scope=scope) if found is not None else None

    def _function(self, name: str) -> Scope | None:
        return _functions(self.source).get(name)

    def _of_factory(self, function: Scope, depth: int) -> Router | None:
        node = function.node
        assert isinstance(node, FunctionNode)
        for value in returned_values(node):
            made = self.of(value, function, depth - 1)
            if made is not None:
                return replace(made, name="")
        return self._of_type(read_type(node.returns, function.parent or function))

    def _of_attribute(self, attribute: ast.Attribute, scope: Scope, depth: int) -> Router | None:
        base = attribute.value
        owner = self._instance_of(base, scope)
        if owner is not None:
            return self._of_class_attribute(owner, attribute.attr, depth)
        holder = self.of(base, scope, depth - 1) if attribute.attr == "router" else None
        if holder is not None and holder.certain and holder.type in APPLICATION_CLASSES:
            return replace(holder, type="fastapi.APIRouter", made_by=None)
        name = resolve(attribute, scope)
        if name is not None:
            declared = self._class(name.rpartition(".")[0])
            if declared is not None:
                return self._of_class_attribute(declared, attribute.attr, depth)
            return Router(name)
        annotated = self._annotated(base, scope)
        return Router(f"{annotated}.{attribute.attr}") if annotated else None

    @staticmethod
    def _instance_of(base: ast.expr, scope: Scope) -> Scope | None:
        """Return the class whose ``self`` or ``cls`` an expression is."""
        if not isinstance(base, ast.Name):
            return None
        found = scope.lookup(base.id)
        if found is None or found[1][0].kind is not Binds.PARAMETER:
            return None
        owner = found[0].parent
        arguments = getattr(found[0].node, "args", None)
        if owner is None or not owner.is_class or not isinstance(arguments, ast.arguments):
            return None
        first = [*arguments.posonlyargs, *arguments.args][:1]
        return owner if first and first[0].arg == base.id else None

    @staticmethod
    def _annotated(base: ast.expr, scope: Scope) -> str:
        found = scope.lookup(base.id) if isinstance(base, ast.Name) else None
        if found is None or not isinstance(found[1][0].node, ast.arg):
            return ""
        type_ = read_type(found[1][0].node.annotation, found[0].parent or found[0])
        return type_.without_none.name.strip("?|")

    def _of_class_attribute(self, owner: Scope, name: str, depth: int) -> Router | None:
        in_body = owner.bindings.get(name, ())
        found = [self._bound(binding, owner, depth) for binding in in_body]
        found += [
            self.of(value, scope, depth - 1) for value, scope in self._set_on_self(owner, name)
        ]
        routers = [router for router in found if router is not None]
        if routers:
            return replace(routers[-1], name=f"{owner.module}.{owner.qualname}.{name}")
        if in_body or not getattr(owner.node, "bases", None):
            return None
        return Router(f"{owner.module}.{owner.qualname}.{name}")

    def _set_on_self(self, owner: Scope, name: str) -> Iterator[tuple[ast.expr, Scope]]:
        """Yield what the methods of a class assign to ``self.name``."""
        for method in self.source.index.functions:
            if method.parent is not owner:
                continue
            for node in ast.walk(method.node):
                if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                    continue
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    match target:
                        case ast.Attribute(value=ast.Name(), attr=attr) if attr == name:
                            yield node.value, method


@fact
def _classes(source: SourceFile) -> dict[str, Scope]:
    """Return the classes of a file by their dotted names, of several the first."""
    return {f"{one.module}.{one.qualname}": one for one in reversed(source.index.classes)}


@fact
def _functions(source: SourceFile) -> dict[str, Scope]:
    return {f"{one.module}.{one.qualname}": one for one in reversed(source.index.functions)}


def returned_values(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """Yield what a function returns, in order, bare returns left out."""
    todo: list[ast.AST] = list(reversed(function.body))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return):
            if node.value is not None:
                yield node.value
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            if not isinstance(node, FunctionNode | ast.ClassDef):
                todo.extend(reversed(list(ast.iter_child_nodes(node))))
