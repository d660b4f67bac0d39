"""A validator of Pydantic 1 in the words of Pydantic 2, or why it cannot be said in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.project.schemas.validators import Validator
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.schemas.rewrite import Rewrite
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span

BEFORE = "what it is given before may be no dict, but an object"
READS_DATA = "values holds the fields before this one; info.data does, if they were valid"
AFTER = "it runs on the object, and its fields are attributes"
_GONE = {
    "each_item": "each_item is said by the type of the elements now",
    "always": "always is said by validate_default of the field now",
    "whole": "whole has no counterpart",
    "**": "its arguments are made elsewhere",
}
_NO_COUNTERPART = "a validator is told otherwise of {name} now: look at what it does with it"


class NotModern(Exception):
    """A validator that Pydantic 2 has no words for; the message says why, for the user."""


def modern_field(source: SourceFile, validator: Validator) -> tuple[Rewrite, str]:
    """Return how ``@validator`` becomes ``@field_validator``, and what may differ.

    Raises NotModern.
    """
    before = _flag(validator, "pre")
    _check_keywords(validator, ("pre", "allow_reuse", "check_fields"))
    parameters = [*validator.function.args.posonlyargs, *validator.function.args.args]
    _check_signature(validator, [parameter.arg for parameter in parameters[2:]])
    if not isinstance(validator.decorator, ast.Call):
        raise NotModern("it names no field")
    arguments = [_text(source, argument) for argument in validator.decorator.args]
    if before:
        arguments.append('mode="before"')
    if "check_fields" in validator.keywords:
        arguments.append(f"check_fields={_text(source, validator.keywords['check_fields'])}")
    parts = [_decorator(source, validator, "field_validator", arguments)]
    parts += _class_method(source, validator)
    imports: list[tuple[str, str]] = _import(validator, "field_validator")
    caution = BEFORE if before else ""
    if len(parameters) > 2:
        parts += _with_info(source, validator, parameters[2])
        imports.append(("pydantic", "ValidationInfo"))
        caution = READS_DATA
    return Rewrite(tuple(parts), tuple(imports), _unused(validator)), caution


def modern_model(source: SourceFile, validator: Validator) -> tuple[Rewrite, str]:
    """Return how ``@root_validator`` becomes ``@model_validator``, and what may differ.

    Raises NotModern.
    """
    before = _flag(validator, "pre")
    _check_keywords(validator, ("pre", "allow_reuse", "skip_on_failure"))
    mode = "before" if before else "after"
    parts = [_decorator(source, validator, "model_validator", [f'mode="{mode}"'])]
    imports = tuple(_import(validator, "model_validator"))
    if before:
        parts += _class_method(source, validator)
        return Rewrite(tuple(parts), imports, _unused(validator)), BEFORE
    parts += _without_class_method(source, validator)
    parts += _on_the_object(source, validator)
    return Rewrite(tuple(parts), imports, _unused(validator)), AFTER


def _flag(validator: Validator, name: str) -> bool:
    said = validator.keywords.get(name)
    if said is None:
        return False
    if not isinstance(said, ast.Constant):
        raise NotModern(f"{name} is not written out")
    return bool(said.value)


def _check_keywords(validator: Validator, known: tuple[str, ...]) -> None:
    for name, value in validator.keywords.items():
        off = isinstance(value, ast.Constant) and value.value is False
        if name not in known and not off:
            raise NotModern(_GONE.get(name, f"{name} has no counterpart"))


def _check_signature(validator: Validator, further: list[str]) -> None:
    arguments = validator.function.args
    for name in (*further, *(a.arg for a in arguments.kwonlyargs)):
        if name != "values" or arguments.kwonlyargs:
            raise NotModern(_NO_COUNTERPART.format(name=name))
    if arguments.kwarg is not None or arguments.vararg is not None:
        raise NotModern("it takes whatever Pydantic 1 hands it")


def _text(source: SourceFile, node: ast.AST) -> str:
    start, end = source.lines.offsets(source.span(node))
    return source.text[start:end]


def _decorator(
    source: SourceFile, validator: Validator, name: str, arguments: list[str]
) -> Replacement:
    named = validator.named
    called = f"{_text(source, named.value)}.{name}" if isinstance(named, ast.Attribute) else name
    code = f"{called}({', '.join(arguments)})"
    return Replacement(source.span(validator.decorator), code)


def _import(validator: Validator, name: str) -> list[tuple[str, str]]:
    return [("pydantic", name)] if isinstance(validator.named, ast.Name) else []


def _unused(validator: Validator) -> tuple[str, ...]:
    return (validator.named.id,) if isinstance(validator.named, ast.Name) else ()


def _class_method(source: SourceFile, validator: Validator) -> Iterator[Replacement]:
    if any(name in ("classmethod", "staticmethod") for _, name in validator.others()):
        return
    yield class_method_below(source, validator.decorator)


def class_method_below(source: SourceFile, decorator: ast.expr) -> Replacement:
    """Return what writes ``@classmethod`` on the line below a decorator."""
    span = source.span(decorator)
    line = source.lines.line(span.line)
    indent = line[: len(line) - len(line.lstrip())]
    below = Span(span.end_line + 1, 0, span.end_line + 1, 0)
    return Replacement(below, f"{indent}@classmethod\n")


def _without_class_method(source: SourceFile, validator: Validator) -> Iterator[Replacement]:
    for place, name in validator.others():
        if name in ("classmethod", "staticmethod"):
            span = source.span(validator.function.decorator_list[place])
            if "#" in source.lines.line(span.line):
                raise NotModern(f"a comment stands beside @{name}")
            yield Replacement(Span(span.line, 0, span.line + 1, 0), "")


def _with_info(source: SourceFile, validator: Validator, values: ast.arg) -> Iterator[Replacement]:
    """``values`` becomes ``info: ValidationInfo``, and what reads it ``info.data``."""
    names = [n for n in ast.walk(validator.function) if isinstance(n, ast.Name)]
    if any(n.id == "info" for n in names):
        raise NotModern("info is the name of something else in it")
    yield Replacement(source.span(values), "info: ValidationInfo")
    for name in names:
        if name.id == "values":
            if not isinstance(name.ctx, ast.Load):
                raise NotModern("it gives values another value")
            yield Replacement(source.span(name), "info.data")


def _on_the_object(source: SourceFile, validator: Validator) -> Iterator[Replacement]:
    """The class and the dict become ``self``, each item that is read an attribute."""
    arguments = validator.function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    if len(plain) != 2 or arguments.vararg or arguments.kwonlyargs or arguments.kwarg:
        raise NotModern("its parameters are not the class and the values")
    first, last = source.span(plain[0]), source.span(plain[1])
    yield Replacement(Span(*first.start, *last.end), "self")
    returns, outer = validator.function.returns, validator.scope.parent
    if returns is not None and outer is not None:
        yield Replacement(source.span(returns), f'"{outer.name}"')
    owner, values = plain[0].arg, plain[1].arg
    read: set[ast.AST] = set()
    for node in ast.walk(validator.function):
        field = _item(node, values)
        if field is not None:
            yield Replacement(source.span(node), f"self.{field}")
            read.update(ast.walk(node))
        elif isinstance(node, ast.Return) and _is_named(node.value, values):
            assert node.value is not None
            yield Replacement(source.span(node.value), "self")
            read.add(node.value)
    for node in ast.walk(validator.function):
        if isinstance(node, ast.Name) and node.id in (owner, values) and node not in read:
            raise NotModern(f"it does more with {node.id} than to read fields of it")


def _item(node: ast.AST, values: str) -> str | None:
    """Return the field that ``values["a"]`` or ``values.get("a")`` reads, or None."""
    match node:
        case ast.Subscript(
            value=ast.Name(id=name), slice=ast.Constant(value=str(field)), ctx=ast.Load()
        ) if name == values:
            return field
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="get"),
            args=[ast.Constant(value=str(field))],
            keywords=[],
        ) if name == values:
            return field
    return None


def _is_named(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
