"""Files whose nodes changed places, and what hypothesmith draws from Python's grammar."""

from __future__ import annotations

import ast
import random
from functools import cache
from typing import Any

import libcst as cst

BATCHES = 4


class _Shuffled(cst.CSTTransformer):
    """Puts statements and expressions of a file in the place of others."""

    def __init__(self, chance: random.Random, module: cst.Module) -> None:
        super().__init__()
        self.chance = chance
        self.often = chance.choice((0.005, 0.02, 0.05))
        self.statements: list[cst.BaseStatement] = []
        self.expressions: list[cst.BaseExpression] = []
        module.visit(_Gathered(self))

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> Any:
        updated = super().on_leave(original, updated)
        if self.chance.random() > self.often:
            return updated
        if isinstance(updated, cst.BaseStatement) and self.statements:
            other = self.chance.choice(self.statements)
            choices = (other, cst.FlattenSentinel([updated, other]), self._wrapped(updated))
            return self.chance.choice(choices)
        if isinstance(updated, cst.BaseExpression) and self.expressions:
            return self.chance.choice(self.expressions)
        return updated

    def _wrapped(self, statement: cst.BaseStatement) -> cst.BaseStatement:
        body = cst.IndentedBlock([statement])
        return self.chance.choice(
            (
                cst.If(cst.Name("flag"), body),
                cst.While(cst.Name("flag"), body),
                cst.With([cst.WithItem(cst.Name("held"))], body),
                cst.FunctionDef(cst.Name("inner"), cst.Parameters(), body),
                cst.ClassDef(cst.Name("Inner"), body),
                cst.Try(body, finalbody=cst.Finally(cst.IndentedBlock([statement]))),
            )
        )


class _Gathered(cst.CSTVisitor):
    """Takes the statements and expressions of a module into a list."""

    def __init__(self, shuffled: _Shuffled) -> None:
        super().__init__()
        self.shuffled = shuffled

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.BaseStatement):
            self.shuffled.statements.append(node)
        elif isinstance(node, cst.BaseExpression):
            self.shuffled.expressions.append(node)
        return True


def shuffled(content: bytes, chance: random.Random) -> bytes | None:
    """Return a file with statements and expressions in each other's place, as libcst writes it.

    None where it is not valid to libcst.
    """
    try:
        # What is nested too deeply for Python overflows the stack of libcst's parser.
        ast.parse(content)
        module = cst.parse_module(content)
        return module.visit(_Shuffled(chance, module)).bytes
    except Exception:  # libcst says in many ways that it cannot
        return None


@cache
def drawn(batch: int) -> list[str]:
    """Return what hypothesmith draws, which takes seconds and is kept."""
    try:
        import hypothesmith
    except ImportError:
        return []
    from hypothesis import HealthCheck, Phase, given, seed, settings

    found: list[str] = []

    @seed(batch)
    @settings(
        max_examples=100, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(hypothesmith.from_grammar())
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return found
