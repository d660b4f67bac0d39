"""TSL402: derive from the service's own base class."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.schemas.response_schema_base import derive_from_base

CODEMOD = Codemod("TSL402", derive_from_base)
