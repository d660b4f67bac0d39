"""TSL706: write a module of tests, one a function."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.definitions import laid_out_call
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.project.testing.fixtures_of_tests import SESSION
from turnstay_lint.rules.testing.new_tests import NewUtilityTest, WriteUtilityTests

_INDENT = "    "


def leave_module(finding: Finding, edits: Edits) -> None:
    """The module of the utilities stays as it is."""


def write_tests(plan: object, edits: Edits) -> None:
    """Write the tests of a module."""
    if not isinstance(plan, WriteUtilityTests):
        raise CannotFix("the fix has no tests to write")
    tests = [written for test in plan.functions for written in _written(plan, test, edits)]
    text = f'"""{plan.title}"""\n\n\n' + "\n\n\n".join(tests) + "\n"
    edits.replace_text(0, len(edits.tree.text), text)


def _written(plan: WriteUtilityTests, test: NewUtilityTest, edits: Edits) -> Iterator[str]:
    width, local = edits.settings.line_length, edits.add_import(plan.module, test.name)
    head = f'def test_{test.name}():\n{_INDENT}"""Test {test.name}."""\n'
    if test.parameters is None:
        yield f"{head}{_INDENT}assert callable({local})"
        return
    names = [f'"{name}"' for name in test.parameters]
    asked = f"assert list({edits.add_import('inspect', 'signature')}({local}).parameters) == "
    told = _list(names, _INDENT + asked, width)
    yield f"{head}{_INDENT}{asked}{told}{_awaited(test, local, edits)}"
    if test.row is not None:
        yield _of_another(test, local, edits)


def _awaited(test: NewUtilityTest, local: str, edits: Edits) -> str:
    if not test.is_async:
        return ""
    asked = edits.add_import("inspect", "iscoroutinefunction")
    return f"\n{_INDENT}assert {asked}({local})"


def _of_another(test: NewUtilityTest, local: str, edits: Edits) -> str:
    """Write the test that one tenant gets nothing of another's."""
    assert test.row is not None
    row, tenant = test.row, test.tenant.removesuffix("_id")
    edits.add_import("sqlalchemy.ext.asyncio", "AsyncSession")
    raises = f"{edits.add_import('pytest')}.raises({edits.add_import('fastapi', 'HTTPException')})"
    given = [
        SESSION,
        f"{test.tenant}={row.name}.{test.tenant} + 1",
        f"{row.parameter}={row.name}.id",
    ]
    indent, width = _INDENT * 2, edits.settings.line_length
    parameters = [f"{SESSION}: AsyncSession"]
    name = f"async def test_{test.name}_of_another_{tenant}"
    return (
        f"{laid_out_call(name, parameters, ':', '', width)}\n"
        f'{_INDENT}"""Test {test.name} of another {tenant}."""\n'
        f"{_INDENT}{row.name} = await {edits.add_import(*row.adds)}({SESSION})\n\n"
        f"{_INDENT}with {raises}:\n"
        f"{indent}{laid_out_call(f'await {local}', given, '', indent, width)}"
    )


def _list(names: list[str], before: str, width: int) -> str:
    """Return a list as it stands at the end of a statement, a name a line where it is long."""
    line = f"[{', '.join(names)}]"
    if len(before) + len(line) <= width:
        return line
    return "[\n" + "".join(f"{_INDENT * 2}{name},\n" for name in names) + f"{_INDENT}]"


CODEMOD = Codemod("TSL706", leave_module, write_tests)
