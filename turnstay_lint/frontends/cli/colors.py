"""Whether the command writes in color: what the environment says, else whether somebody watches.

https://no-color.org and https://force-color.org
"""

from __future__ import annotations

import os
import sys


def has_color() -> bool:
    """Tell whether standard output is to be in color."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
