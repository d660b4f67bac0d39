"""TSL107: answer a page."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.endpoints.page_not_paginated import paginate_returns

CODEMOD = Codemod("TSL107", paginate_returns)
