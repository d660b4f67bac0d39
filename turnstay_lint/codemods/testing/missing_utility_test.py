"""TSL706: write a module of tests, one a function."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.testing.new_tests import WriteUtilityTests


def leave_module(finding: Finding, edits: Edits) -> None:
    """The module of the utilities stays as it is."""


def write_tests(plan: object, edits: Edits) -> None:
    """Write the tests of a module."""
    if not isinstance(plan, WriteUtilityTests):
        raise CannotFix("the fix has no tests to write")
    tests = []
    for name in plan.functions:
        local = edits.add_import(plan.module, name)
        said = f'    """Test {name}."""\n    assert callable({local})'
        tests.append(f"def test_{name}():\n{said}")
    text = f'"""{plan.title}"""\n\n\n' + "\n\n\n".join(tests) + "\n"
    edits.replace_text(0, len(edits.tree.text), text)


CODEMOD = Codemod("TSL706", leave_module, write_tests)
