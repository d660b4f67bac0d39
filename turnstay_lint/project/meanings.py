"""Which function of the service a call means, as its summary says it.

A method may be meant by its class, by one that inherits it, or by a base that knows it as its own;
where nothing tells what it is called on, the only one of that name in the service is meant, those
that override it too.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import (
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    VariableSummary,
)
from turnstay_lint.project.summaries.values import Call, Name

_SELF = frozenset({"typing.Self", "typing_extensions.Self"})


def meant(
    project: Project, module: ModuleSummary, function: FunctionSummary, called: str
) -> Iterator[str]:
    """Yield the function that a call means, a class's ``__init__`` for its own call."""
    owner, _, method = called.rpartition(".")
    if called.startswith("*."):
        yield from _only_method(project, method)
    elif called.startswith("<"):
        yield from _on_parameter(project, module, function, called)
    elif owner == "builtins.super()":
        yield from _inherited(project, module, function, method)
    elif owner.endswith("()"):
        holder = class_made(project, owner.removesuffix("()"), module.name)
        if holder is None:
            yield from _only_method(project, method)
        else:
            yield from methods_meant(project, holder.name, method, holder.module.name)
    else:
        yield from _named(project, called, module.name)


def _named(project: Project, called: str, near: str) -> Iterator[str]:
    symbol = project.find(called, near)
    if symbol is not None and isinstance(symbol.definition, FunctionSummary):
        yield symbol.name
    elif symbol is not None and isinstance(symbol.definition, ClassSummary):
        yield f"{symbol.name}.__init__"
    elif symbol is None:
        owner, _, method = called.rpartition(".")
        holder = _class_of(project, owner, near) if owner else None
        if holder is not None:
            yield from methods_meant(project, holder.name, method, holder.module.name)


def methods_meant(project: Project, holder: str, method: str, near: str) -> Iterator[str]:
    """Yield the method of that name of a class, or of the nearest base that has it."""
    for symbol in project.lineage(holder, near):
        if isinstance(symbol.definition, ClassSummary) and method in symbol.definition.methods:
            yield f"{symbol.name}.{method}"
            return


def _class_of(project: Project, name: str, near: str) -> Symbol | None:
    """Return the class that a dotted name is, or that a variable of that name holds."""
    symbol = project.find(name, near)
    if symbol is None or isinstance(symbol.definition, ClassSummary):
        return symbol
    if not isinstance(symbol.definition, VariableSummary):
        return None
    held = symbol.definition
    if held.type is not None:
        return _class_symbol(project, held.type.without_none.name, symbol.module.name)
    if isinstance(held.value, Call) and not held.value.subscript:
        return class_made(project, held.value.name, symbol.module.name)
    return None


def class_made(project: Project, made: str, near: str) -> Symbol | None:
    """Return the class whose object a call gives: of the class, a factory, a class method.

    ``made`` is the dotted name of what is called in the module ``near``.
    """
    symbol = project.find(made, near)
    if symbol is not None and isinstance(symbol.definition, ClassSummary):
        return symbol
    owner, _, method = made.rpartition(".")
    holder = _class_symbol(project, owner, near) if owner else None
    if holder is not None:
        for name in methods_meant(project, owner, method, near):
            found = project.find(name)
            if found is not None and isinstance(found.definition, FunctionSummary):
                own = _gives_own(found, project)
                return holder if own else _given_by(project, found.definition, found.module.name)
    if symbol is not None and isinstance(symbol.definition, FunctionSummary):
        return _given_by(project, symbol.definition, symbol.module.name)
    return None


def _gives_own(symbol: Symbol, project: Project) -> bool:
    """Tell whether a method gives an object of its own class: ``-> Self``."""
    definition = symbol.definition
    if not isinstance(definition, FunctionSummary):
        return False
    said = {definition.returns.name, *(inner.name for inner in definition.returns.arguments)}
    owner = symbol.qualname.rpartition(".")[0].rpartition(".")[2]
    return any(
        project.canonical(name, symbol.module.name) in _SELF or name.rpartition(".")[2] == owner
        for name in said
    )


def _given_by(project: Project, function: FunctionSummary, near: str) -> Symbol | None:
    """``-> AsyncIterator[Service]`` of a context manager gives what it yields."""
    returns = function.returns.without_none
    for name in (returns.name, *(inner.name for inner in returns.arguments)):
        found = _class_symbol(project, name, near)
        if found is not None:
            return found
    return None


def _class_symbol(project: Project, name: str, near: str) -> Symbol | None:
    symbol = project.find(name, near) if name not in ("?", "|") else None
    return symbol if symbol is not None and isinstance(symbol.definition, ClassSummary) else None


def _on_parameter(
    project: Project, module: ModuleSummary, function: FunctionSummary, called: str
) -> Iterator[str]:
    name, _, method = called[1:].partition(">.")
    owner = function.name.rpartition(".")[0]
    first = function.parameters[0].name if function.parameters else ""
    if name == first and owner in module.classes:
        holder = f"{module.name}.{owner}"
        yield from methods_meant(project, holder, method, module.name)
        yield from _overriding(project, holder, method)
        return
    parameter = function.parameter(name)
    if parameter is None or parameter.type.name == "?":
        yield from _only_method(project, method)
        return
    plain = _plain_class(project, parameter.type.without_none.name, module.name)
    yield from methods_meant(project, plain, method, module.name)
    yield from _overriding(project, project.canonical(plain, module.name), method)


def _plain_class(project: Project, name: str, near: str) -> str:
    """``CompanyAccessDep`` stands for the class that it annotates."""
    symbol = project.find(name, near)
    if symbol is not None and isinstance(symbol.definition, VariableSummary):
        value = symbol.definition.value
        if isinstance(value, Call) and value.arguments and isinstance(value.arguments[0], Name):
            return project.canonical(value.arguments[0].name, symbol.module.name)
    return name


def _inherited(
    project: Project, module: ModuleSummary, function: FunctionSummary, method: str
) -> Iterator[str]:
    """``super().method()`` means the nearest base's."""
    own = f"{module.name}.{function.name.rpartition('.')[0]}"
    for symbol in project.lineage(own, module.name):
        if symbol.name == own or not isinstance(symbol.definition, ClassSummary):
            continue
        if method in symbol.definition.methods:
            yield f"{symbol.name}.{method}"
            return


def _overriding(project: Project, holder: str, method: str) -> tuple[str, ...]:
    """A base that calls a method of its own means that of whichever class it is derived to."""
    return _defined_below(project, method).get(holder, ())


@project_fact
def _defined_below(project: Project, method: str) -> dict[str, tuple[str, ...]]:
    """Return the methods of that name by the classes that theirs derive from."""
    found: dict[str, list[str]] = {}
    for symbol in methods(project).get(method, ()):
        for base in dict.fromkeys(project.ancestors(symbol.name)):
            if base != symbol.name:
                found.setdefault(base, []).append(f"{symbol.name}.{method}")
    return {base: tuple(names) for base, names in found.items()}


def _only_method(project: Project, method: str) -> Iterator[str]:
    holders = methods(project).get(method, ())
    for first in holders:
        if all(h is first or first.name in project.ancestors(h.name) for h in holders):
            yield from (f"{holder.name}.{method}" for holder in holders)
            return


@project_fact
def methods(project: Project) -> dict[str, tuple[Symbol, ...]]:
    """Return the classes that define a method of each name."""
    found: dict[str, list[Symbol]] = {}
    for symbol in project.classes():
        assert isinstance(symbol.definition, ClassSummary)
        for method in symbol.definition.methods:
            found.setdefault(method, []).append(symbol)
    return {name: tuple(holders) for name, holders in found.items()}
