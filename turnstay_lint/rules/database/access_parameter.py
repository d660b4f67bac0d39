"""The parameter that gives an endpoint its access object, in the endpoint's own style.

A function declares its dependencies as defaults, in ``Annotated``, or by names of such types;
what the file itself says decides, then what the service's dependencies module offers.
"""

from __future__ import annotations

import ast
from enum import Enum

from msgspec import Struct

from turnstay_lint.project.dataflow.events import TenantName
from turnstay_lint.project.project import Project
from turnstay_lint.project.routers import endpoints
from turnstay_lint.project.summary import VariableSummary
from turnstay_lint.project.values import Call, Name
from turnstay_lint.rules.database.missing_row import Refusal
from turnstay_lint.rules.database.tenant_queries import outermost_function
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope

_ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")


class Style(Enum):
    """How a function declares a dependency."""

    DEFAULT = "default"
    ANNOTATED = "annotated"
    ALIAS = "alias"


class AccessParameter(Struct, frozen=True):
    """A parameter to add, as code; ``imports`` are (module, name) that the code needs."""

    name: str
    code: str
    has_default: bool
    imports: tuple[tuple[str, str], ...] = ()


def access_parameter(look: Look, function: Scope) -> AccessParameter | str:
    """Return the parameter that gives ``function`` the access object, or why there is none."""
    found = _Dependencies(look, function)
    if not found.access_class:
        return f"the service has no {look.settings.access_class}"
    if not found.dependency:
        return f"the service has no dependency {look.settings.access_dependency}"
    return found.parameter()


def access_for(
    look: Look, scope: Scope, tenants: tuple[TenantName, ...]
) -> str | AccessParameter | Refusal:
    """Return the variable that has the access object, or the parameter for it, or why none can."""
    for name in tenants:
        if name.kind == "access":
            return name.expression.rpartition(".")[0]
    function, outer = scope.function, outermost_function(scope)
    if function is None or outer is not function:
        return Refusal("it stands in an inner function, which FastAPI fills no parameters of")
    if not any(e.function is function.node for e in endpoints(look.project, look.source)):
        return Refusal("the function is no endpoint, so FastAPI fills no parameters of it")
    found = access_parameter(look, function)
    return Refusal(found) if isinstance(found, str) else found


class _Dependencies:
    """How one file and its service speak of the access object."""

    def __init__(self, look: Look, function: Scope) -> None:
        self._look = look
        self._project: Project = look.project
        self._function = function
        self._outer = function.parent or function
        self._near = function.module
        access = look.settings.access_class.rpartition(".")[2]
        symbol = self._project.class_named(access)
        self.access_class = symbol.name if symbol is not None else ""
        self._module = symbol.module.name if symbol is not None else ""
        self.dependency = self._find_dependency(look.settings.access_dependency)
        self._imports: list[tuple[str, str]] = []

    def _find_dependency(self, name: str) -> str:
        if self._project.find(f"{self._module}.{name}") is not None:
            return f"{self._module}.{name}"
        for module in self._project.modules.values():
            if name in module.functions:
                return f"{module.name}.{name}"
        return ""

    def parameter(self) -> AccessParameter:
        name = self._free_name()
        style = self._style()
        alias = self._alias() if style is Style.ALIAS else ""
        if alias:
            code = f"{name}: {self._said(alias)}"
            return AccessParameter(name, code, False, tuple(self._imports))
        class_ = self._said(self.access_class)
        depends = f"{self._imported('fastapi', 'Depends')}({self._said(self.dependency)})"
        if style is Style.DEFAULT:
            return AccessParameter(
                name, f"{name}: {class_} = {depends}", True, tuple(self._imports)
            )
        annotated = self._imported("typing", "Annotated")
        code = f"{name}: {annotated}[{class_}, {depends}]"
        return AccessParameter(name, code, False, tuple(self._imports))

    def _free_name(self) -> str:
        words = self._look.settings.access_class.rpartition(".")[2]
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in words).lstrip("_")
        return name if name not in self._function.bindings else f"{name}_"

    def _style(self) -> Style:
        """The function's own style, else that of the file's other functions."""
        here = self._look.source.index.functions
        for scope in (self._function, *here):
            node = scope.node
            assert isinstance(node, FunctionNode)
            for style in self._styles(node, scope.parent or scope):
                return style
        return Style.DEFAULT

    def _styles(self, node: ast.AST, outer: Scope) -> list[Style]:
        assert isinstance(node, FunctionNode)
        plain = [*node.args.posonlyargs, *node.args.args]
        found = [
            Style.DEFAULT
            for default in (*node.args.defaults, *node.args.kw_defaults)
            if isinstance(default, ast.Call) and self._is_depends(default, outer)
        ]
        for parameter in (*plain, *node.args.kwonlyargs):
            match parameter.annotation:
                case ast.Subscript(value=base, slice=ast.Tuple(elts=said)) if (
                    resolve(base, outer) in _ANNOTATED
                ):
                    if any(isinstance(s, ast.Call) and self._is_depends(s, outer) for s in said):
                        found.append(Style.ANNOTATED)
                case ast.Name() | ast.Attribute():
                    name = resolve(parameter.annotation, outer)
                    if name and self._is_alias(name):
                        found.append(Style.ALIAS)
        return found

    def _is_depends(self, call: ast.Call, scope: Scope) -> bool:
        name = resolve(call.func, scope)
        return name is not None and self._project.canonical(name, self._near) == "fastapi.Depends"

    def _is_alias(self, name: str) -> bool:
        symbol = self._project.find(name, self._near)
        definition = symbol.definition if symbol is not None else None
        return (
            isinstance(definition, VariableSummary)
            and isinstance(definition.value, Call)
            and definition.value.name in _ANNOTATED
        )

    def _alias(self) -> str:
        """Return the name of the annotated type that gives the access class, or an empty one."""
        for module in self._project.modules.values():
            for name, variable in module.variables.items():
                value = variable.value
                if isinstance(value, Call) and value.name in _ANNOTATED and value.arguments:
                    first = value.arguments[0]
                    if isinstance(first, Name):
                        if self._project.canonical(first.name, module.name) == self.access_class:
                            return f"{module.name}.{name}"
        return ""

    def _said(self, dotted: str) -> str:
        """Return what this file calls a thing of the dependencies module, importing it if need be.

        A file that imports the module (``from app.api import deps``) says ``deps.CompanyAccess``;
        one that imports names from it gets one more name.
        """
        module, _, name = dotted.rpartition(".")
        direct = None
        for local, bindings in self._look.source.scope.bindings.items():
            target = bindings[-1].target
            if not target:
                continue
            if self._project.canonical(target, self._near) == dotted:
                return local
            if self._project.canonical(target, self._near) == module:
                direct = f"{local}.{name}"
        if direct is not None:
            return direct
        if module == self._near:
            return name
        if self._imports_from(module):
            self._imports.append((module, name))
            return name
        package, _, last = module.rpartition(".")
        if package:
            self._imports.append((package, last))
            return f"{last}.{name}"
        self._imports.append((module, name))
        return name

    def _imports_from(self, module: str) -> bool:
        return any(
            bindings[-1].target.startswith(f"{module}.")
            for bindings in self._look.source.scope.bindings.values()
        )

    def _imported(self, module: str, name: str) -> str:
        for local, bindings in self._look.source.scope.bindings.items():
            if bindings[-1].target == f"{module}.{name}":
                return local
            if bindings[-1].target == module and bindings[-1].node.__class__ is ast.Import:
                return f"{local}.{name}"
        self._imports.append((module, name))
        return name
