"""Parameters added to a function and dropped from it, its signature laid out as black would."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection

from msgspec import Struct

from turnstay_lint.codemods.edits import CannotFix
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.source.scopes import FunctionNode


class NewParameter(Struct, frozen=True):
    """A parameter as code; ``has_default`` decides where it may stand."""

    code: str
    has_default: bool


class _Item(Struct, frozen=True):
    """A parameter, or a marker (``*``, ``/``), as it is written and where."""

    name: str
    text: str
    start: int
    end: int
    has_default: bool
    marker: bool = False


def changed_signature(
    tree: Tree,
    function: ast.AST,
    width: int,
    *,
    add: NewParameter | None,
    drop: Collection[str],
    beside: str,
) -> tuple[int, int, str] | None:
    """Return the offsets of a function's parameters and their new text, or None for no change.

    ``add`` comes where the first of ``drop`` was, else before the parameter ``beside``, else last,
    as far as defaults allow. Raises CannotFix for a signature whose comments leave no room.
    """
    assert isinstance(function, FunctionNode)
    items = _items(tree, function)
    drop = {item.name for item in items} & set(drop)
    if add is None and not drop:
        return None
    opening, closing = _brackets(tree, function)
    text = tree.text[opening + 1 : closing]
    if "#" in text:
        return _beside_comments(tree, items, add, drop, beside)
    left = _changed(items, add, drop, beside)
    indent = tree.indent_of(function.lineno)
    head = indent + tree.text[_offset(tree, function.lineno, function.col_offset) : opening + 1]
    first = function.body[0]
    tail = tree.text[closing : _offset(tree, first.lineno, first.col_offset)].split("\n")[0]
    spread = text.rstrip().endswith(",") and bool(left)
    return opening + 1, closing, _laid_out(left, head, tail.rstrip(), indent, width, spread)


def signature_behind(
    tree: Tree, function: ast.FunctionDef | ast.AsyncFunctionDef, width: int, prefix: str
) -> tuple[int, int, str]:
    """Return the offsets of a function's head, to where its parameters end, and it behind a prefix.

    Parameters that stood on the function's line and no longer fit get lines of their own.
    """
    opening, closing = _brackets(tree, function)
    start = _offset(tree, function.lineno, function.col_offset)
    head, text = prefix + tree.text[start : opening + 1], tree.text[opening + 1 : closing]
    if "\n" in text or "#" in text or not text.strip():
        return start, closing, head + text
    indent = tree.indent_of(function.lineno)
    first = function.body[0]
    tail = tree.text[closing : _offset(tree, first.lineno, first.col_offset)].split("\n")[0]
    items = [item.text for item in _items(tree, function)]
    spread = text.rstrip().endswith(",")
    laid = _laid_out(items, indent + head, tail.rstrip(), indent, width, spread)
    return start, closing, head + (laid if "\n" in laid else text)


def _laid_out(
    parameters: list[str], head: str, tail: str, indent: str, width: int, spread: bool
) -> str:
    """One line where it fits, else all on a line of their own, else one a line."""
    line = ", ".join(parameters)
    if not spread and len(head) + len(line) + len(tail) <= width:
        return line
    inner = indent + "    "
    if not spread and len(inner) + len(line) <= width:
        comma = "," if line and "," not in line else ""  # black's way with a parameter alone
        return f"\n{inner}{line}{comma}\n{indent}"
    return "\n" + "".join(f"{inner}{parameter},\n" for parameter in parameters) + indent


def _changed(
    items: list[_Item], add: NewParameter | None, drop: Collection[str], beside: str
) -> list[str]:
    kept = [item for item in items if item.name not in drop]
    if add is None:
        return [item.text for item in kept]
    near = drop or {beside}
    place = next((n for n, item in enumerate(items) if item.name in near), len(items))
    place = _allowed(kept, min(place, len(kept)), add.has_default)
    texts = [item.text for item in kept]
    return [*texts[:place], add.code, *texts[place:]]


def _allowed(items: list[_Item], place: int, has_default: bool) -> int:
    """Move a place so that no parameter without a default follows one with it."""
    star = next((n for n, item in enumerate(items) if item.text.startswith("*")), len(items))
    if place > star and not items[-1].text.startswith("**"):
        return place
    plain = items[:star]
    place = min(place, star)
    if has_default:
        after = [n for n, item in enumerate(plain) if not item.has_default and not item.marker]
        return max(place, after[-1] + 1 if after else 0)
    first = next((n for n, item in enumerate(plain) if item.has_default), len(plain))
    return min(place, first)


def _beside_comments(
    tree: Tree,
    items: list[_Item],
    add: NewParameter | None,
    drop: Collection[str],
    beside: str,
) -> tuple[int, int, str] | None:
    """Where comments stand among the parameters, the lines are left as they are."""
    dropped = next((item for item in items if item.name in drop), None)
    if add is None:
        return None
    if dropped is not None and dropped.has_default == add.has_default:
        return dropped.start, dropped.end, add.code
    anchor = next((item for item in items if item.name == beside), None)
    if anchor is None or anchor.has_default != add.has_default:
        raise CannotFix("comments among the parameters leave no room for another one")
    line = tree.lines.position(anchor.start)[0]
    return anchor.start, anchor.start, f"{add.code},\n{tree.indent_of(line)}"


def _items(tree: Tree, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[_Item]:
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    without = len(plain) - len(arguments.defaults)
    found: list[_Item] = []
    for number, parameter in enumerate(plain):
        default = arguments.defaults[number - without] if number >= without else None
        found.append(_item(tree, parameter, default))
        if arguments.posonlyargs and number == len(arguments.posonlyargs) - 1:
            found.append(_Item("/", "/", 0, 0, False, marker=True))
    if arguments.vararg is not None:
        found.append(_item(tree, arguments.vararg, None, "*"))
    elif arguments.kwonlyargs:
        found.append(_Item("*", "*", 0, 0, False, marker=True))
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(_item(tree, parameter, default))
    if arguments.kwarg is not None:
        found.append(_item(tree, arguments.kwarg, None, "**"))
    return found


def _item(tree: Tree, parameter: ast.arg, default: ast.expr | None, star: str = "") -> _Item:
    start = _offset(tree, parameter.lineno, parameter.col_offset)
    last: ast.arg | ast.expr = default if default is not None else parameter
    end = _offset(tree, last.end_lineno or 0, last.end_col_offset or 0)
    closing = re.match(r"[\s)]*\)", tree.text[end:]) if default is not None else None
    text = tree.text[start:end]
    while closing is not None and text.count("(") > text.count(")") and end < len(tree.text):
        end += 1
        text = tree.text[start:end]
    flat = re.sub(r"\s*\n\s*", " ", text)
    flat = re.sub(r",?\s+([\])}])", r"\1", re.sub(r"([\[({]) ", r"\1", flat))
    text = flat if "\n" in text else text
    return _Item(parameter.arg, star + text, start - len(star), end, default is not None)


def _brackets(tree: Tree, function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    """Return the offsets of the brackets around the parameters."""
    start = _offset(tree, function.lineno, function.col_offset)
    depth, opening, squares = 0, -1, 0
    line, column = tree.lines.position(start)
    for token in tokenize.generate_tokens(io.StringIO(tree.text[start:]).readline):
        if token.type != tokenize.OP:
            continue
        squares += (token.string == "[") - (token.string == "]")
        row, col = token.start
        offset = tree.lines.offset(line + row - 1, col + (column if row == 1 else 0))
        if token.string == "(" and not (squares and opening < 0):
            opening = offset if depth == 0 else opening
            depth += 1
        elif token.string == ")" and opening >= 0:
            depth -= 1
            if depth == 0:
                return opening, offset
    raise CannotFix("the function's parameters are not where they were")


def _offset(tree: Tree, line: int, column: int) -> int:
    return tree.lines.offset(line, tree.lines.code_points(line, column))
