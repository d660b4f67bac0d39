"""TSL701: write a module of tests, one a route, in the handbook's form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.definitions import laid_out_call
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.project.testing.fixtures_of_tests import CLIENT, SESSION
from turnstay_lint.rules.package_plan import WritePackage
from turnstay_lint.rules.testing.new_tests import NewTest, WriteEndpointTests

_INDENT = "    "
_HEADERS = '{"Authorization": "Bearer test_token"}'
_LONGEST = 'assert "detail" in data or set(data) == '
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
    arranged = [*_arranged(test, edits)]
    if arranged:
        edits.add_import("sqlalchemy.ext.asyncio", "AsyncSession")
        parameters.append(f"{SESSION}: AsyncSession")
    arrange = "".join(f"{_INDENT}{line}\n" for line in arranged) + ("\n" if arranged else "")
    if test.mock[1]:
        parameters.append(edits.add_import(*test.mock))
    head = laid_out_call(f"async def {test.name}", parameters, ":", "", width)
    said = f'{_INDENT}"""Test {test.method.upper()} {test.path}{test.about}."""\n'
    call = f"response = await {CLIENT}.{_verb(test)}"
    act = _INDENT + laid_out_call(call, _given(test, width), "", _INDENT, width)
    asserted = "\n".join(f"{_INDENT}{line}" for line in _asserted(test, width))
    return f"{head}\n{said}{arrange}{act}\n\n{asserted}"


def _arranged(test: NewTest, edits: Edits) -> Iterator[str]:
    """Yield what adds the row that is asked for, and the tenant who asks."""
    if test.row is not None:
        yield f"{test.row.name} = await {edits.add_import(*test.row.adds)}({SESSION})"
    if test.adds[1]:
        described = f", {edits.add_import(*test.describes)}()" if test.describes[1] else ""
        yield f"await {edits.add_import(*test.adds)}({SESSION}{described})"


def _asserted(test: NewTest, width: int) -> Iterator[str]:
    """Yield what is known of the answer, a statement each."""
    statuses, keys = test.expected.statuses, _set(test.expected.keys, width)
    if not statuses:
        yield "assert response.status_code < 500"
        return
    many = len(statuses) > 1
    said = f"in ({', '.join(map(str, statuses))})" if many else f"== {statuses[0]}"
    yield f"assert response.status_code {said}"
    match test.expected.shape:
        case "error":
            yield 'assert set(response.json()) == {"detail"}'
        case "one" if many:
            yield "data = response.json()"
            yield f'assert "detail" in data or set(data) == {keys}'
        case "one":
            yield "data = response.json()"
            yield f"assert set(data) == {keys}"
            if test.expected.row and test.row is not None:
                yield f'assert data["{test.row.parameter}"] == {test.row.name}.id'
        case "many" if not many and test.expected.keys:
            yield f"assert all(set(item) == {keys} for item in response.json())"
        case "many" if not many:
            yield "assert isinstance(response.json(), list)"
        case "page" if not many:
            yield 'assert {"items", "total"} <= set(response.json())'


def _set(names: tuple[str, ...], width: int) -> str:
    """Return a set of names as it stands at the end of a statement, a name a line where long."""
    line = "{" + ", ".join(f'"{name}"' for name in names) + "}"
    if len(_INDENT) + len(_LONGEST) + len(line) <= width:
        return line
    return "{\n" + "".join(f'{_INDENT * 2}"{name}",\n' for name in names) + f"{_INDENT}}}"


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
        given.append(f"params={_dict(_of_row(test, test.sample.query), width)}")
    if test.sample.body is not None:
        given.append(f"json={_dict(_of_row(test, test.sample.body), width)}")
    return [*given, f"headers={_HEADERS}"] if test.is_authorized else given


def _of_row(test: NewTest, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Put the identifier of the test's row where the route asks for it."""
    row = test.row
    if row is None:
        return pairs
    return tuple((n, f"{row.name}.id" if n == row.parameter else value) for n, value in pairs)


def _dict(pairs: tuple[tuple[str, str], ...], width: int) -> str:
    """Return a dict as it stands among arguments, a pair a line where it is long."""
    line = "{" + ", ".join(f'"{name}": {value}' for name, value in pairs) + "}"
    if 2 * len(_INDENT) + len("params=") + len(line) + 1 <= width:
        return line
    rows = "".join(f'{_INDENT * 3}"{name}": {value},\n' for name, value in pairs)
    return f"{{\n{rows}{_INDENT * 2}}}"


CODEMOD = Codemod("TSL701", leave_module, write_tests)
