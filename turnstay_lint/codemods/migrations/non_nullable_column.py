"""TSL901: let columns that an upgrade adds be NULL until they are filled."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.migrations.unfilled_columns import make_columns_nullable

CODEMOD = Codemod("TSL901", make_columns_nullable)
