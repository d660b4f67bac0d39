"""TSL403: declare a validator in Pydantic 2's words."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.rewriting import rewrite

CODEMOD = Codemod("TSL403", rewrite)
