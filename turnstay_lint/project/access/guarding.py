"""Whether functions turn callers away: by name, by what they raise, by what they call.

What is called and cannot be followed may refuse if it is called so; otherwise it is taken to let
everybody pass, as most of what a function calls does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import cache, lru_cache

from msgspec import Struct

from turnstay_lint.project.access.refusals import Body, Guarding, body_of, plain
from turnstay_lint.project.meanings import meant
from turnstay_lint.project.modules import is_known
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.patterns import regex

_MOST_CALLS = 3
_MOST_NAMES = 4096
_MAY_REFUSE = regex(
    r"(^|_)(auth\w*|access|acl|allow\w*|assert|can|check|credentials?|csrf|current|decode|den(y|ied)"
    r"|enforce|ensure|forbid\w*|guard|identity|is|jwt|log_?in|must|oauth\w*|only|permi\w+|principal"
    r"|protect\w*|rbac|refuse|require\w*|roles?|scopes?|secur\w+|sign\w*|tokens?|users?|valid\w*"
    r"|verif\w*)(_|$)"
)
_MAY_REFUSE_IN_ENDPOINT = regex(
    r"(^|_)(auth\w*|assert|check|credentials?|current|enforce|ensure|forbid\w*|guard|hmac|jwt"
    r"|log_?in|oauth\w*|permi\w+|protect\w*|require\w*|secret|secur\w+|sign\w*|tokens?|validate"
    r"|verif\w*)(_|$)"
)
_KEY = regex(r"(^|_)(api_?key|auth\w*|credentials?|hmac|password|secret|signature|token)(_|$)")
"""What a client proves itself with; an endpoint that takes it looks at it."""


class Guard(Struct, frozen=True):
    """Whether something turns callers away, the names that it goes by, and if it asks for a role.

    Names are those of all dependencies that were met, and of what they are made with.
    """

    guarding: Guarding = Guarding.OPEN
    names: frozenset[str] = frozenset()
    asks_for_role: bool = False


OPEN_GUARD = Guard()
UNKNOWN_GUARD = Guard(Guarding.UNKNOWN)


def joined(guards: Iterable[Guard]) -> Guard:
    """Return what several together do: one that refuses is enough."""
    telling = [one for one in guards if one is not OPEN_GUARD]
    if len(telling) < 2:
        return telling[0] if telling else OPEN_GUARD
    return Guard(
        max([one.guarding for one in telling]),
        frozenset[str]().union(*[one.names for one in telling]),
        any(one.asks_for_role for one in telling),
    )


class Bodies:
    """What the functions of a service do by themselves; each is followed once."""

    def __init__(self, project: Project) -> None:
        """Tell it of a service."""
        self._project = project
        settings = project.settings
        own = (settings.company_dependency, settings.access_dependency)
        self._patterns = (*settings.guards, *own, *settings.admin_guards)
        self._called: dict[tuple[str, int], Guard] = {}

    def is_named(self, name: str) -> bool:
        """Tell whether a dotted name is that of a guard, as the handbook or the service says."""
        return _matches(name, self._patterns)

    def is_for_admins(self, name: str) -> bool:
        """Tell whether a dotted name is that of a guard that lets only administrators pass."""
        return _matches(name, self._project.settings.admin_guards)

    def of_function(self, symbol: Symbol, hops: int = _MOST_CALLS) -> Guard:
        """Judge what a function raises, and what it calls."""
        body = body_of(self._project, symbol.name)
        if body.guarding is Guarding.REFUSES:
            return Guard(Guarding.REFUSES)
        found = [Guard(body.guarding)]
        found += [self._of_call(symbol, called, body, hops) for called in _calls(symbol)]
        return joined(found)

    def _of_call(self, symbol: Symbol, called: str, body: Body, hops: int) -> Guard:
        if called.rpartition(".")[2] in body.caught:
            return OPEN_GUARD
        function = symbol.definition
        assert isinstance(function, FunctionSummary)
        names = tuple(meant(self._project, symbol.module, function, called))
        if not names:
            return UNKNOWN_GUARD if self._may_refuse(called, symbol.module.name) else OPEN_GUARD
        if not hops:
            return UNKNOWN_GUARD if may_refuse(called) else OPEN_GUARD
        return joined(self._of_called(name, hops) for name in names)

    def _of_called(self, name: str, hops: int) -> Guard:
        if self.is_named(name):
            return Guard(Guarding.REFUSES, frozenset({name}))
        key = name, hops
        if key not in self._called:
            symbol = self._project.find(name)
            known = symbol is not None and isinstance(symbol.definition, FunctionSummary)
            judged = self.of_function(symbol, hops - 1) if known and symbol else OPEN_GUARD
            self._called[key] = judged
        return self._called[key]

    def _may_refuse(self, called: str, near: str) -> bool:
        root = self._project.canonical(called, near).partition(".")[0]
        return not is_known(root) and may_refuse(called)

    def of_endpoint(self, symbol: Symbol) -> Guard:
        """Judge what an endpoint looks at itself; what it calls is judged by name alone."""
        function = symbol.definition
        assert isinstance(function, FunctionSummary)
        if any(_is_proof(parameter.name) for parameter in function.parameters):
            return UNKNOWN_GUARD
        if any(map(_may_refuse_in_endpoint, (*function.calls, *function.uses))):
            return UNKNOWN_GUARD
        body = body_of(self._project, symbol.name)
        return Guard(body.guarding, asks_for_role=body.asks_for_role)


@lru_cache(maxsize=_MOST_NAMES)
def may_refuse(name: str) -> bool:
    """Tell whether a function, or what else a dotted name is of, is called like a guard."""
    return _MAY_REFUSE.search(plain(name)) is not None


@lru_cache(maxsize=_MOST_NAMES)
def _is_proof(parameter: str) -> bool:
    return _KEY.search(plain(parameter)) is not None


@lru_cache(maxsize=_MOST_NAMES)
def _may_refuse_in_endpoint(called: str) -> bool:
    return _MAY_REFUSE_IN_ENDPOINT.search(plain(called)) is not None


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    found = _compiled(patterns)
    return bool(found.match(name.rpartition(".")[2]) or found.match(name))


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")


def _calls(symbol: Symbol) -> tuple[str, ...]:
    function = symbol.definition
    assert isinstance(function, FunctionSummary)
    return tuple(sorted((*function.calls, *function.uses)))
