"""TSL105: name the resource in the other number."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.endpoints.path_writing import write_path

CODEMOD = Codemod("TSL105", write_path)
