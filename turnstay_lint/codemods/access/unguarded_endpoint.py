"""TSL201: have a route depend on a guard."""

from __future__ import annotations

from turnstay_lint.codemods.access.route_dependency import add_dependency
from turnstay_lint.codemods.codemod import Codemod

CODEMOD = Codemod("TSL201", add_dependency)
