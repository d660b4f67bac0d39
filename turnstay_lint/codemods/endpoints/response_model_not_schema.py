"""TSL102: name the schema in place of what is none."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.endpoints.missing_response_model import declare_response_model
from turnstay_lint.codemods.schema_writing import write_schema

CODEMOD = Codemod("TSL102", declare_response_model, write_schema)
