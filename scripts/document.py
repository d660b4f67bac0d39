"""Write the pages that are made from the rules: one a rule, and the table of all of them.

    python scripts/document.py           # writes docs/rules/
    python scripts/document.py --check   # exit 1 when a page is stale
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from turnstay_lint.engine.registry import all_rules, documentation_of, has_codemod, section_of
from turnstay_lint.rules.rule import Rule

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/rules")


def page(rule: Rule) -> str:
    """Return a rule's page, in Markdown."""
    default = "on by default" if rule.default else "opt-in"
    fixable = "has fixes" if has_codemod(rule) else "has no fix"
    facts = f"`{rule.severity.value}` · {default} · {fixable} · handbook: {section_of(rule)}"
    return f"# {rule.code} {rule.name}\n\n{facts}\n\n{documentation_of(rule)}\n"


def index() -> str:
    """Return the table of all rules, in Markdown."""
    rows = "\n".join(
        f"| [{rule.code}]({rule.name}.md) | {rule.name} | {section_of(rule)} "
        f"| {rule.severity.value} | {'yes' if rule.default else 'opt-in'} "
        f"| {'yes' if has_codemod(rule) else 'no'} | {summary(rule)} |"
        for rule in all_rules()
    )
    head = "| code | name | handbook section | severity | on | fixes | what it finds |"
    rule_line = "| --- | --- | --- | --- | --- | --- | --- |"
    return f"# The rules\n\n{head}\n{rule_line}\n{rows}\n"


def summary(rule: Rule) -> str:
    """Return the first sentence of what a rule does."""
    lines = documentation_of(rule).split("\n")
    start = next((n for n, line in enumerate(lines) if line.startswith("### What it does")), 0)
    paragraph: list[str] = []
    for line in lines[start + 1 :]:
        if line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            break
    return " ".join(paragraph).split(". ")[0].rstrip(".").replace("|", "\\|")


def pages() -> dict[Path, str]:
    """Return every generated page by its path from the project's root."""
    made = {FOLDER / f"{rule.name}.md": page(rule) for rule in all_rules()}
    return {FOLDER / "README.md": index(), **made}


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    check = parser.parse_args(arguments).check
    wanted = pages()
    existing = {path.relative_to(ROOT) for path in (ROOT / FOLDER).glob("*.md")}
    stale = [path for path, text in wanted.items() if _read(path) != text]
    orphans = sorted(existing - set(wanted))
    if check:
        for path in [*stale, *orphans]:
            print(f"stale: {path}; run python scripts/document.py", file=sys.stderr)
        return 1 if stale or orphans else 0
    (ROOT / FOLDER).mkdir(parents=True, exist_ok=True)
    for path in orphans:
        (ROOT / path).unlink()
    for path in stale:
        (ROOT / path).write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


def _read(path: Path) -> str:
    whole = ROOT / path
    return whole.read_text(encoding="utf-8") if whole.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main())
