"""isort and ruff, set up as the rule's page says, write the lines that the fix writes."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import black
import isort
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness import Check
from turnstay_lint.codemods.edits import Import
from turnstay_lint.codemods.imports import adjust_imports
from turnstay_lint.engine.mending.fixing import comments
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.organization import import_order

check = Check("TSL001", path="app/api/endpoints/accounts.py")

MODULES = [
    "os", "abc", "datetime", "collections.abc", "logging.config", "zlib", "json",
    "fastapi", "fastapi.responses", "sqlalchemy", "sqlalchemy.ext.asyncio", "pydantic", "PIL",
    "a2b", "a10b", "under_score", "underline", "alembic",
    "app", "app.constants", "app.core.auth", "app.api.deps", "app.api.utils.db_utils",
    "app.models", "app.models.account", "app.schemas.requests", "app.schemas.responses",
    "app.tests.samples", "tests.samples",
    ".", ".deps", "..", "..models", "...core.clock",
]  # fmt: skip
NAMES = ["Account", "Zebra", "LIMIT", "A", "find", "apple", "item2", "item10", "_private", "aB"]


def configuration() -> str:
    """The settings that the rule's page shows."""
    page = inspect.getdoc(import_order) or ""
    return page.partition("```toml\n")[2].partition("```")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("oracle")
    text = configuration() + '\n[tool.ruff.lint]\nselect = ["I001"]\n'
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def oracle(folder: Path) -> isort.Config:
    return isort.Config(settings_path=str(folder))


def local(module: str, name: str) -> str:
    """A name of its own for each thing, so that no two imports bind one name."""
    return f"{name}{'r' * (len(module) - len(module.lstrip('.')))}_{module.strip('.').replace('.', '_')}"


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A statement, and the names that it binds."""
    module = draw(st.sampled_from(MODULES))
    if not module.startswith(".") and draw(st.booleans()):
        if draw(st.integers(0, 4)) == 0:
            alias = local(module, "alias")
            return f"import {module} as {alias}", [alias]
        return f"import {module}", [module.partition(".")[0]]
    chosen = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    names = [local(module, name) for name in chosen]
    code = ", ".join(names)
    form = draw(st.integers(0, 5))
    if form == 0:
        code = "(\n" + "".join(f"    {name},\n" for name in names) + ")"
    elif form == 1:
        code = f"({code})"
    return f"from {module} import {code}", names


@st.composite
def blocks(draw: st.DrawFn) -> str:
    drawn = draw(st.lists(statements(), min_size=2, max_size=12))
    text, used = "", []
    for code, names in drawn:
        text += "\n" * draw(st.sampled_from([0, 0, 0, 1])) + code + "\n"
        used += names
    heading = draw(st.sampled_from(["", '"""Doc."""\n\n', "# What heads the file.\n\n"]))
    return heading + text + "\nuses = [\n" + "".join(f"    {name},\n" for name in used) + "]\n"


def import_lines(text: str) -> list[str]:
    """The import statements of a text, with the blank lines between them."""
    lines = text.splitlines()
    found: list[ast.stmt] = [
        s for s in ast.parse(text).body if isinstance(s, ast.Import | ast.ImportFrom)
    ]
    return lines[found[0].lineno - 1 : found[-1].end_lineno]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=blocks())
def test_isort_writes_the_same_lines(oracle: isort.Config, text: str) -> None:
    fixed = check.fixed(text)
    assert not [f for f in check.findings(fixed) if f.fix]
    if fixed == text:
        return
    assert import_lines(fixed) == import_lines(isort.code(text, config=oracle))
    assert isort.code(fixed, config=oracle) == fixed
    before = black.format_str(text, mode=black.Mode())
    after = check.fixed(before)
    assert black.format_str(after, mode=black.Mode()) == after


def test_ruff_writes_the_same_lines(folder: Path) -> None:
    @settings(max_examples=40, deadline=None, database=None, derandomize=True)
    @given(text=blocks())
    def gather(text: str) -> None:
        if check.fixed(text) != text:
            texts.append(text)

    texts: list[str] = []
    gather()
    for number, text in enumerate(texts):
        (folder / f"case_{number}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--fix", "--no-cache", "--quiet", "."]
    subprocess.run(command, cwd=folder, check=True)
    for number, text in enumerate(texts):
        written = (folder / f"case_{number}.py").read_text(encoding="utf-8")
        assert import_lines(check.fixed(text)) == import_lines(written)
    assert texts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_comment_is_never_lost(data: st.DataObject) -> None:
    text = ""
    used = []
    for code, names in data.draw(st.lists(statements(), min_size=2, max_size=8)):
        if data.draw(st.integers(0, 2)) == 0:
            text += (
                "# " + data.draw(st.sampled_from(["Standard library", "API", "why", "---"])) + "\n"
            )
        if data.draw(st.integers(0, 3)) == 0:
            code += "  # beside"
        if "\n" in code and data.draw(st.booleans()):
            code = code.replace(",\n", ",  # inside\n", 1)
        text += code + "\n" * data.draw(st.integers(1, 2))
        used += names
    text = black.format_str(text + "\nuses = (" + ", ".join(used) + ")\n", mode=black.Mode())
    fixed = check.fixed(text)
    assert sorted(comments(fixed)) == sorted(comments(text))
    assert check.fixed(fixed) == fixed
    assert black.format_str(fixed, mode=black.Mode()) == fixed


def _imports(lines: Iterable[str]) -> set[Import]:
    found = set()
    for line in lines:
        statement = ast.parse(line).body[0]
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            found |= {Import(statement.module or "", name.name) for name in statement.names}
        elif isinstance(statement, ast.Import):
            found |= {Import(name.name, "", name.asname or "") for name in statement.names}
    return found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=blocks(),
    added=st.lists(statements(), max_size=4),
    removed=st.lists(statements(), max_size=3),
    spaced=st.booleans(),
)
def test_an_added_import_makes_no_finding(
    text: str,
    added: list[tuple[str, list[str]]],
    removed: list[tuple[str, list[str]]],
    spaced: bool,
) -> None:
    text = black.format_str(check.fixed(text), mode=black.Mode())
    if not spaced:
        text = text.replace("\n\nfrom app.models", "\nfrom app.models")
    if check.findings(text):
        return
    gone = {name for _, names in removed for name in names}
    for name in gone:
        text = text.replace(f"    {name},\n]", "]")
    wanted = _imports(code for code, _ in added)
    result = adjust_imports(check.source(text), wanted, gone, Settings())
    assert not check.findings(result), result
    assert adjust_imports(check.source(result), wanted, gone, Settings()) == result
    if black.format_str(text, mode=black.Mode()) == text:
        assert black.format_str(result, mode=black.Mode()) == result
