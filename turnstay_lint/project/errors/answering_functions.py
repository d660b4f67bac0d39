"""Which functions a framework calls for what they return or raise: what it does with either."""

from __future__ import annotations

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope

MIDDLEWARE = "starlette.middleware.base.BaseHTTPMiddleware"
_HANDLING = "exception_handler"


@project_fact
def dependencies(project: Project) -> frozenset[str]:
    """Return the canonical names of the functions that FastAPI is told to depend on."""
    return frozenset(
        project.canonical(name, module.name)
        for module in project.modules.values()
        for name in module.depends
    )


def is_dependency(project: Project, function: Scope) -> bool:
    """Tell whether a function of a module is one that something depends on."""
    return f"{function.module}.{function.qualname}" in dependencies(project)


def is_exception_handler(function: Scope) -> bool:
    """Tell whether a decorator makes a function an application's handler of exceptions."""
    node, outer = function.node, function.parent or function
    return isinstance(node, FunctionNode) and any(
        (resolve(getattr(decorator, "func", decorator), outer) or "").rpartition(".")[2]
        == _HANDLING
        for decorator in node.decorator_list
    )


def is_dispatch(project: Project, function: Scope) -> bool:
    """Tell whether a function is the ``dispatch`` of a middleware of Starlette's."""
    owner = function.parent
    if function.name != "dispatch" or owner is None or not owner.is_class:
        return False
    return project.derives(f"{owner.module}.{owner.qualname}", owner.module, MIDDLEWARE)
