"""Write what is made from the code: a page a rule, their table, the configuration's keys.

python scripts/document.py           # writes docs/ and the README's table
python scripts/document.py --check   # exit 1 when a page is stale
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from pathlib import Path

from msgspec import NODEFAULT
from msgspec.structs import fields

from turnstay_lint.engine.configuring import documentation
from turnstay_lint.engine.configuring.configuration import Configuration
from turnstay_lint.engine.configuring.registry import (
    all_rules,
    documentation_of,
    has_codemod,
    section_of,
)
from turnstay_lint.engine.handbook.tailoring import Tailored
from turnstay_lint.project.settings import Settings
from turnstay_lint.reporters.handbook_markdown import handbook_markdown
from turnstay_lint.rules.rule import Rule

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/rules")
CONFIGURATION = Path("docs/configuration.md")
HANDBOOK = Path("docs/handbook.md")
README = Path("README.md")


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
    """Return the first sentence of what a rule does, for a cell of a table."""
    return documentation.summary(rule).removesuffix(".").replace("|", "\\|")


ENGINE_KEYS = {
    "select": ("[]", "Codes, beginnings of codes or names of the rules that are on; `ALL` is all."),
    "extend-select": ("[]", "Rules that are on besides those of `select` or the default."),
    "ignore": ("[]", "Rules that are off."),
    "per-file-ignores": ("{}", "Rules that are off for files, by pattern."),
    "severity": ("{}", 'For a rule `"error"` or `"warning"`.'),
    "fixable": ('["ALL"]', "Rules whose findings may be fixed."),
    "unfixable": ("[]", "Rules whose findings are not fixed, whatever `fixable` says."),
    "extend-safe-fixes": ("[]", "Rules all of whose fixes are held to be safe."),
    "extend-unsafe-fixes": ("[]", "Rules whose fixes are made with `--unsafe-fixes` alone."),
    "exclude": ("", "Patterns of files to leave out, in place of the usual folders."),
    "extend-exclude": ("[]", "Patterns of files to leave out besides."),
    "output-format": ('"full"', "As `--output-format`."),
}


def configuration() -> str:
    """Return the page of all keys of ``[tool.turnstay-lint]``, in Markdown."""
    rows = [f"| `{key}` | `{default}` | {text} |" for key, (default, text) in ENGINE_KEYS.items()]
    said = _said_of_fields()
    for item in fields(Settings):
        default = item.default
        if item.default_factory is not NODEFAULT:
            default = item.default_factory()
        key = item.name.replace("_", "-")
        rows.append(f"| `{key}` | `{_toml(default)}` | {said[item.name]} |")
    table = "\n".join(rows)
    return (
        "# Configuration\n\nThe keys of `[tool.turnstay-lint]` in `pyproject.toml`; every file"
        " takes the nearest one.\nAn unknown key or a value of another type is an error.\n\n"
        f"| key | default | meaning |\n| --- | --- | --- |\n{table}\n"
    )


def _said_of_fields() -> dict[str, str]:
    """Return the docstring below each field of Settings, on one line."""
    [definition] = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(definition, ast.ClassDef)
    said: dict[str, str] = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=text)):
                said[name] = " ".join(str(text).split()).replace("``", "`")
    return said


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case str():
            return f'"{value}"'
    return str(value)


def readme() -> str:
    """Return the README with its table of rules made anew."""
    rows = "\n".join(
        f"| [{rule.code}](docs/rules/{rule.name}.md) | {rule.name} | {summary(rule)} |"
        for rule in all_rules()
    )
    table = f"<!-- rules -->\n| code | name | what it finds |\n| --- | --- | --- |\n{rows}\n"
    return re.sub(
        "<!-- rules -->\n.*?(?=<!-- /rules -->)", lambda _: table, _read(README), flags=re.DOTALL
    )


def pages() -> dict[Path, str]:
    """Return every generated page by its path from the project's root."""
    made = {FOLDER / f"{rule.name}.md": page(rule) for rule in all_rules()}
    about = {
        FOLDER / "README.md": index(),
        CONFIGURATION: configuration(),
        HANDBOOK: handbook_markdown(Tailored(Configuration()), "rules/"),
        README: readme(),
    }
    return {**about, **made}


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
