"""What a reader of the handbook finds in the drifted service, as it is written beside it."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.services.service_copy import SERVICES

FOLDER = SERVICES / "drifted.expected"


def expected_findings() -> list[dict[str, Any]]:
    """Return the rows of all sections: path (relative to the service), line (the first is 1),
    code, applicability and note."""
    return [
        row
        for section in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(section.read_text(encoding="utf-8"))["findings"]
    ]
