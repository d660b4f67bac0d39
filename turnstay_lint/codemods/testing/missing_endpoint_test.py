"""TSL701: write a module of tests, one a route, in the handbook's form."""

from __future__ import annotations

import re

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.definitions import laid_out_call
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.project.fixtures_of_tests import CLIENT, SESSION
from turnstay_lint.rules.package_plan import WritePackage
from turnstay_lint.rules.testing.new_tests import NewTest, WriteEndpointTests

_INDENT = "    "
_HEADERS = '{"Authorization": "Bearer test_token"}'
_WITH_BODY = frozenset({"patch", "post", "put"})
_PARAMETER = re.compile(r"\{(\w+)[^}]*\}")


def leave_module(finding: Finding, edits: Edits) -> None:
    """The module of the endpoints stays as it is."""


def write_tests(plan: object, edits: Edits) -> None:
    """Write the tests of a module, or the package that they lie in."""
    if isinstance(plan, WritePackage):
        return
    if not isinstance(plan, WriteEndpointTests):
        raise CannotFix("the fix has no tests to write")
    edits.add_import("httpx", "AsyncClient")
    written = "\n\n\n".join(_written(test, edits) for test in plan.tests)
    text = f'"""{plan.title}"""\n\n\n{written}\n'
    edits.replace_text(0, len(edits.tree.text), text)


def _written(test: NewTest, edits: Edits) -> str:
    width = edits.settings.line_length
    parameters = [f"{CLIENT}: AsyncClient"]
    arrange = ""
    if test.adds[1]:
        edits.add_import("sqlalchemy.ext.asyncio", "AsyncSession")
        parameters.append(f"{SESSION}: AsyncSession")
        arrange = f"{_INDENT}await {edits.add_import(*test.adds)}({SESSION})\n\n"
    if test.mock[1]:
        parameters.append(edits.add_import(*test.mock))
    head = laid_out_call(f"async def {test.name}", parameters, ":", "", width)
    said = f'{_INDENT}"""Test {test.method.upper()} {test.path}."""\n'
    call = f"response = await {CLIENT}.{_verb(test)}"
    act = _INDENT + laid_out_call(call, _given(test, width), "", _INDENT, width)
    return f"{head}\n{said}{arrange}{act}\n\n{_INDENT}assert response.status_code < 500"


def _verb(test: NewTest) -> str:
    plain = test.sample.body is None or test.method in _WITH_BODY
    return test.method if plain else "request"


def _given(test: NewTest, width: int) -> list[str]:
    values = dict(test.sample.path)
    path = _PARAMETER.sub(lambda found: values.get(found.group(1), "1").strip('"'), test.path)
    given = [f'"{path}"']
    if _verb(test) == "request":
        given.insert(0, f'"{test.method.upper()}"')
    if test.sample.query:
        given.append(f"params={_dict(test.sample.query, width)}")
    if test.sample.body is not None:
        given.append(f"json={_dict(test.sample.body, width)}")
    return [*given, f"headers={_HEADERS}"] if test.is_authorized else given


def _dict(pairs: tuple[tuple[str, str], ...], width: int) -> str:
    """Return a dict as it stands among arguments, a pair a line where it is long."""
    line = "{" + ", ".join(f'"{name}": {value}' for name, value in pairs) + "}"
    if 2 * len(_INDENT) + len("params=") + len(line) + 1 <= width:
        return line
    rows = "".join(f'{_INDENT * 3}"{name}": {value},\n' for name, value in pairs)
    return f"{{\n{rows}{_INDENT * 2}}}"


CODEMOD = Codemod("TSL701", leave_module, write_tests)
