"""Imports that fixed code needs, put where the handbook has them; imports left unused, removed.

Both work on the module's own import blocks and leave every other line as it is, so that a file
that black and TSL001 were content with stays so.
"""

from __future__ import annotations

import ast
from collections.abc import Set

from turnstay_lint.codemods.edits import CannotFix, Import
from turnstay_lint.codemods.import_addition import with_import
from turnstay_lint.codemods.import_removal import removable, without_names
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.project.organization.import_sections import Sections
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_blocks import is_type_checking
from turnstay_lint.source.scopes import Binding, Binds, inner_bodies
from turnstay_lint.source.text import Text


def local_name(tree: Tree, wanted: Import) -> str:
    """Return what the file calls a thing that it imports already, empty when it does not.

    An import under ``if TYPE_CHECKING:`` does not count, code cannot use it. Raises CannotFix
    where the name that the import would bind is something else in this file.
    """
    target = ".".join(part for part in (wanted.module, wanted.name) if part)
    unseen = _never_run(tree.source.tree.body)
    for name, bindings in tree.source.scope.bindings.items():
        seen = [binding for binding in bindings if binding.node not in unseen]
        if any(_imports(binding, target, wanted) for binding in seen):
            if not wanted.alias or wanted.alias == name:
                return name
    taken = tree.source.scope.bindings.get(wanted.local, [])
    target = target if wanted.name or wanted.alias else wanted.local
    if any(binding.target != target for binding in taken):
        raise CannotFix(f"`{wanted.local}` is the name of something else in this file")
    return ""


def _imports(binding: Binding, target: str, wanted: Import) -> bool:
    """``import a.b`` binds ``a``, but only an import of ``a.b`` itself makes ``a.b`` usable."""
    if binding.kind is not Binds.IMPORT:
        return False
    if wanted.name or not isinstance(binding.node, ast.Import):
        return binding.target == target
    return any(alias.name == target for alias in binding.node.names)


def _never_run(body: list[ast.stmt]) -> set[ast.AST]:
    """Return the statements below ``if TYPE_CHECKING:``."""
    found: set[ast.AST] = set()
    for statement in body:
        if is_type_checking(statement) and isinstance(statement, ast.If):
            found.update(statement.body)
            found |= _never_run(statement.orelse)
        else:
            for inner in inner_bodies(statement):
                found |= _never_run(inner)
    return found


def adjust_imports(
    source: SourceFile,
    add: Set[Import],
    unused: Set[str],
    settings: Settings,
    project: Project | None = None,
) -> str:
    """Return the file's text with imports added, and those of ``unused`` names gone if unused.

    ``project`` knows which packages besides the service's own are local. A name goes only when
    nothing uses it any more, no comment would go with it, and the file is no ``__init__.py``.
    """
    gone = removable(source, unused - {wanted.local for wanted in add})
    for wanted in sorted(add):
        sections = Sections(settings, source.module, project)
        source = _reread(source, with_import(source, wanted, gone, sections, settings))
    return without_names(source, removable(source, gone), settings)


def _reread(source: SourceFile, text: str) -> SourceFile:
    origin = Text(text, source.origin.encoding, source.origin.bom)
    return SourceFile(source.path, origin, source.module)
