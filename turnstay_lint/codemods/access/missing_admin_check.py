"""TSL202: have an admin route depend on the check for administrators."""

from __future__ import annotations

from turnstay_lint.codemods.access.route_dependency import add_dependency
from turnstay_lint.codemods.codemod import Codemod

CODEMOD = Codemod("TSL202", add_dependency)
