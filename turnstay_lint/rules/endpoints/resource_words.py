"""What the names around a route say of its resource: the answer's schema, the function."""

from __future__ import annotations

from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.response_models import LISTS
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.types import Type, read_type

_KINDS = frozenset(
    {
        "brief", "detail", "detailed", "details", "dto", "full", "item", "list", "model", "out",
        "output", "public", "read", "response", "schema", "short", "summary", "view",
    }
)  # fmt: skip
_WORDS = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def answer_of(look: Look, endpoint: Endpoint, route: Route) -> Type:
    """Return what a route says that it answers, None left out."""
    said = route.keyword("response_model")
    scope = route.scope
    if said is None and endpoint.function is not None and endpoint.scope is not None:
        said, scope = endpoint.function.returns, endpoint.scope.parent or scope
    type_ = read_type(said, scope).without_none
    return look.project.canonical_type(type_, look.source.scope.module)


def element_of_many(answer: Type) -> Type | None:
    """Return what an answer has many of, None where it is one thing."""
    page = answer.name.startswith("fastapi_pagination.") and answer.name.endswith("Page")
    if answer.name in LISTS or page:
        return answer.arguments[0] if answer.arguments else Type("?")
    return None


def short(type_: Type) -> str:
    """Return the bare name of a type."""
    return type_.name.rpartition(".")[2]


def says(name: str, resource: str) -> bool:
    """Tell whether a name has the words of a resource, one after another."""
    words, wanted = _words(name), _words(resource)
    spans = range(len(words) - len(wanted) + 1)
    return bool(wanted) and any(words[at : at + len(wanted)] == wanted for at in spans)


def is_of(schema: Type, resource: str) -> bool:
    """Tell whether a schema is called after a resource: ``GuestStayResponse`` after ``stay``.

    ``QueryCountResponse`` is about queries, and called after a count.
    """
    words, wanted = _words(short(schema)), _words(resource)
    while words and words[-1] in _KINDS:
        words.pop()
    return bool(wanted) and words[-len(wanted) :] == wanted


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]
