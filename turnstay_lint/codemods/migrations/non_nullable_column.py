"""TSL901: let columns that an upgrade adds be NULL until they are filled, and fill them."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.migrations.revision_writing import write_revision
from turnstay_lint.codemods.migrations.unfilled_columns import make_columns_nullable

CODEMOD = Codemod("TSL901", make_columns_nullable, write_revision)
