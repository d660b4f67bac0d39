"""What an expression is a name of: ``sa.Column`` is ``sqlalchemy.Column``, whatever it is called.

Names are resolved, not matched. The answer is a dotted name: an import's target, the module's own
``package.module.Thing``, or ``builtins.list``; ``None`` where the file alone cannot tell. A name
that nothing binds stands for what the handbook's examples import under that name, so that a
fragment reads as it is meant; in a file that runs, every name is bound.
"""

from __future__ import annotations

import ast
import builtins

from turnstay_lint.source.scopes import Binding, Binds, Scope

_BUILTINS = frozenset(dir(builtins))
_MOST_ALIASES = 8

# What the handbook's own fragments leave unimported.
UNBOUND_NAMES = {
    "op": "alembic.op",
    "sa": "sqlalchemy",
    **{
        name: f"sqlalchemy.{name}"
        for name in (
            "Boolean", "Column", "DateTime", "ForeignKey", "Integer", "Numeric", "String", "Table",
            "and_", "delete", "func", "insert", "or_", "select", "text", "update",
        )
    },
    **{
        name: f"sqlalchemy.orm.{name}"
        for name in (
            "DeclarativeBase", "Mapped", "aliased", "backref", "contains_eager", "joinedload",
            "mapped_column", "relationship", "selectinload", "subqueryload",
        )
    },
    "AsyncSession": "sqlalchemy.ext.asyncio.AsyncSession",
    **{
        name: f"fastapi.{name}"
        for name in ("APIRouter", "Depends", "FastAPI", "HTTPException", "Request", "Response")
    },
    **{name: f"pydantic.{name}" for name in ("BaseModel", "Field", "model_validator")},
    "Page": "fastapi_pagination.Page",
    "paginate": "fastapi_pagination.paginate",
    "Any": "typing.Any",
    "deps": "app.api.deps",
    "BaseHTTPMiddleware": "starlette.middleware.base.BaseHTTPMiddleware",
}  # fmt: skip


def resolve(expression: ast.expr, scope: Scope) -> str | None:
    """Return the dotted name that ``expression`` has in ``scope``, or None where it has none.

    A variable of the module that is no alias of something else is ``module.variable``; a variable
    of a function, a parameter or a call has no name.
    """
    if type(expression) is ast.Name:
        # Most names are read more than once in a scope.
        name, read = expression.id, scope.read
        return read[name] if name in read else _resolve_name(expression, scope, _MOST_ALIASES)
    return _resolve(expression, scope, _MOST_ALIASES)


def _resolve(expression: ast.expr, scope: Scope, depth: int) -> str | None:
    if type(expression) is ast.Name:
        return _resolve_name(expression, scope, depth)
    attributes: list[str] = []
    while type(expression) is ast.Attribute:
        attributes.append(expression.attr)
        expression = expression.value
    if type(expression) is not ast.Name:
        return None
    if depth == _MOST_ALIASES and expression.id in scope.read:
        base = scope.read[expression.id]
    else:
        base = _resolve_name(expression, scope, depth)
    if not base:
        return None
    attributes.append(base)
    attributes.reverse()
    return ".".join(attributes)


def _resolve_name(node: ast.Name, scope: Scope, depth: int) -> str | None:
    """Look a name up; what it means wherever in the scope it is read is kept there."""
    name = node.id
    settled = depth == _MOST_ALIASES and type(scope.node) is not ast.ClassDef
    if settled and name in scope.read:
        return scope.read[name]
    found = scope.lookup(name, node)
    if found is None:
        meaning = _unbound(name, scope)
    else:
        owner, bindings = found
        if depth < _MOST_ALIASES or (owner is scope and len(bindings) > 1):
            here = (node.lineno, node.col_offset) if owner is scope else None
            return _meaning(name, _in_force(bindings, here, owner), owner, depth)
        if name not in owner.meanings:
            binding = _in_force(bindings, None, owner)
            owner.meanings[name] = _meaning(name, binding, owner, depth)
        meaning = owner.meanings[name]
    if settled:
        scope.read[name] = meaning
    return meaning


def _meaning(name: str, binding: Binding, owner: Scope, depth: int) -> str | None:
    match binding.kind:
        case Binds.IMPORT:
            return binding.target
        case Binds.FUNCTION | Binds.CLASS:
            inner = ".".join(part for part in (owner.qualname, name) if part)
            return f"{owner.module}.{inner}"
        case Binds.ASSIGNMENT:
            aliased = _alias(binding, owner, depth)
            if aliased is not None:
                return aliased
    return f"{owner.module}.{name}" if owner.is_module else None


def _alias(binding: Binding, owner: Scope, depth: int) -> str | None:
    """``rel = orm.relationship`` is another name of it."""
    if depth == 0 or not isinstance(binding.value, ast.Name | ast.Attribute):
        return None
    root: ast.expr = binding.value
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return None
    found = owner.lookup(root.id)
    if found is None or all(b.kind in (Binds.IMPORT, Binds.CLASS) for b in found[1]):
        return _resolve(binding.value, owner, depth - 1)
    if isinstance(binding.value, ast.Name) and found[1][0].kind is not Binds.PARAMETER:
        return _resolve(binding.value, owner, depth - 1)
    return None


def binding_in_force(name: str, scope: Scope) -> Binding | None:
    """Return the binding that counts for whoever reads a name of ``scope`` from outside it."""
    bindings = scope.bindings.get(name)
    return _in_force(bindings, None, scope) if bindings else None


def _in_force(bindings: list[Binding], at: tuple[int, int] | None, owner: Scope) -> Binding:
    """The last binding before the use, where both are in one scope; else the last that says much.

    ``except ImportError: thing = None`` says nothing of what ``thing`` is where it is something,
    and an import says more than what stands in for it under another condition.
    """
    if len(bindings) == 1:
        return bindings[0]
    telling = [b for b in bindings if not _is_none(b)] or bindings
    if at is None:
        imports = [b for b in telling if b.kind is Binds.IMPORT]
        if imports and len(imports) < len(telling):
            settled = [n for n, b in enumerate(telling) if _is_unconditional(b, owner)]
            telling = telling[settled[-1] :] if settled else telling
            imports = [b for b in telling if b.kind is Binds.IMPORT]
        return imports[-1] if imports else telling[-1]
    before = [b for b in telling if b.since <= at]
    return before[-1] if before else telling[-1]


def _is_unconditional(binding: Binding, owner: Scope) -> bool:
    body = getattr(owner.node, "body", None)
    return isinstance(body, list) and any(binding.node is statement for statement in body)


def _is_none(binding: Binding) -> bool:
    return isinstance(binding.value, ast.Constant) and binding.value.value is None


def _unbound(name: str, scope: Scope) -> str | None:
    outermost = scope
    while outermost.parent is not None:
        outermost = outermost.parent
    if name not in outermost.meanings:
        outermost.meanings[name] = _unbound_meaning(name, outermost)
    return outermost.meanings[name]


def _unbound_meaning(name: str, outermost: Scope) -> str | None:
    if name in _BUILTINS:
        return f"builtins.{name}"
    meant = UNBOUND_NAMES.get(name)
    for star in outermost.stars:
        if meant is not None and meant.startswith(star.partition(".")[0] + "."):
            return meant
    if len(outermost.stars) > 1:  # which of them, whoever has the whole project can tell
        return f"{outermost.module}.{name}"
    return f"{outermost.stars[0]}.{name}" if outermost.stars else meant
