"""TSL905: let columns that a downgrade adds back be NULL."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.migrations.unfilled_columns import make_columns_nullable

CODEMOD = Codemod("TSL905", make_columns_nullable)
