"""TSL405: call a schema's method by its name in Pydantic 2."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.rewriting import rewrite

CODEMOD = Codemod("TSL405", rewrite)
