"""TSL409: let a validator be the class method that it is meant to be."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.rewriting import rewrite

CODEMOD = Codemod("TSL409", rewrite)
