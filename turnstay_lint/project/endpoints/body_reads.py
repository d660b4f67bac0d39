"""Which endpoint reads a field of the body that it takes."""

from __future__ import annotations

import ast

from turnstay_lint.project.endpoints.bodies import taken
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.rereading import reread
from turnstay_lint.source.scopes import FunctionNode, all_parameters


@noted_fact
def reader_of(project: Project, schema: str, field: str) -> str:
    """Return an endpoint that takes a schema and reads its field by name, empty for none."""
    wanted = schema.rpartition(".")[2]
    for route in taken(project).get(schema, ()):
        source = reread(project, route.path_of_file)
        for scope in source.index.functions if source is not None else ():
            node = scope.node
            if not isinstance(node, FunctionNode) or not route.function.endswith(f".{node.name}"):
                continue
            bodies = {
                parameter.arg
                for parameter in all_parameters(node.args)
                if parameter.annotation is not None and wanted in ast.unparse(parameter.annotation)
            }
            if any(_reads(inner, bodies, field) for inner in ast.walk(node)):
                return route.label
    return ""


def _reads(node: ast.AST, bodies: set[str], field: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return owner in bodies and name == field
    return False
