"""Types written as a file names them."""

from __future__ import annotations

from turnstay_lint.codemods.edits import Edits
from turnstay_lint.project.endpoints.response_models import LISTS
from turnstay_lint.source.types import Type


def written_type(type_: Type, edits: Edits) -> str:
    """Return a type as the file names it, asking for the imports that it needs."""
    if type_.name == "|":
        return " | ".join(written_type(member, edits) for member in type_.arguments)
    name = _named("builtins.list" if type_.name in LISTS else type_.name, edits)
    if not type_.arguments:
        return name
    return f"{name}[{', '.join(written_type(argument, edits) for argument in type_.arguments)}]"


def _named(dotted: str, edits: Edits) -> str:
    module, _, name = dotted.rpartition(".")
    if module in ("", "builtins"):
        return name
    for local, bindings in edits.tree.source.scope.bindings.items():
        if bindings[-1].target == module and module in ("datetime", "decimal", "uuid", "enum"):
            return f"{local}.{name}"
    if module == "datetime":
        return f"{edits.add_import(module)}.{name}"
    return edits.add_import(module, name)
