"""What only decodes what somebody sent gives what nobody has checked; what may ask does not."""

import pytest

from tests.project.dataflow.queries_sent import last_verdict
from tests.project.dataflow.verdict_names import UNKNOWN, UNSCOPED
from turnstay_lint.project.dataflow.facts import Verdict

IDS = """
import base64
import httpx
from functools import lru_cache

from strawberry.relay import GlobalID

from app.store import store


class UnreadableError(Exception):
    ...


def parse_id(text: str) -> int | None:
    try:
        return from_global(GlobalID.from_id(text), "Account")
    except ValueError:
        raise UnreadableError(text)


def from_global(found: GlobalID, kind: str) -> int:
    if found.type_name != kind:
        raise ValueError(kind)
    return int(found.node_id)


def decode_id(text: str):
    return base64.b64decode(text.strip()).decode()


async def parse_later(text: str) -> int:
    return int(text)


def parse_and_fetch(text: str) -> int:
    return httpx.get(text).json()["id"]


def parse_and_find(text: str) -> int:
    return store.find(text)


def parse_by_another(text: str) -> int:
    return resolve_id(text)


def resolve_id(text: str) -> int:
    return int(text)


def parse_as_told(text: str, session=None) -> int:
    return int(text)


@lru_cache
def parse_decorated(text: str) -> int:
    return int(text)


class Parser:
    def parse_id(self, text: str) -> int:
        return int(text)
"""

HEADER = """
from app.ids import (
    Parser, decode_id, parse_and_fetch, parse_and_find, parse_as_told, parse_by_another,
    parse_decorated, parse_id, parse_later, resolve_id,
)

async def find(session: AsyncSession, text: str, account: Account, parser: Parser):
"""
CASES = [
    ("decoded by a library, over another function", UNSCOPED, "parse_id(text)"),
    ("decoded by the standard library", UNSCOPED, "decode_id(text)"),
    ("decoded without a session", UNSCOPED, "parse_as_told(text)"),
    ("what the tenant has, decoded", UNKNOWN, "parse_id(account.name)"),
    ("told more than the text", UNKNOWN, "parse_as_told(text, session)"),
    ("awaited", UNKNOWN, "await parse_later(text)"),
    ("asked of a service", UNKNOWN, "parse_and_fetch(text)"),
    ("asked of a store", UNKNOWN, "parse_and_find(text)"),
    ("asked of what is called otherwise", UNKNOWN, "parse_by_another(text)"),
    ("what is called otherwise", UNKNOWN, "resolve_id(text)"),
    ("a function that something wraps", UNKNOWN, "parse_decorated(text)"),
    ("a method, whose object may know", UNKNOWN, "parser.parse_id(text)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), CASES, ids=[case[0] for case in CASES])
def test_ids_that_a_function_gives(name: str, expected: Verdict, code: str) -> None:
    query = f"found = {code}\nawait session.get(Account, found)"
    assert last_verdict(query, HEADER, {"app/ids.py": IDS}) is expected, name
