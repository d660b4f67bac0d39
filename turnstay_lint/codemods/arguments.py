"""Keyword arguments given to a call that stands in a file, laid out as black would.

Black keeps a call on one line where it fits, else puts all arguments on one line of their own,
else one on each line with a comma after the last; a call that is already spread keeps its form.
"""

from __future__ import annotations

from itertools import pairwise

import libcst as cst

from turnstay_lint.codemods.edits import Edits
from turnstay_lint.codemods.layout import relaid
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.source.positions import Span


def set_keyword(edits: Edits, call: cst.Call, name: str, value: str) -> None:
    """Give ``call`` the keyword ``name=value``; one that is there gets the new value."""
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == name:
            span = edits.tree.span(argument.value)
            if not _lay_out_anew(edits, call, *edits.tree.lines.offsets(span), value):
                edits.replace(argument.value, value)
            return
    add_argument(edits, call, f"{name}={value}")


def replace_argument(edits: Edits, call: cst.Call, value: Span, code: str) -> None:
    """Put ``code`` in place of the value of an argument of ``call``."""
    start, end = edits.tree.lines.offsets(value)
    if not _lay_out_anew(edits, call, start, end, code):
        edits.replace_text(start, end, code)


def add_argument(edits: Edits, call: cst.Call, code: str) -> None:
    """Add an argument after the last; before ``**kwargs`` it need not stand."""
    tree = edits.tree
    span = tree.span(call)
    if not call.args:
        end = tree.lines.offset(*span.end) - 1
        if not _lay_out_anew(edits, call, end, end, code):
            edits.replace_text(end, end, code)
        return
    last = tree.span(call.args[-1])
    end = tree.lines.offset(*last.end)
    if _lay_out_anew(edits, call, end, end, f", {code}"):
        return
    if span.line == span.end_line:
        _extend_line(edits, call, code)
    elif span.end_line == last.end_line:
        _insert(edits, last.end, f", {code}")
    elif _one_per_line(tree, call):
        _add_line(edits, call, code)
    else:
        _extend_body(edits, call, code)


def _lay_out_anew(edits: Edits, call: cst.Call, start: int, end: int, code: str) -> bool:
    """Write a decorator or a statement that is nothing but the call as black would.

    ``code`` stands between two offsets then. False where that changes nothing else, or where it
    is not known how black has it; another call's layout depends on what stands around it.
    """
    tree = edits.tree
    first, stop = tree.lines.offsets(tree.span(call))
    span = tree.span(call)
    indent = tree.indent_of(span.line)
    mark = tree.text[tree.lines.offset(span.line, len(indent)) : first]
    behind = tree.lines.line(span.end_line)[span.end_column :]
    if mark not in ("", "@") or behind.strip()[:1] not in ("", "#"):
        return False
    if "\t" in indent or tree.indent_unit != "    ":
        return False
    before = _plain(tree.text[first:stop])
    after = _plain(tree.text[first:start] + code + tree.text[end:stop])
    laid = relaid(mark + before, mark + after, indent, edits.settings.line_length, behind)
    laid = laid.removeprefix(mark)
    if laid == after:
        return False
    edits.replace_text(first, stop, laid)
    return True


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _insert(edits: Edits, place: tuple[int, int], code: str) -> None:
    offset = edits.tree.lines.offset(*place)
    edits.replace_text(offset, offset, code)


def _has_comma(argument: cst.Arg) -> bool:
    return isinstance(argument.comma, cst.Comma)


def _extend_line(edits: Edits, call: cst.Call, code: str) -> None:
    """The call stands on one line: keep it so where it fits, else spread it."""
    tree = edits.tree
    span = tree.span(call)
    added = f", {code}"
    if len(tree.lines.line(span.line)) + len(added) <= edits.settings.line_length:
        _insert(edits, tree.span(call.args[-1]).end, added)
        return
    texts = [tree.text_of(argument) for argument in call.args] + [code]
    _spread(edits, call, texts)


def _spread(edits: Edits, call: cst.Call, texts: list[str]) -> None:
    """Write the arguments anew below the call's first line."""
    tree = edits.tree
    span = tree.span(call)
    indent = tree.indent_of(span.line)
    inner = indent + tree.indent_unit
    body = ", ".join(texts)
    start = _after_opening(tree, call)
    stop = tree.lines.offset(*span.end) - 1
    if len(inner) + len(body) <= edits.settings.line_length and "\n" not in body:
        edits.replace_text(start, stop, f"\n{inner}{body}\n{indent}")
    else:
        rows = "".join(f"{inner}{text},\n" for text in texts)
        edits.replace_text(start, stop, f"\n{rows}{indent}")


def _after_opening(tree: Tree, call: cst.Call) -> int:
    """Return the offset behind the call's own opening parenthesis."""
    after_name = tree.lines.offset(*tree.span(call.func).end)
    return tree.text.index("(", after_name + len(call.func.rpar)) + 1


def _one_per_line(tree: Tree, call: cst.Call) -> bool:
    lines = [tree.span(argument).line for argument in call.args]
    if len(lines) == 1:
        return _has_comma(call.args[0])
    return len(set(lines)) == len(lines)


def _add_line(edits: Edits, call: cst.Call, code: str) -> None:
    """One argument a line: the new one gets a line of its own, comments stay beside theirs."""
    tree = edits.tree
    last = tree.span(call.args[-1])
    indent = tree.indent_of(tree.span(call.args[-1]).line)
    if not _has_comma(call.args[-1]):
        _insert(edits, last.end, ",")
    following = tree.lines.offset(last.end_line + 1, 0)
    edits.replace_text(following, following, f"{indent}{code},\n")


def _extend_body(edits: Edits, call: cst.Call, code: str) -> None:
    """All arguments on one line of their own: extend it where it fits, else one a line."""
    tree = edits.tree
    last = tree.span(call.args[-1])
    beside = tree.lines.line(last.end_line)[last.end_column :].rstrip()
    length = last.end_column + len(f", {code}{beside}")
    if not _has_comment(tree, call):
        if length <= edits.settings.line_length:
            _insert(edits, last.end, f", {code}")
        else:
            _spread(edits, call, [tree.text_of(argument) for argument in call.args] + [code])
    elif _shares_only_a_line(tree, call) and (
        length > edits.settings.line_length or _has_comment_of_its_own(tree, call)
    ):
        _spread_line(edits, call, code)
    else:
        _insert(edits, last.end, f", {code}")


def _shares_only_a_line(tree: Tree, call: cst.Call) -> bool:
    """Tell whether the arguments stand on one line and nothing before them."""
    first, last = tree.span(call.args[0]), tree.span(call.args[-1])
    return first.line == last.end_line and first.column == len(tree.indent_of(first.line))


def _has_comment_of_its_own(tree: Tree, call: cst.Call) -> bool:
    span = tree.span(call)
    inner = range(span.line + 1, span.end_line)
    return any(tree.lines.line(number).lstrip().startswith("#") for number in inner)


def _spread_line(edits: Edits, call: cst.Call, code: str) -> None:
    """Give each argument of a line its own; what stands behind them stays with the last."""
    tree = edits.tree
    indent = tree.indent_of(tree.span(call.args[0]).line)
    for argument, following in pairwise(call.args):
        end = tree.lines.offset(*tree.span(argument).end)
        start = tree.lines.offset(*tree.span(following).start)
        edits.replace_text(end, start, f",\n{indent}")
    _add_line(edits, call, code)


def _has_comment(tree: Tree, call: cst.Call) -> bool:
    """Tell whether a comment may stand inside the call; one behind it is none of its own."""
    start, end = tree.lines.offsets(tree.span(call))
    return "#" in tree.text[start:end]
