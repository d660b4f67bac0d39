"""A dependency that a route is given: in its ``dependencies=``, or as a parameter."""

from __future__ import annotations

import ast
import re

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import Route
from turnstay_lint.rules.dependency_words import DependencyParameter, FileWords, dependency_code
from turnstay_lint.rules.rule import Look


class AddToRoute(Struct, frozen=True):
    """Give the route at the finding ``dependencies=`` with that value, and import what it needs."""

    value: str
    imports: tuple[tuple[str, str], ...]


class AddParameter(Struct, frozen=True):
    """Give the function that starts on a line a parameter."""

    line: int
    parameter: DependencyParameter


def add_to_route(look: Look, route: Route, dependency: str) -> AddToRoute | str:
    """Return how a route comes to depend on something of the service, or why it cannot."""
    words = FileWords(look, route.scope)
    depends = words.imported("fastapi", "Depends")
    asked = f"{depends}({dependency_code(look, words, dependency)})"
    there = route.keyword("dependencies")
    if there is None:
        return AddToRoute(f"[{asked}]", tuple(words.imports))
    if not isinstance(there, ast.List):
        return "its dependencies= is no list that one can be added to"
    start, end = look.source.lines.offsets(look.source.span(there))
    text = look.source.text[start:end]
    if "#" in text:
        return "a comment stands in its dependencies="
    held = re.sub(r"\s*\n\s*", " ", text[1:-1]).strip().rstrip(",")
    return AddToRoute(f"[{held}, {asked}]" if held else f"[{asked}]", tuple(words.imports))
