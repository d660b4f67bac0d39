"""Classes that a revision defines for itself: their attributes, their objects, their methods."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from turnstay_lint.frameworks.alembic.values import (
    Arguments,
    Bound,
    Class,
    Function,
    Instance,
    Value,
)

_STATIC = "staticmethod"
_CLASS = "classmethod"
_COMPUTED = frozenset({"property", "cached_property"})


def has_methods(definition: ast.ClassDef) -> bool:
    """Tell whether a class has methods of its own."""
    return any(isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) for s in definition.body)


def fields_in(definition: ast.ClassDef) -> Iterator[str]:
    """Yield the names that a class annotates, in order: the fields of a dataclass."""
    for statement in definition.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def class_attribute(cls: Class, name: str) -> Value | None:
    """Return what a name of a class is; a class method is bound to it."""
    found = cls.attribute(name)
    if isinstance(found, Function) and _CLASS in _decorators(found):
        return Bound(found, cls)
    return found


def instance_attribute(instance: Instance, name: str) -> Value | None:
    """Return what an attribute of an object is; a method is bound to it."""
    if name in instance.names:
        return instance.names[name]
    found = instance.cls.attribute(name)
    if not isinstance(found, Function) or _STATIC in _decorators(found):
        return found
    return Bound(found, instance.cls if _CLASS in _decorators(found) else instance)


def is_computed(method: Bound) -> bool:
    """Tell whether reading a method calls it."""
    return bool(_COMPUTED & {*_decorators(method.function)})


def _decorators(function: Function) -> Iterable[str]:
    for decorator in getattr(function.node, "decorator_list", ()):
        match decorator:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def with_receiver(method: Bound, arguments: Arguments) -> Arguments:
    """Return the arguments of a method with the object before them."""
    positional = (method.receiver, *arguments.positional)
    return Arguments(positional, arguments.keywords, arguments.complete)


def new_instance(cls: Class, arguments: Arguments) -> Instance:
    """Return an object of a class; a dataclass takes its fields in order."""
    names = dict(zip(cls.fields, arguments.positional, strict=False))
    return Instance(cls, {**names, **arguments.keywords} if cls.fields else {})
