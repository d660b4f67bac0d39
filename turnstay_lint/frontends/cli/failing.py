"""How the command ends when it cannot do what it was asked: one line, status 2."""

from __future__ import annotations

import sys
from typing import NoReturn

from turnstay_lint.reporters.columns import printable


def fail(message: str) -> NoReturn:
    """Say why on standard error and end with status 2."""
    print(f"turnstay-lint: {printable(message)}", file=sys.stderr)
    raise SystemExit(2)
