"""Draw what the README shows: the real output over a fixture service, as an SVG.

python scripts/picture.py            # writes docs/output.svg; needs rich
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "output.svg"
SHOWN = "fixtures/services/drifted/app/api/endpoints/payment_intents.py"
COMMAND = ["turnstay-lint", "--select", "TSL301,TSL101", SHOWN]
MOST_LINES = 40
WIDTH = 140


def main() -> int:
    """Run the linter, and write the picture of what it printed."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    done = subprocess.run(
        [sys.executable, "-m", "turnstay_lint", *COMMAND[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    cut = [*lines[: MOST_LINES - 2], "…", lines[-1]] if len(lines) > MOST_LINES else lines
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi("$ " + " ".join(COMMAND)))
    for line in cut:
        console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
    drawn = console.export_svg(title="turnstay-lint")
    # The picture brings no fonts along from elsewhere: the viewer's own will do.
    drawn = re.sub(r"@font-face \{.*?\}\n?", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("<svg ", '<svg xml:space="preserve" ', 1)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(drawn.rstrip() + "\n", encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
