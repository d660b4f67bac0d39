"""What lies in a service's tree without being the service: environments, caches, build output."""

from __future__ import annotations

import os
from pathlib import Path

LEFT_OUT = frozenset(
    {
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".git-rewrite",
        ".hg",
        ".hypothesis",
        ".import_linter_cache",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pants.d",
        ".pyenv",
        ".pytest_cache",
        ".pytype",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".turnstay_cache",
        ".venv",
        ".vscode",
        "__pycache__",
        "__pypackages__",
        "_build",
        "node_modules",
        "site-packages",
        "venv",
    }
)
"""Names of folders that are left out by default."""

_OUTPUT = frozenset({"build", "dist", "buck-out"})


def left_out_by_default(folder: Path | str, name: str) -> bool:
    """Tell whether a folder of that name is left out unless it is asked for.

    ``env`` may be anything, so an environment is known by its ``pyvenv.cfg``; a folder ``build``
    that is a package, or lies in one, is code.
    """
    if left_out_by_name(name):
        return True
    if name in _OUTPUT:
        return not any(Path(at, "__init__.py").exists() for at in (folder, Path(folder).parent))
    return os.path.exists(f"{folder}/pyvenv.cfg")  # noqa: PTH110 (asked of every folder)


def left_out_by_name(name: str) -> bool:
    """Tell whether a folder is left out by default whatever is in it, and beside it."""
    return name in LEFT_OUT or name.endswith(".egg-info")
