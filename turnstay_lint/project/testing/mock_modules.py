"""Where a service keeps what stands in for others in its tests (handbook 7)."""

from __future__ import annotations

from turnstay_lint.source.patterns import regex

MOCK = "mock_"
_MOCKS = regex(r"(^|/)fixtures/mocks/[^/]+\.py$")


def is_mock_module(path: str) -> bool:
    """Tell whether a file lies in ``fixtures/mocks/``, where mocks of services are kept."""
    return bool(_MOCKS.search(path.replace("\\", "/"))) and not path.endswith("__init__.py")
