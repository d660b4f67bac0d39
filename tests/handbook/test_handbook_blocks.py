"""The handbook's own examples: what it calls good is clean, what it calls bad fires.

``fixtures/handbook`` holds one file an example, in the handbook's order. They are fragments and
read as such: an ellipsis among parameters is written out as a standard dependency, examples with
one path comment are one file, all others are the rest of the service.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.services.lint import lint
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile

EXAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "handbook"
NAMES = sorted(path.name for path in EXAMPLES.glob("*.py"))

# Which lines the handbook marks ❌, and the rule that has to say so.
BAD = {
    "09_database_query_best_practices.py": {
        ("TSL302", "account = await session.get(Account, 1)"),
        ("TSL307", "print(account.company.name)  # LazyLoad error!"),
    },
    "25_migration_best_practices.py": {
        ("TSL901", "op.add_column('accounts', sa.Column('required_field', sa.String(255), nullable=False))"),
    },
}  # fmt: skip


def path_of(name: str, text: str) -> str:
    """The path that an example's first comment names, or one of its own."""
    match = re.match(r"# (\S+/\S+\.py)", text)
    if match:
        return match.group(1)
    folder = "alembic/versions" if "migration_best" in name else "app/api/endpoints"
    return f"{folder}/{name[3:]}" if "router" in text or "op." in text else f"app/{name[3:]}"


def service() -> dict[str, str]:
    """Every example by path; examples of one path stand in one file, in the handbook's order."""
    files: dict[str, str] = {}
    for name in NAMES:
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        path = path_of(name, text)
        files[path] = f"{files[path]}\n\n{text}" if path in files else text
    return files


@pytest.fixture(scope="module")
def project() -> Project:
    return Project.of(SourceFile.from_text(p, text) for p, text in service().items())


def findings(path: str, text: str, project: Project) -> set[tuple[str, str]]:
    source = SourceFile.from_text(path, text)
    rules = [rule for rule in all_rules() if rule.default]
    verdict = lint(source, project.with_source(source), Settings(), rules)
    assert not verdict.crashes
    return {(f.code, source.lines.line(f.span.line).strip()) for f in verdict.findings}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_alone(name: str, project: Project) -> None:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert findings(path_of(name, text), text, project) == BAD.get(name, set())


@pytest.mark.parametrize("path", sorted(service()))
def test_examples_of_one_path_as_one_file(path: str, project: Project) -> None:
    expected = {
        bad
        for name, marked in BAD.items()
        for bad in marked
        if path_of(name, (EXAMPLES / name).read_text(encoding="utf-8")) == path
    }
    assert findings(path, service()[path], project) == expected


def test_there_are_as_many_examples_as_the_handbook_has() -> None:
    assert len(NAMES) == 28
