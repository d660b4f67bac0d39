"""The plans of test modules that fixes write."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.project.request_samples import Sample


class NewTest(Struct, frozen=True):
    """A test of one route: what it is called, what it asks, and what it asks pytest for.

    ``mock`` and ``adds`` are module and name of the mock that lets it in, and of what adds the
    tenant; both are empty where there is none.
    """

    name: str
    method: str
    path: str
    sample: Sample
    is_authorized: bool = True
    mock: tuple[str, str] = ("", "")
    adds: tuple[str, str] = ("", "")


class WriteEndpointTests(Struct, frozen=True):
    """Write a module of tests, one a route."""

    title: str
    tests: tuple[NewTest, ...]


class WriteUtilityTests(Struct, frozen=True):
    """Write a module of tests, one a function of ``module``."""

    title: str
    module: str
    functions: tuple[str, ...]
