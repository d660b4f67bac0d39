"""TSL106: use the constant that holds the prefix."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.endpoints.path_writing import write_path

CODEMOD = Codemod("TSL106", write_path)
