"""How Alembic names the file of a revision: ``file_template`` of ``alembic.ini``.

A date in it is the parent's, whose file must have been named by the template, so that the same
service always gets the same names.
https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from turnstay_lint.source.patterns import regex

_TOKEN = regex(r"%\((\w+)\)([.\d]*)[sd]")


def fields_of(template: str, path: str, revision: str) -> dict[str, str] | None:
    """Return what stands in a file's path for each token of a template, None if it differs.

    The template may hold folders; then as many of the path's last parts are looked at.
    """
    depth = template.count("/") + 1
    tail = "/".join(path.removesuffix(".py").split("/")[-depth:])
    seen: set[str] = set()
    pattern, end = "", 0
    for token in _TOKEN.finditer(template):
        pattern += re.escape(template[end : token.start()])
        name = token.group(1)
        said = re.escape(revision) if name == "rev" else r"[^/]*" if name == "slug" else r"\d+"
        pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{said})"
        seen.add(name)
        end = token.end()
    found = re.fullmatch(pattern + re.escape(template[end:]), tail)
    return found.groupdict() if found is not None else None


def filled_in(template: str, fields: Mapping[str, str]) -> str:
    """Return a template with its tokens given, each as it is to stand there."""
    return _TOKEN.sub(lambda token: fields.get(token.group(1), ""), template)
