"""Whether files say a word, or an attribute: no more of them is what a new name rests on.

Each file is read once for all that is asked of it, and what is noted are the answers.
"""

from __future__ import annotations

import ast

from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.source.words import words_of


@noted_fact
def is_readable(project: Project, path: str) -> bool:
    """Tell whether a file of the service can be read again."""
    project.beyond.note(path, None)
    return _words(project, path) is not None


@noted_fact
def says_word(project: Project, path: str, word: str) -> bool:
    """Tell whether a word is anywhere in a file; in one that cannot be read it is not."""
    project.beyond.note(path, None)
    return word in (_words(project, path) or ())


@noted_fact
def says_attribute(project: Project, path: str, name: str) -> bool:
    """Tell whether a file asks anything for an attribute of that name."""
    project.beyond.note(path, None)
    return name in (_words(project, path) or ()) and name in _attributes(project, path)


@project_fact
def _words(project: Project, path: str) -> frozenset[str] | None:
    text = project.text(path)
    return words_of(text) if text is not None else None


@project_fact
def _attributes(project: Project, path: str) -> frozenset[str]:
    source = project.unnoted(path)
    nodes = ast.walk(source.tree) if source is not None else ()
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))
