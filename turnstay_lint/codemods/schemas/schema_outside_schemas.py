"""TSL410: move a schema to the module of its kind."""

from __future__ import annotations

from turnstay_lint.codemods.class_moving import settle, take_out
from turnstay_lint.codemods.codemod import Codemod

CODEMOD = Codemod("TSL410", take_out, settle)
