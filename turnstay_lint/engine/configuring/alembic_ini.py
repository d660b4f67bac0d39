"""What Alembic's own configuration says of the names of revisions."""

from __future__ import annotations

import re
from pathlib import Path

from turnstay_lint.source.patterns import regex

_FILE = "alembic.ini"
_TEMPLATE = regex(r"^[ \t]*file_template[ \t]*=[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)


def file_template(folder: Path) -> str:
    """Return the ``file_template`` of the ``alembic.ini`` in a folder, empty where none is said.

    Where several sections say different ones, none is taken.
    """
    try:
        text = (folder / _FILE).read_text("utf-8", "replace")
    except OSError:
        return ""
    said = {match.group(1).replace("%%", "%") for match in _TEMPLATE.finditer(text)}
    return said.pop() if len(said) == 1 else ""
