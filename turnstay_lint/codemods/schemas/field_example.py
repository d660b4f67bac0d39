"""TSL406: say a field's example where Pydantic 2 looks for it."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.rewriting import rewrite

CODEMOD = Codemod("TSL406", rewrite)
