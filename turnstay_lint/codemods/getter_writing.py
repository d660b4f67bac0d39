"""A getter of the access class, and the utility function that it asks (handbook 3)."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator

from turnstay_lint.codemods.definitions import insert_definition, insert_method, laid_out_call
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.codemods.type_writing import written_type
from turnstay_lint.project.writing.new_getters import Key, NewGetter
from turnstay_lint.rules.database.new_getter_plan import WriteMethod, WriteUtility
from turnstay_lint.rules.package_plan import WritePackage

_INDENT = "    "
_SESSION = "session"
_MEANT = frozenset({_SESSION, "query", "result", "select"})


def write_getter(plan: object, edits: Edits) -> None:
    """Do one part of writing a getter: the method, its utility, or the package around that."""
    if isinstance(plan, WriteMethod):
        _write_method(plan.getter, edits)
    elif isinstance(plan, WriteUtility):
        _write_utility(plan.getter, edits)
    elif not isinstance(plan, WritePackage):
        raise CannotFix("the fix has no getter to write")


def _write_method(getter: NewGetter, edits: Edits) -> None:
    owner = next(
        (
            s
            for s in edits.tree.source.tree.body
            if isinstance(s, ast.ClassDef) and s.name == getter.owner
        ),
        None,
    )
    if owner is None:
        raise CannotFix(f"{getter.owner} is not where it was")
    methods = [s for s in owner.body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)]
    getters = [m for m in methods if m.name.startswith("get_")]
    last = getters or methods
    after = last[-1] if last else owner.body[-1]
    insert_method(edits, _method(getter, owner, edits), owner, after=after)


def _method(getter: NewGetter, owner: ast.ClassDef, edits: Edits) -> str:
    width = edits.settings.line_length - len(_INDENT)
    model = edits.add_import(dict(getter.models)[getter.model], getter.model)
    utility = getter.utility
    if getter.home.module != getter.access.module:
        utility = edits.add_import(getter.home.module, getter.utility)
    parameters, given = ["self"], [*_kept(getter, owner)]
    if getter.key is not None:
        parameters.append(_parameter(getter.key, edits))
        given.append(getter.key.parameter)
    if getter.restriction is not None:
        name = getter.restriction.parameter
        given.append(f"{name}={_attribute(owner, name)}")
    returns = f" -> list[{model}]:" if getter.many else f" -> {model}:"
    word = getter.tenant.parameter.removesuffix("_id").replace("_", " ")
    what = f"all {_said(getter)}" if getter.many else _said(getter)
    head = laid_out_call(f"async def {getter.method}", parameters, returns, "", width)
    body = laid_out_call(f"return await {utility}", given, "", _INDENT, width)
    return f'{head}\n{_INDENT}"""Get {what} belonging to this {word}."""\n{_INDENT}{body}'


def _said(getter: NewGetter) -> str:
    return getter.method.removeprefix("get_").replace("_", " ")


def _parameter(key: Key, edits: Edits) -> str:
    return f"{key.parameter}: {written_type(key.type, edits)}"


def _kept(getter: NewGetter, owner: ast.ClassDef) -> Iterator[str]:
    """Yield how the class's methods speak of the session and of the tenant's id."""
    yield _attribute(owner, _SESSION, "db", "_session", "db_session", "_db")
    name = getter.tenant.parameter
    word = name.removesuffix("_id")
    try:
        yield _attribute(owner, name, f"_{name}")
    except CannotFix:
        yield f"{_attribute(owner, word, f'_{word}')}.id"


def _attribute(owner: ast.ClassDef, *names: str) -> str:
    """Return the attribute of the class that is called by one of the names."""
    found = set(_attributes(owner))
    for name in names:
        if name in found:
            return f"self.{name}"
    raise CannotFix(f"{owner.name} keeps no {names[0]}")


def _attributes(owner: ast.ClassDef) -> Iterator[str]:
    """Yield what ``__init__`` assigns, fields of a dataclass, and properties."""
    for statement in owner.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        if not isinstance(statement, ast.FunctionDef):
            continue
        if any(ast.unparse(d).endswith("property") for d in statement.decorator_list):
            yield statement.name
        if statement.name == "__init__":
            for node in ast.walk(statement):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    if isinstance(node.value, ast.Name) and node.value.id == "self":
                        yield node.attr


def _write_utility(getter: NewGetter, edits: Edits) -> None:
    body = edits.tree.source.tree.body
    functions = [s for s in body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)]
    word = getter.tenant.parameter.removesuffix("_id")
    like = [f for f in functions if f.name.startswith(f"get_{word}_")]
    last = like or functions
    insert_definition(edits, _utility(getter, edits), after=last[-1] if last else None)


def _utility(getter: NewGetter, edits: Edits) -> str:
    width = edits.settings.line_length
    models = {name: edits.add_import(module, name) for name, module in getter.models}
    session = edits.add_import("sqlalchemy.ext.asyncio", "AsyncSession")
    parameters = [f"{_SESSION}: {session}", _parameter(getter.tenant, edits)]
    if getter.key is not None:
        parameters.append(_parameter(getter.key, edits))
    if getter.restriction is not None:
        ids = written_type(getter.restriction.type, edits)
        parameters.append(f"{getter.restriction.parameter}: set[{ids}] | None = None")
    model = models[getter.model]
    returns = f" -> list[{model}]:" if getter.many else f" -> {model}:"
    word = getter.tenant.parameter.removesuffix("_id").replace("_", " ")
    head = laid_out_call(f"async def {getter.utility}", parameters, returns, "", width)
    if getter.many:
        says = f"Fetch all {_said(getter)} of a {word}."
        end = ["return list(result.scalars().all())"]
    else:
        says = f"Fetch {_said(getter)} with {word} validation."
        end = _one_or_404(getter, edits)
    lines = [f'"""{says}"""', *_query(getter, models, edits), *end]
    body = "\n".join(_INDENT + line if line else line for line in lines)
    return f"{head}\n{body}"


def _query(getter: NewGetter, models: dict[str, str], edits: Edits) -> list[str]:
    select = edits.add_import("sqlalchemy", "select")
    joins = "".join(
        f".join({models[join.model]}, {models[join.left[0]]}.{join.left[1]}"
        f" == {models[join.model]}.{join.right})"
        for join in getter.joins
    )
    conditions = ", ".join(
        f"{models[key.model]}.{key.column} == {key.parameter}"
        for key in (getter.key, getter.tenant)
        if key is not None
    )
    query = f"query = {select}({models[getter.model]}){joins}.where({conditions})"
    lines = [*_laid(query, 1, edits), ""]
    allowed = getter.restriction
    if allowed is not None:
        ids = f"{models[allowed.model]}.{allowed.column}.in_({allowed.parameter})"
        lines.append(f"if {allowed.parameter} is not None:")
        lines += [_INDENT + line for line in _laid(f"query = query.where({ids})", 2, edits)]
        lines.append("")
    return [*lines, "result = await session.execute(query)"]


def _laid(statement: str, steps: int, edits: Edits) -> list[str]:
    """Return the lines of a statement as black has them, without the indent of the first."""
    indent = _INDENT * steps
    laid = laid_out_query(statement, indent, edits.settings.line_length) or statement
    return [line.removeprefix(indent) for line in laid.split("\n")]


def _variable(getter: NewGetter) -> str:
    """Return what the record is called, which the function must not mean something else by."""
    name = getter.method.removeprefix("get_")
    return f"{name}_" if keyword.iskeyword(name) or name in _MEANT else name


def _one_or_404(getter: NewGetter, edits: Edits) -> list[str]:
    name = _variable(getter)
    raises = f"raise {edits.add_import('fastapi', 'HTTPException')}"
    detail = _said(getter).capitalize()
    arguments = ["status_code=404", f'detail="{detail} not found"']
    width = edits.settings.line_length
    error = laid_out_call(raises, arguments, "", _INDENT * 2, width).split("\n")
    return [
        f"{name} = result.scalar_one_or_none()",
        "",
        f"if {name} is None:",
        _INDENT + error[0],
        *(line.removeprefix(_INDENT) for line in error[1:]),
        "",
        f"return {name}",
    ]
