"""The fixture services are real: they migrate, start, answer, and pass their own tests.

The drifted one does too, which is the point: nothing but a reader of the handbook sees its faults.
"""

import ast
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.services.expected import expected_findings
from tests.services.service_copy import SERVICES, ServiceCopy

DRIVER = Path(__file__).with_name("drive_service.py")
ISOLATION_TESTS = Path("app", "tests", "endpoints", "test_company_isolation.py")
HEADLINE_CODES = {
    "TSL001",
    "TSL101",
    "TSL102",
    "TSL301",
    "TSL302",
    "TSL303",
    "TSL304",
    "TSL306",
    "TSL315",
    "TSL316",
    "TSL307",
    "TSL313",
    "TSL901",
    "TSL902",
    "TSL903",
    "TSL904",
    "TSL905",
    "TSL906",
}
APPLICABILITIES = {"safe", "unsafe", "none"}

pytestmark = pytest.mark.slow


@pytest.fixture(params=["guesthouse", "drifted"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> ServiceCopy:
    return ServiceCopy(request.param, tmp_path)


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    return expected_findings()


def test_a_service_passes_its_own_tests(service: ServiceCopy) -> None:
    done = service.runs_tests()
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_service_migrates_to_head_and_back(service: ServiceCopy) -> None:
    service.succeeds("-m", "alembic", "upgrade", "head")
    service.succeeds("-m", "alembic", "check")
    service.succeeds("-m", "alembic", "downgrade", "base")


def test_a_service_answers_over_http(service: ServiceCopy) -> None:
    service.succeeds("-m", "alembic", "upgrade", "head")
    answer = json.loads(service.succeeds(DRIVER))

    assert answer["health"] == {"status": "ok", "environment": "test"}
    assert len(answer["paths"]) == 22
    assert "/api/v1/payment_intents" in answer["paths"]
    statuses = answer["statuses"]
    seen_by_companies = statuses.pop("companies as a company") == 200
    assert seen_by_companies is (service.folder.name == "drifted")
    assert statuses.pop("forged token") == 401
    assert statuses.pop("no token") in (400, 401)
    leaked = statuses.pop("account of another") == 200
    assert leaked is (service.folder.name == "drifted")
    assert set(statuses.values()) == {200}, statuses


def test_drifted_leaks_between_companies_and_its_own_tests_do_not_look(tmp_path: Path) -> None:
    drifted = ServiceCopy("drifted", tmp_path)
    assert not (drifted.folder / ISOLATION_TESTS).exists()
    shutil.copy(SERVICES / "guesthouse" / ISOLATION_TESTS, drifted.folder / ISOLATION_TESTS)

    done = drifted.runs_tests(ISOLATION_TESTS)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "20 failed, 10 passed" in done.stdout


def test_drifted_has_every_file_of_guesthouse() -> None:
    def files(name: str) -> set[Path]:
        folder = SERVICES / name
        return {path.relative_to(folder) for path in folder.rglob("*.py")}

    assert files("guesthouse") - files("drifted") == {ISOLATION_TESTS}


def test_every_headline_convention_is_broken_at_least_three_ways(
    expected: list[dict[str, Any]],
) -> None:
    counts = Counter(row["code"] for row in expected)
    assert set(counts) >= HEADLINE_CODES
    assert all(count >= 3 for count in counts.values()), counts


def test_what_is_expected_lies_where_a_finding_can_lie(
    expected: list[dict[str, Any]],
) -> None:
    for row in expected:
        source = (SERVICES / "drifted" / row["path"]).read_text(encoding="utf-8")
        begins = _nodes_by_line(ast.parse(source))
        assert row["applicability"] in APPLICABILITIES
        assert row["note"]
        assert row["line"] == 1 or begins[row["line"]], row
    places = [(row["path"], row["line"], row["code"]) for row in expected]
    assert len(places) == len(set(places))


_PLACES: dict[str, set[type[ast.AST]]] = {
    "TSL001": {ast.Import, ast.ImportFrom},
    "TSL002": {ast.Expr, ast.Import, ast.ImportFrom},
    "TSL003": {ast.Constant},
    "TSL004": {ast.Call, ast.Subscript},
    "TSL304": {ast.Attribute, ast.Call},
    "TSL307": {ast.Attribute, ast.Return},
    "TSL312": {ast.AnnAssign},
    "TSL316": {ast.Attribute, ast.Call},
    "TSL317": {ast.ClassDef},
    "TSL318": {ast.Assign, ast.Call, ast.ClassDef},
    "TSL401": {ast.ClassDef},
    "TSL402": {ast.ClassDef},
    "TSL404": {ast.ClassDef},
    "TSL408": {ast.AnnAssign},
    "TSL414": {ast.Assign, ast.ClassDef},
    "TSL504": {ast.Attribute, ast.Call},
    "TSL603": {ast.Call, ast.Dict},
    "TSL604": {ast.Return},
    "TSL701": {ast.Expr},
    "TSL702": {ast.FunctionDef},
    "TSL704": {ast.FunctionDef},
    "TSL705": {ast.FunctionDef},
    "TSL802": {ast.AsyncFunctionDef, ast.FunctionDef},
    "TSL803": {ast.AsyncFunctionDef, ast.Await, ast.Call},
    "TSL904": {ast.FunctionDef},
    "TSL906": {ast.Constant},
}


def _nodes_by_line(tree: ast.Module) -> dict[int, set[type[ast.AST]]]:
    begins: dict[int, set[type[ast.AST]]] = {}
    for node in ast.walk(tree):
        if line := getattr(node, "lineno", None):
            begins.setdefault(line, set()).add(type(node))
    return begins
