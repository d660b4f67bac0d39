"""Python's own functions and methods, as far as revisions use them to build what they do."""

from __future__ import annotations

from collections.abc import Callable

from turnstay_lint.frameworks.alembic.evaluation import MOST_ROUNDS
from turnstay_lint.frameworks.alembic.formatting import formatted
from turnstay_lint.frameworks.alembic.values import (
    UNKNOWN,
    Arguments,
    Known,
    Mapping,
    Sequence,
    Value,
    items_of,
    text_of,
)


def builtin(name: str, arguments: Arguments) -> Value:
    """Return what a builtin function gives; ``UNKNOWN`` for one that is not followed."""
    first = arguments.positional[0] if arguments.positional else None
    items = items_of(first) if first is not None else []
    match name:
        case "list" | "tuple" | "set" | "sorted" | "frozenset":
            return UNKNOWN if items is None else Sequence(items)
        case "reversed":
            return UNKNOWN if items is None else Sequence(items[::-1])
        case "enumerate":
            if items is not None:
                return Sequence([Sequence([Known(n), item]) for n, item in enumerate(items)])
        case "zip":
            columns = [items_of(value) for value in arguments.positional]
            read = [column for column in columns if column is not None]
            if len(read) == len(columns):
                return Sequence([Sequence(list(row)) for row in zip(*read, strict=False)])
        case "range":
            bounds = [v.value for v in arguments.positional if isinstance(v, Known)]
            numbers = [bound for bound in bounds if isinstance(bound, int)]
            if (
                len(numbers) == len(arguments.positional)
                and 1 <= len(numbers) <= 3
                and all(numbers[2:])
            ):
                return Sequence([Known(number) for number in range(*numbers)[:MOST_ROUNDS]])
        case "str":
            return Known(text_of(first)) if first is not None else Known("")
        case "dict" if not arguments.positional and arguments.complete:
            return Mapping([(Known(key), value) for key, value in arguments.keywords.items()])
    return UNKNOWN


def string_method(text: str, name: str, arguments: Arguments) -> Value:
    """Return what a method of a string gives."""
    simple: dict[str, Callable[[str], str]] = {
        "strip": str.strip, "lower": str.lower, "upper": str.upper, "title": str.title,
        "lstrip": str.lstrip, "rstrip": str.rstrip,
    }  # fmt: skip
    if name == "format":
        return Known(formatted(text, arguments))
    if name == "join" and arguments.positional:
        items = items_of(arguments.positional[0])
        return Known(text_of(UNKNOWN) if items is None else text.join(map(text_of, items)))
    if name in simple and not arguments.positional:
        return Known(simple[name](text))
    if name == "format_map" and arguments.positional:
        mapping = arguments.positional[0]
        pairs = mapping.pairs if isinstance(mapping, Mapping) else []
        named = {str(key.value): value for key, value in pairs if isinstance(key, Known)}
        return Known(formatted(text, Arguments((), named)))
    if name == "splitlines":
        return Sequence([Known(each) for each in text.splitlines()])
    if name == "replace" and len(arguments.positional) == 2:
        old, new = map(text_of, arguments.positional)
        return Known(text.replace(old, new))
    if name == "split" and (given := list(map(text_of, arguments.positional))) and given[0]:
        return Sequence([Known(part) for part in text.split(given[0])])
    return UNKNOWN


def list_method(items: list[Value], name: str, arguments: Arguments) -> Value:
    """Let a list grow; other methods give ``UNKNOWN``."""
    if arguments.positional and name == "append":
        items.append(arguments.positional[0])
    elif arguments.positional and name == "extend":
        items.extend(items_of(arguments.positional[0]) or [UNKNOWN])
    return UNKNOWN


def dict_method(mapping: Mapping, name: str, arguments: Arguments) -> Value:
    """Return what a method of a dict gives."""
    match name:
        case "items":
            return Sequence([Sequence([key, value]) for key, value in mapping.pairs])
        case "keys":
            return Sequence([key for key, _ in mapping.pairs])
        case "values":
            return Sequence([value for _, value in mapping.pairs])
        case "get" if arguments.positional and isinstance(arguments.positional[0], Known):
            return mapping.get(arguments.positional[0].value) or arguments.get("", 1) or Known(None)
    return UNKNOWN
