"""Fixes of some rules alone: the drifted service passes its own tests after any of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.services.service_copy import SERVICES, ServiceCopy
from turnstay_lint.engine.configuring.registry import all_rules, documentation_of, rule_named

pytestmark = pytest.mark.slow

CODES = [rule.code for rule in all_rules() if rule.default and rule.code != "TSL000"]
SCHEMA_TEST = "app/tests/utils/test_migrations.py::test_migrations_give_the_schema_of_the_models"
UNFINISHED = {"TSL901": (SCHEMA_TEST, "which `alembic check`, and a test that compares the two")}
"""A safe fix that is a first step: the test that reports the steps to come, as its page says."""
TOGETHER = {"TSL306": ("TSL101",)}
"""An unsafe fix that wants those of other rules beside it, as its page says."""
SUBSETS = [(number, bool(number % 2)) for number in range(6)]


def contents(folder: Path) -> dict[Path, bytes]:
    """Return the Python files of a service, by their paths in it."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.py")}


def fixed(folder: Path, codes: tuple[str, ...], *, unsafe: bool) -> ServiceCopy:
    service = ServiceCopy("drifted", folder)
    options = ("--fix", f"--select={','.join(codes)}", *["--unsafe-fixes"] * unsafe)
    done = service.run("-m", "turnstay_lint", "--no-cache", *options, ".")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return service


def passes_its_tests(service: ServiceCopy, *left_out: str) -> None:
    done = service.runs_tests(*(f"--deselect={test}" for test in left_out))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


@pytest.mark.exhaustive
@pytest.mark.parametrize("code", CODES)
def test_safe_fixes_of_one_rule(code: str, tmp_path: Path) -> None:
    service = fixed(tmp_path, (code,), unsafe=False)
    if contents(service.folder) == contents(SERVICES / "drifted"):
        return
    reporting, said = UNFINISHED.get(code, ("", ""))
    if reporting:
        rule = rule_named(code)
        assert rule is not None
        assert said in " ".join(documentation_of(rule).split())
        assert service.runs_tests(reporting).returncode == 1
    passes_its_tests(service, *filter(None, [reporting]))


@pytest.mark.exhaustive
@pytest.mark.parametrize("code", CODES)
def test_unsafe_fixes_of_one_rule(code: str, tmp_path: Path) -> None:
    others = TOGETHER.get(code, ())
    for other in others:
        rule = rule_named(code)
        assert rule is not None
        assert other in documentation_of(rule)
    safe = fixed(tmp_path / "safe", (code,), unsafe=False)
    service = fixed(tmp_path, (code, *others), unsafe=True)
    if contents(service.folder) != contents(safe.folder):
        passes_its_tests(service)


@pytest.mark.parametrize(("number", "unsafe"), SUBSETS)
def test_fixes_of_some_rules(number: int, unsafe: bool, tmp_path: Path) -> None:
    chance = random.Random(number)
    codes = tuple(sorted(chance.sample(CODES, chance.randint(2, len(CODES) - 2))))
    wanted = {other for code in codes for other in TOGETHER.get(code, ()) if unsafe}
    service = fixed(tmp_path, tuple(sorted({*codes, *wanted})), unsafe=unsafe)
    reporting = [] if unsafe else [UNFINISHED[c][0] for c in codes if c in UNFINISHED]
    passes_its_tests(service, *reporting)
