"""How many findings of each rule, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from turnstay_lint.reporters.view import View


def report(view: View, *, as_json: bool = False) -> Iterator[str]:
    """Yield ``count CODE [*] name`` of every rule that found something, or the same as JSON.

    The star is for rules of which ``--fix`` can put all or some right, unsafe fixes counted.
    """
    found = view.report.findings
    counts = Counter((f.code, f.name) for f in found)
    fixable = Counter(f.code for f in found if f.fix is not None)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if as_json:
        yield json.dumps(
            [
                {"code": code, "name": name, "count": count, "fixable": fixable[code]}
                for (code, name), count in rows
            ],
            indent=2,
        )
        return
    width = max((len(str(count)) for count in counts.values()), default=0)
    for (code, name), count in rows:
        star = "[*]" if fixable[code] == count else "[-]" if fixable[code] else "[ ]"
        yield f"{count:>{width}}  {code} {star} {name}"
