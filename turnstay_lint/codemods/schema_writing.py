"""A response schema written where the service keeps its others (handbook 4)."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.definitions import insert_definition
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.type_writing import written_type
from turnstay_lint.project.writing.new_schemas import NewSchema
from turnstay_lint.project.writing.schema_homes import BASE
from turnstay_lint.rules.endpoints.new_schema_plan import ExportSchema, WriteSchema
from turnstay_lint.rules.package_plan import WritePackage

_BASE_CODE = f'''class {BASE}({{model}}):
    """Base class for all response schemas."""

    model_config = {{{{"from_attributes": True}}}}'''


def write_schema(plan: object, edits: Edits) -> None:
    """Do one part of writing a schema: the class, its export, or the package around it."""
    if isinstance(plan, WriteSchema):
        _write_class(plan.schema, edits)
    elif isinstance(plan, ExportSchema):
        _export(plan, edits)
    elif not isinstance(plan, WritePackage):
        raise CannotFix("the fix has no schema to write")


def _write_class(schema: NewSchema, edits: Edits) -> None:
    base, code = BASE, ""
    home = schema.home
    if not schema.base:
        code = _BASE_CODE.format(model=edits.add_import("pydantic", "BaseModel")) + "\n\n\n"
    elif schema.base != home.module and BASE not in edits.tree.source.scope.bindings:
        base = edits.add_import(schema.base, BASE)
    rows = [
        f"    {field.name}: {written_type(field.type, edits)}" + (" | None = None" * field.optional)
        for field in schema.fields
    ]
    code += f"class {schema.name}({base}):\n" + "\n".join(rows)
    classes = [s for s in edits.tree.source.tree.body if isinstance(s, ast.ClassDef)]
    insert_definition(edits, code, after=classes[-1] if classes else None)
    list_name(schema.name, edits)


def _export(plan: ExportSchema, edits: Edits) -> None:
    edits.add_import(plan.module, plan.name)
    if plan.listed:
        list_name(plan.name, edits)


def list_name(name: str, edits: Edits) -> None:
    """Add a name to ``__all__``, where the file has one, in the place that its order says."""
    listed = next(
        (
            s.value
            for s in edits.tree.source.tree.body
            if isinstance(s, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == "__all__" for t in s.targets)
        ),
        None,
    )
    if listed is None:
        return
    if not isinstance(listed, ast.List | ast.Tuple) or not listed.elts:
        raise CannotFix("its __all__ is made in a way that cannot be added to")
    names = [e.value if isinstance(e, ast.Constant) else None for e in listed.elts]
    if name in names:
        return
    texts = [str(n) for n in names]
    place = sum(text <= name for text in texts) if texts == sorted(texts) else len(texts)
    _insert_element(edits, listed.elts, place, name)


def _insert_element(edits: Edits, elements: list[ast.expr], place: int, name: str) -> None:
    source, lines = edits.tree.source, edits.tree.lines
    rows = {source.span(element).line for element in elements}
    spread = len(rows) == len(elements) and source.span(elements[0]).line not in {1}
    quote = edits.tree.text[lines.offset(*source.span(elements[0]).start)]
    quote = quote if quote in "\"'" else '"'
    said = f"{quote}{name}{quote}"
    if spread and len(elements) > 1:
        indent = edits.tree.indent_of(source.span(elements[0]).line)
        gap = f",\n{indent}"
    else:
        gap = ", "
    if place < len(elements):
        start = lines.offset(*source.span(elements[place]).start)
        edits.replace_text(start, start, f"{said}{gap}")
    else:
        end = lines.offset(*source.span(elements[-1]).end)
        edits.replace_text(end, end, f"{gap}{said}")
