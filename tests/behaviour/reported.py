"""What the linter says of a service, by the endpoints that its findings are about."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from turnstay_lint.engine.checking.run import discovered, examine
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.project.calls.callers import callers
from turnstay_lint.project.endpoints.routes import routes
from turnstay_lint.project.project import Project


class Place(Struct, frozen=True):
    """Where a finding points, what it says, and why it has no fix (empty where it has one)."""

    code: str
    path: str
    line: int
    message: str
    unfixable: str


class Reported:
    """The findings of a service."""

    def __init__(self, folder: Path) -> None:
        """Check the service in a folder."""
        options = Options(jobs=1)
        files = discovered([folder], options).files
        examined = examine(files, options)
        self._folder = folder
        (self._project,) = examined.projects.values()
        self.places = [
            Place(f.code, f.path, f.span.line, f.message, f.unfixable)
            for judged in examined.judged.values()
            for f in judged.verdict.findings
        ]

    def routes(self) -> set[str]:
        """Return every endpoint that the linter knows, those of routers left out that none includes."""
        known = (route for own in routes(self._project).values() for route in own)
        return {r.label for r in known if r.included or r.path_of_file == "app/main.py"}

    def of(self, *codes: str) -> list[Place]:
        """Return the findings of some rules."""
        return [place for place in self.places if place.code in codes]

    def endpoints(self, *codes: str) -> set[str]:
        """Return the endpoints that findings of some rules are in, or reach them."""
        return {label for place in self.of(*codes) for label in self.endpoints_of(place)}

    def endpoints_of(self, place: Place) -> set[str]:
        """Return the endpoints that run the function a finding lies in."""
        function = _function_at(self._folder / place.path, place.line)
        module = _module(self._project, place.path)
        own = routes(self._project).get(f"{module}.{function}", ())
        reaching = callers(self._project).reach(f"{module}.{function}").endpoints
        return {route.label for route in (*own, *reaching)}

    def relationship(self, place: Place) -> str:
        """Return which relationship a finding among the models is about: ``User.company``.

        What a ``backref`` makes is ``the reverse side of …``.
        """
        owner, name = "", ""
        tree = ast.parse((self._folder / place.path).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and _holds(node, place.line):
                owner = node.name
                name = next(_defined(s) for s in node.body if _holds(s, place.line))
            elif isinstance(node, ast.Assign) and _holds(node, place.line):
                if isinstance(node.targets[0], ast.Attribute):
                    owner, _, name = ast.unparse(node.targets[0]).rpartition(".")
        reverse = re.search("reverse side|backref", place.message)
        return f"the reverse side of {owner}.{name}" if reverse else f"{owner}.{name}"


def made(codes: Collection[str]) -> frozenset[str]:
    """Return those of some codes that a rule has."""
    return frozenset(codes) & {rule.code for rule in all_rules()}


def _module(project: Project, path: str) -> str:
    return next(module.name for module in project.modules.values() if module.path == path)


def _function_at(path: Path, line: int) -> str:
    """Return the function or method around a line, empty at the top of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _holds(node, line):
            return node.name
        if isinstance(node, ast.ClassDef) and _holds(node, line):
            methods = (
                s for s in node.body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            return next((f"{node.name}.{m.name}" for m in methods if _holds(m, line)), node.name)
    return ""


def _holds(node: ast.stmt, line: int) -> bool:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first <= line <= (node.end_lineno or first)


def _defined(statement: ast.stmt) -> str:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.FunctionDef(name=name):
            return name
    return ""
