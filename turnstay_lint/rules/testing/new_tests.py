"""The plans of test modules that fixes write."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.project.testing.request_samples import Sample


class Expected(Struct, frozen=True):
    """What an answer is known to be: its status, and what it holds.

    No ``statuses`` are known where who asks may be turned away. ``keys`` are those of the answer,
    of each item where it is a list. ``row`` says that it has the identifier of the test's row.
    """

    statuses: tuple[int, ...] = ()
    shape: str = ""
    keys: tuple[str, ...] = ()
    row: bool = False


ONE, MANY, PAGE, ERROR = "one", "many", "page", "error"


class Row(Struct, frozen=True):
    """The row that a test adds: what adds it, its variable, the parameter that asks for it."""

    adds: tuple[str, str]
    name: str
    parameter: str


class NewTest(Struct, frozen=True):
    """A test of one route: what it is called, what it asks, and what it asks pytest for.

    ``mock`` and ``adds`` are module and name of the mock that lets it in, and of what adds the
    tenant, which ``describes`` says; all are empty where there is none. ``about`` ends what its
    docstring says.
    """

    name: str
    method: str
    path: str
    sample: Sample
    is_authorized: bool = True
    mock: tuple[str, str] = ("", "")
    adds: tuple[str, str] = ("", "")
    describes: tuple[str, str] = ("", "")
    row: Row | None = None
    expected: Expected = Expected()
    about: str = ""


class WriteEndpointTests(Struct, frozen=True):
    """Write a module of tests, one a route."""

    title: str
    tests: tuple[NewTest, ...]


class NewUtilityTest(Struct, frozen=True):
    """A test of one function: what it has to be told, None where a decorator may change that.

    ``row`` is what adds a row of one tenant, for a function that refuses another's: its keyword
    ``tenant`` says whose, and the row's parameter which.
    """

    name: str
    parameters: tuple[str, ...] | None
    is_async: bool = False
    row: Row | None = None
    tenant: str = ""


class WriteUtilityTests(Struct, frozen=True):
    """Write a module of tests, one a function of ``module``."""

    title: str
    module: str
    functions: tuple[NewUtilityTest, ...]
