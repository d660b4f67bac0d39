"""TSL705: call a fixture otherwise, in its module and where tests ask for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.findings import Finding
from turnstay_lint.frameworks.pytest import fixtures, name_span
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.testing.mock_fixture_name import RenameFixture
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope, all_parameters

_ASKING = frozenset({"getfixturevalue", "lazy_fixture", "usefixtures"})


def rename(finding: Finding, edits: Edits) -> None:
    """Rename the fixture where it is defined."""
    if finding.fix is None or not isinstance(finding.fix.plan, RenameFixture):
        raise CannotFix("the fixture is not where it was")
    rename_elsewhere(finding.fix.plan, edits)


def rename_elsewhere(plan: object, edits: Edits) -> None:
    """Rename a fixture in one file: its definition, its import, who asks for it, what they do."""
    if not isinstance(plan, RenameFixture):
        raise CannotFix("the fix has no fixture to rename")
    if plan.defines:
        _rename_definition(plan, edits)
    elif plan.module:
        _rename_import(plan, edits)
    if not plan.module or plan.local == plan.old:
        edits.call_otherwise(plan.old)
        _rename_uses(plan, edits)


def _rename_definition(plan: RenameFixture, edits: Edits) -> None:
    source = edits.tree.source
    fixture = next((one for one in fixtures(source) if one.name == plan.old), None)
    if fixture is None:
        raise CannotFix("the fixture is not where it was")
    if fixture.given_name is not None:
        replace_parts(edits, [Replacement(source.span(fixture.given_name), f'"{plan.new}"')])
    else:
        edits.replace_span(name_span(source, fixture.function), plan.new)


def _rename_import(plan: RenameFixture, edits: Edits) -> None:
    """``from mocks import old as local`` is asked for as ``local``, and stays so."""
    for statement in ast.walk(edits.tree.source.tree):
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if alias.name == plan.old and (alias.asname or alias.name) == plan.local:
                    _write_import(edits, statement, alias, plan.new)
                    return
    raise CannotFix("the import is not where it was")


def _write_import(edits: Edits, statement: ast.ImportFrom, alias: ast.alias, new: str) -> None:
    """Put the new name in, a name a line where they no longer fit one."""
    tree = edits.tree
    place = tree.source.span(alias)
    name = Span(place.line, place.column, place.line, place.column + len(alias.name))
    whole = tree.source.span(statement)
    line = tree.lines.line(whole.line)
    grown = len(line) + len(new) - len(alias.name)
    if whole.line != whole.end_line or grown <= edits.settings.line_length or "(" in line:
        edits.replace_span(name, new)
        return
    head = line[whole.column : tree.source.span(statement.names[0]).column]
    indent = tree.indent_of(whole.line)
    rows = []
    for one in statement.names:
        behind = f" as {one.asname}" if one.asname else ""
        rows.append(f"{indent}    {new if one is alias else one.name}{behind},")
    edits.replace_span(whole, head.rstrip() + " (\n" + "\n".join(rows) + f"\n{indent})")


def _rename_uses(plan: RenameFixture, edits: Edits) -> None:
    source = edits.tree.source
    parts = [Replacement(source.span(one), f'"{plan.new}"') for one in _strings(plan, edits)]
    functions = [scope for scope in source.index.functions if _asks(scope, plan.old)]
    owners = {id(scope) for scope in functions}
    for scope in functions:
        _rename_parameter(plan, edits, scope)
    for name, scope in _names(edits, plan.old):
        found = scope.lookup(plan.old)
        if found is not None and (id(found[0]) in owners or _is_the_fixture(found[0], plan)):
            parts.append(Replacement(source.span(name), plan.new))
    replace_parts(edits, parts)


def _asks(scope: Scope, name: str) -> bool:
    """Tell whether pytest fills a parameter of that name: in a function of a module or class."""
    node, outer = scope.node, scope.parent
    assert isinstance(node, FunctionNode)
    if outer is None or not (outer.is_module or outer.is_class):
        return False
    return any(parameter.arg == name for parameter in all_parameters(node.args))


def _is_the_fixture(owner: Scope, plan: RenameFixture) -> bool:
    bindings = owner.bindings[plan.old]
    kinds = (Binds.FUNCTION,) if plan.defines else (Binds.IMPORT,)
    return owner.is_module and all(binding.kind in kinds for binding in bindings)


def _rename_parameter(plan: RenameFixture, edits: Edits, scope: Scope) -> None:
    node = scope.node
    assert isinstance(node, FunctionNode)
    parameter = next(one for one in all_parameters(node.args) if one.arg == plan.old)
    said = f": {ast.unparse(parameter.annotation)}" if parameter.annotation is not None else ""
    new = NewParameter(f"{plan.new}{said}", has_default=False)
    width = edits.settings.line_length
    changed = changed_signature(edits.tree, node, width, add=new, drop=[plan.old], beside="")
    if changed is not None:
        edits.replace_text(*changed)


def _names(edits: Edits, name: str) -> Iterator[tuple[ast.Name, Scope]]:
    """Yield the uses of a name in a file, each with the scope that it stands in."""
    source = edits.tree.source
    todo: list[tuple[ast.AST, Scope]] = [(source.tree, source.scope)]
    while todo:
        node, scope = todo.pop()
        if isinstance(node, ast.Name) and node.id == name:
            yield node, scope
        inner = source.index.scopes.get(node, scope)
        todo.extend((child, inner) for child in ast.iter_child_nodes(node))


def _strings(plan: RenameFixture, edits: Edits) -> Iterator[ast.Constant]:
    """Yield the strings by which the fixture is asked for."""
    for call, scope in edits.tree.source.index.calls:
        called = resolve(call.func, scope) or ""
        name = call.func.attr if isinstance(call.func, ast.Attribute) else called
        if name.rpartition(".")[2] in _ASKING:
            for given in call.args:
                if isinstance(given, ast.Constant) and given.value == plan.old:
                    yield given
    for statement in edits.tree.source.tree.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as all_
            ):
                for one in all_.elts:
                    if isinstance(one, ast.Constant) and one.value == plan.old:
                        yield one


CODEMOD = Codemod("TSL705", rename, rename_elsewhere)
