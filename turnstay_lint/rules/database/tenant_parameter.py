"""The parameter that the tenant's dependency fills, and whether the access object makes it dead."""

from __future__ import annotations

import ast

from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope


def access_asks_for_tenant(project: Project) -> bool:
    """Tell whether the access dependency depends on the tenant's, which may refuse the request."""
    settings = project.settings
    for module in project.modules.values():
        function = module.functions.get(settings.access_dependency)
        for parameter in function.parameters if function is not None else ():
            given = [v for v in (parameter.default, *parameter.metadata) if isinstance(v, Call)]
            for depends in given:
                for inner in depends.arguments:
                    if isinstance(inner, Name):
                        if inner.name.rpartition(".")[2] == settings.company_dependency:
                            return True
    return False


def is_tenant_parameter(look: Look, name: str, function: Scope) -> bool:
    """Tell whether ``Depends(get_company)`` fills a parameter, as its default or in Annotated."""
    node = function.node
    assert isinstance(node, FunctionNode)
    plain = [*node.args.posonlyargs, *node.args.args]
    defaults = [*zip(plain[::-1], node.args.defaults[::-1], strict=False)]
    defaults += [
        (parameter, default)
        for parameter, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    ]
    said: list[ast.AST | None] = [default for p, default in defaults if p.arg == name]
    said += [p.annotation for p in (*plain, *node.args.kwonlyargs) if p.arg == name]
    return any(
        isinstance(inner, ast.Name | ast.Attribute)
        and (resolve(inner, function.parent or function) or "").rpartition(".")[2]
        == look.settings.company_dependency
        for expression in said
        if expression is not None
        for inner in ast.walk(expression)
    )
