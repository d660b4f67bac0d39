"""A schema class moved to another module of the service, with all that imports it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Elsewhere, Fix, unsafe
from turnstay_lint.project.endpoints.bodies import importers
from turnstay_lint.project.endpoints.schema_modules import (
    BASE_MODELS,
    Kind,
    SchemaHome,
    base_for,
    home_for,
    is_base,
)
from turnstay_lint.project.schemas.schemas import importable_name
from turnstay_lint.project.writing.spelling import imports_back
from turnstay_lint.rules.package_plan import WritePackage
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.import_blocks import is_type_checking
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Binding, Binds, Scope
from turnstay_lint.source.types import annotation_names

Needed = tuple[str, str, str]
"""An import: the module, the name from it, and the alias; each but the first may be empty."""


class NotMovable(Exception):
    """A class that cannot be moved; the message says why, for the user."""


class RemoveClass(Struct, frozen=True):
    """Take the class out of its file, which imports it from ``module`` if it is not empty."""

    name: str
    lines: Span
    module: str


class WriteClass(Struct, frozen=True):
    """Write a class into a file, with what it needs."""

    name: str
    code: str
    imports: tuple[Needed, ...]


class Reimport(Struct, frozen=True):
    """Import a class from ``module`` where it is imported by one of the dotted ``targets``."""

    name: str
    targets: tuple[str, ...]
    module: str


class Move(Struct, frozen=True):
    """What is done in the class's own file, and in others."""

    plan: RemoveClass
    elsewhere: tuple[Elsewhere, ...]


def header(look: Look, node: ast.ClassDef) -> Span:
    """Return where ``class Name`` stands: what a finding on a class points at."""
    span = look.source.span(node)
    line = look.source.lines.line(span.line)
    end = line.index(node.name, span.column + len("class")) + len(node.name)
    return Span(span.line, span.column, span.line, end)


def move_home(look: Look, scope: Scope, kind: Kind) -> Fix | str:
    """Return the fix that moves a class to the schemas of its kind, or why there is none."""
    home = home_for(look.project, kind, look.source.path)
    try:
        move = moved(look, scope, home, kind)
    except NotMovable as reason:
        return str(reason)
    assert home is not None
    caution = "what names its module in a string does not find it there"
    title = f"Move {scope.qualname} to {home.importable}"
    return unsafe(title, move.plan, caution, move.elsewhere)


def moved(look: Look, scope: Scope, home: SchemaHome | None, kind: Kind) -> Move:
    """Return how the class of a scope moves to a module; raises NotMovable."""
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    if home is None:
        raise NotMovable("nothing shows where the service keeps its schemas")
    if node not in look.source.tree.body:
        raise NotMovable("it is defined within a function or a condition: move it out first")
    there = look.project.modules.get(home.module)
    if there is not None and node.name in {
        *there.classes, *there.imports, *there.functions, *there.variables
    }:  # fmt: skip
        raise NotMovable(f"{home.importable} has a {node.name} already")
    if there is not None and imports_back(look.project, there, scope.module):
        raise NotMovable(f"{home.importable} imports this module")
    lines = _lines(look, node)
    code, needed = _code(look, scope, lines, home, kind)
    stays = _is_used(look, node)
    rest = tuple(_others(look, scope, home, stays=stays))
    written = Elsewhere(home.path, WriteClass(node.name, code, needed), node.name, home.created)
    packages = tuple(Elsewhere(path, WritePackage(), created=True) for path in home.packages)
    plan = RemoveClass(node.name, lines, home.importable if stays else "")
    return Move(plan, (*packages, written, *rest))


def _lines(look: Look, node: ast.ClassDef) -> Span:
    """Return the lines of a class, with its decorators and the comments right above and below."""
    lines = look.source.lines
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    while first > 1 and lines.line(first - 1).startswith("#"):
        first -= 1
    last = number = node.end_lineno or node.lineno
    while number < lines.count:
        number += 1
        text = lines.line(number)
        if text.strip() and not (text[:1].isspace() and text.lstrip().startswith("#")):
            break
        last = number if text.strip() else last
    body = look.source.tree.body
    shared = any(
        other is not node and other.lineno <= last and (other.end_lineno or 0) >= first
        for other in body
    )
    if shared:
        raise NotMovable("its lines hold another statement too")
    return Span(first, 0, last + 1, 0)


def _code(
    look: Look, scope: Scope, lines: Span, home: SchemaHome, kind: Kind
) -> tuple[str, tuple[Needed, ...]]:
    """Return the text of the class where it goes, and what that imports."""
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    start, end = look.source.lines.offsets(lines)
    code = look.source.text[start:end].replace("\r\n", "\n").rstrip("\n")
    patches = node.name.startswith("Patch")
    base = base_for(look.project, kind, home.module) if not patches else None
    direct = next((b for b in node.bases if _is_bare(look, b)), None)
    if base is None or direct is None:
        return code, tuple(_needed(look, scope, home))
    first, last = look.source.lines.offsets(look.source.span(direct))
    code = f"{code[: first - start]}{base.qualname}{code[last - start :]}"
    root = ast.unparse(direct).partition(".")[0]
    others = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == root]
    needed = list(_needed(look, scope, home, without=root if len(others) == 1 else ""))
    if base.module.name != home.module:
        needed.append((importable_name(look.project, base.module.name), base.qualname, ""))
    return code, tuple(dict.fromkeys(needed))


def _is_bare(look: Look, base: ast.expr) -> bool:
    """Tell whether a base class is Pydantic's own, or that of all requests or responses."""
    name = resolve(base, look.source.scope)
    if name is None:
        return False
    canonical = look.project.canonical(name, look.source.module)
    return canonical in BASE_MODELS or any(is_base(look.project, k, canonical) for k in Kind)


def _needed(look: Look, scope: Scope, home: SchemaHome, without: str = "") -> Iterator[Needed]:
    """Yield what the class imports where it goes; raises NotMovable for what stays behind."""
    node = scope.node
    inner = {
        name
        for held, one in look.source.index.scopes.items()
        if held is not node and _lies_in(held, node)
        for name in one.bindings
    }
    for name in dict.fromkeys(_names(node)):
        bindings = look.source.scope.bindings.get(name, [])
        if not bindings or name in inner or name in (without, scope.name):
            continue
        binding = bindings[0]
        if len(bindings) > 1 or binding.kind is not Binds.IMPORT:
            raise NotMovable(f"it uses {name}, which stays in this module")
        if binding.node not in look.source.tree.body or _is_for_types(look, binding):
            raise NotMovable(f"{name} is imported on a condition only")
        found = _import(look, name, binding)
        if found[0] != home.importable:
            _refuse_circle(look, found, home)
            yield found


def _names(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.AnnAssign | ast.arg):
            yield from annotation_names(inner.annotation)
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from annotation_names(inner.returns)


def _lies_in(inner: ast.AST, outer: ast.AST) -> bool:
    first, last = getattr(outer, "lineno", 0), getattr(outer, "end_lineno", 0)
    return first <= getattr(inner, "lineno", 0) <= last


def _is_for_types(look: Look, binding: Binding) -> bool:
    return any(
        is_type_checking(statement) and binding.node in ast.walk(statement)
        for statement in look.source.tree.body
    )


def _import(look: Look, name: str, binding: Binding) -> Needed:
    if isinstance(binding.node, ast.Import):
        alias = name if name != binding.target.partition(".")[0] else ""
        return binding.target, "", alias
    module, _, last = importable_name(look.project, binding.target).rpartition(".")
    return module, last, name if name != last else ""


def _refuse_circle(look: Look, needed: Needed, home: SchemaHome) -> None:
    module = look.project.module(needed[0], look.source.module)
    if module is None or home.created:
        return
    if imports_back(look.project, module, home.module):
        raise NotMovable(f"{needed[0]}, which it needs, imports {home.importable}")


def _is_used(look: Look, node: ast.ClassDef) -> bool:
    """Tell whether the file names the class anywhere else."""
    for statement in look.source.tree.body:
        if statement is not node and node.name in (*_names(statement), *_exported(statement)):
            return True
    return False


def _exported(statement: ast.stmt) -> Iterator[object]:
    match statement:
        case ast.Assign(targets=[ast.Name(id="__all__")], value=listed):
            yield from (n.value for n in ast.walk(listed) if isinstance(n, ast.Constant))


def _others(look: Look, scope: Scope, home: SchemaHome, *, stays: bool) -> Iterator[Elsewhere]:
    """Yield what other files do that import the class; raises NotMovable."""
    name = f"{scope.module}.{scope.qualname}"
    known = importers(look.project)
    if not stays and any(path != look.source.path for path, _ in known.get(scope.module, ())):
        raise NotMovable("others import this module, and may speak of it through that")
    targets: dict[str, list[str]] = {}
    for path, target in known.get(name, ()):
        owner = look.project.module(target.rpartition(".")[0], "")
        direct = owner is None or owner.name == scope.module
        if direct and path not in (look.source.path, home.path):
            targets.setdefault(path, []).append(target)
    for path, dotted in targets.items():
        yield Elsewhere(path, Reimport(scope.qualname, tuple(dotted), home.importable))
