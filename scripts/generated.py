"""Services of any size, generated from the fixture services, for measuring.

They are copies whose modules are grown to the length that files of real services have, by
repeating their definitions under other names.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ROOT / "fixtures" / "services"

ORDINARY_LINES = 175
"""The mean length of a file in the application folder of the service that the goals come from."""


def grown(text: str) -> str:
    """Repeat a module's functions and classes under other names until it is of ordinary length.

    A module without definitions and a revision of a migration are left as they are.
    """
    tree = ast.parse(text)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    definitions = [node for node in tree.body if isinstance(node, kinds)]
    names = [node.name for node in definitions]
    if not definitions or "upgrade" in names:
        return text
    lines = text.splitlines()
    begins = [min([n.lineno, *(d.lineno for d in n.decorator_list)]) - 1 for n in definitions]
    bodies = [lines[b : n.end_lineno] for b, n in zip(begins, definitions, strict=True)]
    copy = 2
    while len(lines) < ORDINARY_LINES:
        for body in bodies:
            renamed = re.sub(rf"\b({'|'.join(names)})\b", rf"\g<1>_{copy}", "\n".join(body))
            lines += ["", "", *renamed.splitlines()]
        copy += 1
    return "\n".join(lines) + "\n"


def generate(folder: Path, count: int, model: str = "guesthouse") -> int:
    """Copy a fixture service until there are ``count`` files; return how many there are."""
    origin = SERVICES / model
    sources = sorted(p for p in origin.rglob("*.py") if "__pycache__" not in p.parts)
    texts = {source: grown(source.read_text(encoding="utf-8")) for source in sources}
    written = 0
    while written < count:
        service = folder / f"service_{written // len(sources):03d}"
        for source in sources[: count - written]:
            target = service / source.relative_to(origin)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(texts[source], encoding="utf-8")
            written += 1
    (folder / "pyproject.toml").write_text("[tool.turnstay-lint]\n", encoding="utf-8")
    return written
