"""How a file speaks of dependencies: the names that it has for them, and how it declares them.

A function declares its dependencies as defaults, in ``Annotated``, or by names of such types;
what the file itself says decides, then what the service's dependencies module offers.
"""

from __future__ import annotations

import ast
from enum import Enum

from msgspec import Struct

from turnstay_lint.project.access.dependencies import can_be_depended_on
from turnstay_lint.project.access.factories import inner_functions
from turnstay_lint.project.access.guards import DEPENDS
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import FunctionSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import Type

_GENERATORS = frozenset({"AsyncGenerator", "AsyncIterator", "Generator", "Iterator"})
ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")


class Style(Enum):
    """How a function declares a dependency."""

    DEFAULT = "default"
    ANNOTATED = "annotated"
    ALIAS = "alias"


class DependencyParameter(Struct, frozen=True):
    """A parameter to add, as code; ``imports`` are (module, name) that the code needs."""

    name: str
    code: str
    has_default: bool
    imports: tuple[tuple[str, str], ...] = ()


class FileWords:
    """What one file calls things; ``imports`` grows by what it has no name for yet."""

    def __init__(self, look: Look, function: Scope) -> None:
        """``function`` is the one whose style counts first, or the module's own scope."""
        self._look = look
        self._project: Project = look.project
        self._function = function
        self._near = function.module
        self.imports: list[tuple[str, str]] = []

    def parameter(
        self, name: str, type_: str, dependency: str, alias: str = ""
    ) -> DependencyParameter:
        """Return a parameter in the function's style.

        ``type_`` and ``dependency`` are code, ``alias`` the dotted name of a type that says both.
        """
        style = self.style()
        if style is Style.ALIAS and alias:
            code = f"{name}: {self.said(alias)}"
            return DependencyParameter(name, code, False, tuple(self.imports))
        depends = f"{self.imported('fastapi', 'Depends')}({dependency})"
        if style is Style.DEFAULT:
            code = f"{name}: {type_} = {depends}"
            return DependencyParameter(name, code, True, tuple(self.imports))
        annotated = self.imported("typing", "Annotated")
        code = f"{name}: {annotated}[{type_}, {depends}]"
        return DependencyParameter(name, code, False, tuple(self.imports))

    def style(self) -> Style:
        """Return the function's own style, else that of the file's other functions."""
        here = self._look.source.index.functions
        first = [self._function] if self._function.is_function else []
        for scope in (*first, *here):
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
                    resolve(base, outer) in ANNOTATED
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
            and definition.value.name in ANNOTATED
        )

    def said(self, dotted: str) -> str:
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
            self.imports.append((module, name))
            return name
        package, _, last = module.rpartition(".")
        if package:
            self.imports.append((package, last))
            return f"{last}.{name}"
        self.imports.append((module, name))
        return name

    def imported(self, module: str, name: str) -> str:
        """Return what this file calls a thing of a framework, importing it if need be."""
        for local, bindings in self._look.source.scope.bindings.items():
            if bindings[-1].target == f"{module}.{name}":
                return local
            if bindings[-1].target == module and bindings[-1].node.__class__ is ast.Import:
                return f"{local}.{name}"
        self.imports.append((module, name))
        return name

    def _imports_from(self, module: str) -> bool:
        return any(
            bindings[-1].target.startswith(f"{module}.")
            for bindings in self._look.source.scope.bindings.values()
        )


def dependency_named(look: Look, name: str) -> str:
    """Return the dotted name of the service's dependency of that name, empty where it has none.

    Where several modules have one, that of the access class is meant, or the first. A function
    that must be told something which FastAPI does not know is called so by chance.
    """
    if not name or "*" in name:
        return ""
    access = look.project.class_named(look.settings.access_class.rpartition(".")[2])
    beside = f"{access.module.name}.{name}" if access is not None else ""
    modules = look.project.modules.values()
    others = [f"{module.name}.{name}" for module in modules if name in module.functions]
    for dotted in [beside, *others] if beside else others:
        symbol = look.project.find(dotted)
        if symbol is not None and not is_apart(symbol.module.path):
            if can_be_depended_on(look.project, symbol.name):
                return dotted
    return ""


def dependency_code(look: Look, words: FileWords, dotted: str) -> str:
    """Return what ``Depends`` is given for a dependency: a factory is called."""
    called = "()" if inner_functions(look.project, dotted) else ""
    return f"{words.said(dotted)}{called}"


def type_code(look: Look, words: FileWords, dependency: str) -> str:
    """Return what a file writes for what a dependency gives, empty where nobody says what."""
    symbol = look.project.find(dependency)
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return ""
    given = symbol.definition.returns
    if given.name.rpartition(".")[2] in _GENERATORS and given.arguments:
        given = given.arguments[0]
    return _written(look, words, look.project.canonical_type(given, symbol.module.name))


def _written(look: Look, words: FileWords, type_: Type) -> str:
    if not type_.known:
        return ""
    if type_.name == "|":
        return " | ".join(_written(look, words, member) for member in type_.arguments)
    module, _, name = type_.name.rpartition(".")
    code = name if module in ("", "builtins") else words.imported(module, name)
    inner = ", ".join(_written(look, words, argument) for argument in type_.arguments)
    return f"{code}[{inner}]" if inner else code


def parameter_of(look: Look, scope: Scope, dependency: str) -> str:
    """Return the parameter that depends on it already, empty where there is none."""
    symbol = look.project.find(f"{scope.module}.{scope.qualname}")
    function = symbol.definition if symbol is not None else None
    if not isinstance(function, FunctionSummary):
        return ""
    for parameter in function.parameters:
        real = look.project.parameter(parameter, scope.module)
        for value in (parameter.default, *real.metadata):
            if isinstance(value, Call) and value.arguments:
                called = look.project.canonical(value.name, scope.module)
                given = value.arguments[0]
                if called in DEPENDS and isinstance(given, Name):
                    if look.project.canonical(given.name, scope.module) == dependency:
                        return parameter.name
    return ""
