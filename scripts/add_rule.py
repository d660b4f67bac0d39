"""Write the stubs of a new rule: its module, its codemod and its test, and nothing central.

python scripts/add_rule.py TSL110 page-not-paginated --section endpoints
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = {
    "endpoints": "1",
    "access": "2",
    "database": "3",
    "schemas": "4",
    "dependencies": "5",
    "errors": "6",
    "testing": "7",
    "middleware": "8",
    "migrations": "9",
    "organization": "0",
}

RULE = '''"""### What it does

Finds TODO.

### Why

Handbook, {section}: TODO.

### Bad

```python
todo = 1
```

### Good

```python
done = 1
```

### Fix safety

TODO: safe because ...

### Options

None.

### Known limits

TODO.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.rules.rule import Look, Rule


class {plan}(Struct, frozen=True):
    """What the codemod is to do, as plain data."""


def find_{name}(look: Look) -> Iterator[Finding]:
    """Yield TODO."""
    for name in look.source.index.module.bindings.get("todo", []):
        yield look.finding(name.node, "TODO", fix=safe("TODO", {plan}()))


RULE = Rule(
    code="{code}",
    name="{dashed}",
    severity=Severity.WARNING,
    check=find_{name},
    triggers=("todo",),
)
'''

CODEMOD = '''"""{code}: TODO, in the imperative."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.{section}.{name} import {plan}


def put_right(finding: Finding, edits: Edits) -> None:
    """Do what the plan says."""
    if finding.fix is None or not isinstance(finding.fix.plan, {plan}):
        raise CannotFix("the code is not where it was")
    edits.replace_span(finding.span, "done = 1")


CODEMOD = Codemod("{code}", put_right)
'''

TEST = '''from tests.harness import Check

check = Check("{code}")


def test_the_shape_that_the_handbook_forbids() -> None:
    check.flags(
        """
        «todo = 1»
        """,
        after="""
        done = 1
        """,
    )


def test_a_twin_that_is_fine() -> None:
    check.clean(
        """
        done = 1
        """
    )
'''


def stubs(code: str, dashed: str, section: str) -> dict[Path, str]:
    """Return the text of each file to write, by its path from the project's root."""
    name = dashed.replace("-", "_")
    plan = "".join(word.title() for word in dashed.split("-")) + "Plan"
    words = {"code": code, "dashed": dashed, "name": name, "plan": plan, "section": section}
    return {
        Path("turnstay_lint/rules", section, f"{name}.py"): RULE.format(**words),
        Path("turnstay_lint/codemods", section, f"{name}.py"): CODEMOD.format(**words),
        Path("tests/rules", section, f"test_{name}.py"): TEST.format(**words),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the stubs; 2 with one line on what is wrong, and nothing written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("code", help="TSL and three digits, the first its section's")
    parser.add_argument("name", help="the pattern that the rule finds, in words-with-dashes")
    parser.add_argument("--section", required=True, choices=sorted(SECTIONS))
    parser.add_argument("--root", type=Path, default=ROOT, help="the project to write to")
    chosen = parser.parse_args(arguments)
    problem = _problem(chosen.code, chosen.name, chosen.section)
    files = stubs(chosen.code, chosen.name, chosen.section)
    existing = [str(path) for path in files if (chosen.root / path).exists()]
    if problem or existing:
        print(problem or f"already there: {', '.join(existing)}", file=sys.stderr)
        return 2
    for path, text in files.items():
        target = chosen.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        package = target.parent / "__init__.py"
        if not package.exists():
            package.write_text("", encoding="utf-8")
        target.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    return 0


def _problem(code: str, name: str, section: str) -> str:
    if not re.fullmatch(r"TSL\d{3}", code):
        return f"{code} is no code: TSL and three digits"
    if code[3] != SECTIONS[section]:
        return f"{code} does not belong to {section}, whose codes begin with TSL{SECTIONS[section]}"
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        return f"{name} is no name: words in lower case with dashes between them"
    return ""


if __name__ == "__main__":
    raise SystemExit(main())
