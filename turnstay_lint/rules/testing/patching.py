"""Where a test patches with unittest's ``patch``: in a decorator, in a ``with``, or otherwise.

https://docs.python.org/3/library/unittest.mock.html#patch has which of them hand the mock over as
an argument: those that are not told what to put there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.surroundings import statements_around

PATCH = "patch"
_KINDS = ("", ".object", ".dict", ".multiple")
PATCHES = {
    f"{module}.{PATCH}{kind}": kind for module in ("unittest.mock", "mock") for kind in _KINDS
}
_PLACE_OF_NEW = {"": 1, ".object": 2}
_DEFAULT = "DEFAULT"


class Patching(Struct, frozen=True):
    """One call of ``patch``: ``kind`` is what stands behind the name (``.object``).

    ``function`` is the one that is patched by a decorator or holds the ``with``; ``block`` is that.
    """

    call: ast.Call
    scope: Scope
    kind: str
    function: Scope | None = None
    decorates: bool = False
    block: ast.With | ast.AsyncWith | None = None

    @property
    def hands_over(self) -> bool:
        """Tell whether a decorator gives the function the mock as an argument."""
        if self.kind not in _PLACE_OF_NEW:
            return False
        if any(keyword.arg == "new" for keyword in self.call.keywords):
            return False
        return len(self.call.args) <= _PLACE_OF_NEW[self.kind]

    @property
    def is_readable(self) -> bool:
        """Tell whether what it hands over can be known."""
        if any(isinstance(given, ast.Starred) for given in self.call.args):
            return False
        if any(keyword.arg is None for keyword in self.call.keywords):
            return False
        said = (ast.unparse(keyword.value) for keyword in self.call.keywords)
        return self.kind != ".multiple" or not any(_DEFAULT in one for one in said)


def patchings(source: SourceFile) -> Iterator[Patching]:
    """Yield the calls of unittest's ``patch`` in a file, in the order of the text."""
    decorating = dict(_decorating(source))
    for call, scope, name in source.calls_of(*PATCHES):
        kind = PATCHES[name]
        if call in decorating:
            yield Patching(call, scope, kind, decorating[call], decorates=True)
            continue
        around = statements_around(call, scope)
        block = around[-1] if around else None
        if isinstance(block, ast.With | ast.AsyncWith) and call in _contexts(block):
            yield Patching(call, scope, kind, scope.function, block=block)
        else:
            yield Patching(call, scope, kind)


def _decorating(source: SourceFile) -> Iterator[tuple[ast.expr, Scope]]:
    for scope in (*source.index.functions, *source.index.classes):
        node = scope.node
        assert isinstance(node, FunctionNode | ast.ClassDef)
        for decorator in node.decorator_list:
            yield decorator, scope


def _contexts(block: ast.With | ast.AsyncWith) -> list[ast.expr]:
    return [item.context_expr for item in block.items]
