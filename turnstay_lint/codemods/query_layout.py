"""A statement that builds or sends a query, laid out as black lays out calls and method chains.

Black keeps a statement on one line where it fits. A chain of two or more methods is else put in
parentheses, a method a line; any other call is split at its last brackets, or put in parentheses
where these come too late; a comparison within brackets is broken before its operator. What black
would break otherwise, at other operators for instance, is not known here, and such a statement is
left as it is.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize

from msgspec import Struct

_INDENT = "    "
_OPERATORS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"})


class _Unknown(Exception):
    """A statement that black lays out by rules that are not known here."""


def laid_out_query(statement: str, indent: str, width: int) -> str | None:
    """Return a statement in black's layout, without the indent of its first line, or None.

    None where the statement holds what is not known here: comments, strings over several lines,
    an operator that would have to be broken.
    """
    try:
        if any(map(_is_fixed, tokenize.generate_tokens(io.StringIO(statement).readline))):
            return None
        parsed = ast.parse(statement).body
        if len(parsed) != 1:
            return None
        lines = _Layout(statement, width).statement(parsed[0], indent)
    except (_Unknown, SyntaxError, tokenize.TokenError, RecursionError):
        return None
    return "\n".join(lines).removeprefix(indent)


class _Layout(Struct):
    source: str
    width: int

    def statement(self, node: ast.stmt, indent: str) -> list[str]:
        match node:
            case ast.Assign(targets=[target], value=value):
                return self._lines(value, indent, f"{self._flat(target)} = ", "", top=True)
            case ast.AnnAssign(target=target, annotation=kind, value=value) if value is not None:
                prefix = f"{self._flat(target)}: {self._flat(kind)} = "
                return self._lines(value, indent, prefix, "", top=True)
            case ast.Return(value=value) if value is not None:
                return self._lines(value, indent, "return ", "", top=True)
            case ast.Expr(value=value):
                return self._lines(value, indent, "", "", top=True)
        raise _Unknown

    def _lines(
        self, node: ast.expr, indent: str, prefix: str, suffix: str, *, top: bool
    ) -> list[str]:
        line = f"{indent}{prefix}{self._flat(node)}{suffix}"
        if len(line) <= self.width and not self._is_spread(node):
            return [line]
        links = _chain(node)
        if len(links) >= 2:
            if top:
                rows = self._lines(node, indent + _INDENT, "", "", top=False)
                return [f"{indent}{prefix}(", *rows, f"{indent}){suffix}"]
            rows = self._chained(node, links, indent)
            rows[-1] += suffix
            return rows
        if top and self._is_plain_call_too_long(node, indent + prefix):
            rows = self._lines(node, indent + _INDENT, "", "", top=False)
            return [f"{indent}{prefix}(", *rows, f"{indent}){suffix}"]
        if not top and isinstance(node, ast.Compare):
            return self._compared(node, indent, prefix, suffix)
        return self._split(node, indent, prefix, suffix)

    def _is_plain_call_too_long(self, node: ast.expr, before: str) -> bool:
        """Tell whether the only brackets that a call has are empty, or begin beyond the width."""
        call = node.value if isinstance(node, ast.Await) else node
        if not isinstance(call, ast.Call) or not _is_name(call.func):
            return False
        flat = self._flat(node)
        head = flat[: flat.index("(") + 1]
        return flat == f"{head})" or len(before + head) > self.width

    def _compared(self, node: ast.Compare, indent: str, prefix: str, suffix: str) -> list[str]:
        """Break a comparison of names and calls before its operator."""
        flat, left = self._flat(node), self._flat(node.left)
        right = self._flat(node.comparators[0])
        operator = flat.removeprefix(left).removesuffix(right).strip()
        if len(node.ops) > 1 or operator not in _OPERATORS or self._is_spread(node):
            raise _Unknown
        rows = [f"{indent}{prefix}{left}", f"{indent}{operator} {right}{suffix}"]
        if any(len(row) > self.width for row in rows):
            raise _Unknown
        return rows

    def _chained(self, node: ast.expr, links: list[ast.Call], indent: str) -> list[str]:
        """One method a line, the first line what they are called on."""
        first = links[0].func
        assert isinstance(first, ast.Attribute)
        awaits = "await " if isinstance(node, ast.Await) else ""
        rows = self._root(first.value, indent, awaits)
        for link in links:
            assert isinstance(link.func, ast.Attribute)
            rows += self._called(link, indent, f".{link.func.attr}", "")
        return rows

    def _root(self, node: ast.expr, indent: str, prefix: str) -> list[str]:
        """What a chain begins with; ``await`` stands in parentheses of its own."""
        if not isinstance(node, ast.Await):
            return self._lines(node, indent, prefix, "", top=False)
        line = f"{indent}{prefix}({self._flat(node)})"
        if len(line) <= self.width and not self._is_spread(node):
            return [line]
        inner = self._lines(node, indent + _INDENT, "", "", top=False)
        return [f"{indent}{prefix}(", *inner, f"{indent})"]

    def _split(self, node: ast.expr, indent: str, prefix: str, suffix: str) -> list[str]:
        """Split at the last brackets that hold something."""
        if isinstance(node, ast.Await):
            return self._split(node.value, indent, f"{prefix}await ", suffix)
        if not isinstance(node, ast.Call):
            raise _Unknown
        if not node.args and not node.keywords:
            if not isinstance(node.func, ast.Attribute):
                raise _Unknown
            tail = f".{node.func.attr}(){suffix}"
            inner = node.func.value
            if isinstance(inner, ast.Await):
                body = self._lines(inner, indent + _INDENT, "", "", top=False)
                return [f"{indent}{prefix}(", *body, f"{indent}){tail}"]
            return self._split(inner, indent, prefix, tail)
        return self._called(node, indent, f"{prefix}{self._flat(node.func)}", suffix)

    def _called(self, call: ast.Call, indent: str, head: str, suffix: str) -> list[str]:
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        spread = self._has_comma(call) or any(map(self._is_spread, given))
        line = f"{indent}{head}({self._arguments(call)}){suffix}"
        if len(line) <= self.width and not spread:
            return [line]
        if len(f"{indent}{head}(") > self.width:
            raise _Unknown
        inner = indent + _INDENT
        body = f"{inner}{self._arguments(call)}"
        if len(body) <= self.width and not spread:
            rows = [body]
        else:
            rows = self._one_each(call, inner)
        return [f"{indent}{head}(", *rows, f"{indent}){suffix}"]

    def _one_each(self, call: ast.Call, indent: str) -> list[str]:
        given: list[tuple[str, ast.expr]] = [("", a) for a in call.args]
        given += [(f"{k.arg}=" if k.arg else "**", k.value) for k in call.keywords]
        if len(given) == 1 and not self._has_comma(call):
            name, value = given[0]
            return self._lines(value, indent, name, "", top=False)
        rows: list[str] = []
        for name, value in given:
            rows += self._lines(value, indent, name, ",", top=False)
        return rows

    def _arguments(self, call: ast.Call) -> str:
        parts = [self._flat(argument) for argument in call.args]
        parts += [
            f"{k.arg}={self._flat(k.value)}" if k.arg else f"**{self._flat(k.value)}"
            for k in call.keywords
        ]
        return ", ".join(parts)

    def _flat(self, node: ast.expr) -> str:
        """Return an expression on one line."""
        match node:
            case ast.Call():
                return f"{self._flat(node.func)}({self._arguments(node)})"
            case ast.Attribute(value=value, attr=name):
                inner = self._flat(value)
                plain = isinstance(value, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
                return f"{inner}.{name}" if plain else f"({inner}).{name}"
            case ast.Await(value=value):
                return f"await {self._flat(value)}"
            case ast.Starred(value=value):
                return f"*{self._flat(value)}"
        text = ast.get_source_segment(self.source, node) or ""
        if "\n" not in text:
            return text
        joined = re.sub(r"([\[({]) ", r"\1", re.sub(r"\s*\n\s*", " ", text))
        return re.sub(r",?\s*([\])}])", r"\1", joined)

    def _is_spread(self, node: ast.expr) -> bool:
        """Tell whether a comma after a last argument keeps something on several lines."""
        return any(
            isinstance(inner, ast.Call) and self._has_comma(inner) for inner in ast.walk(node)
        )

    def _has_comma(self, call: ast.Call) -> bool:
        last = [*call.args, *(k.value for k in call.keywords)][-1:]
        if not last or call.end_lineno is None:
            return False
        lines = self.source.splitlines(keepends=True)
        start = sum(len(line.encode()) for line in lines[: (last[0].end_lineno or 1) - 1])
        stop = sum(len(line.encode()) for line in lines[: call.end_lineno - 1])
        between = self.source.encode()[
            start + (last[0].end_col_offset or 0) : stop + (call.end_col_offset or 0)
        ]
        return b"," in between


def _is_fixed(token: tokenize.TokenInfo) -> bool:
    """Comments and strings over several lines cannot be moved to another line."""
    return token.type == tokenize.COMMENT or (
        token.type == tokenize.STRING and "\n" in token.string
    )


def _is_name(node: ast.expr) -> bool:
    return _is_name(node.value) if isinstance(node, ast.Attribute) else isinstance(node, ast.Name)


def _chain(node: ast.expr) -> list[ast.Call]:
    """Return the method calls of a chain, first to last, those on a plain name left out."""
    here = node.value if isinstance(node, ast.Await) else node
    found: list[ast.Call] = []
    while isinstance(here, ast.Call) and isinstance(here.func, ast.Attribute):
        owner = here.func.value
        if isinstance(owner, ast.Name | ast.Attribute):
            break
        found.append(here)
        here = owner
    return found[::-1]
