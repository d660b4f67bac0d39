"""The verdict on a query: whether every tenant-owned entity that it reads or changes is scoped."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.project.dataflow.facts import (
    NOTHING,
    ClientTenant,
    Facts,
    Verdict,
    anchored,
    closure,
    possible,
)
from turnstay_lint.project.dataflow.values import Entity, Query
from turnstay_lint.project.models.tenancy import Tenancy

_NO_KEYS = frozenset[str]()
_WORST_FIRST = (
    Verdict.UNSCOPED,
    Verdict.UNVERIFIABLE,
    Verdict.FROM_REQUEST,
    Verdict.PARTIAL,
    Verdict.UNKNOWN,
    Verdict.SCOPED,
)


class Judgement(Struct, frozen=True):
    """The worst verdict over a query's entities, and the models that have it.

    ``client`` are the comparisons with a tenant that the client chose.
    """

    verdict: Verdict
    models: tuple[str, ...] = ()
    client: tuple[ClientTenant, ...] = ()


def judge(query: Query, tenancy: Tenancy) -> Judgement:
    """Return the verdict on a query; one that reads nothing tenant-owned is scoped."""
    found: list[Judgement] = [judge(arm, tenancy) for arm in query.arms[:50]]
    facts = _with_outer_joins(query)
    for entity in query.entities:
        if entity.query is not None:
            found.append(_derived(entity, entity.query, facts, tenancy))
        elif tenancy.ownership(entity.model) is not None:
            verdict = facts.verdict(entity.key)
            if verdict is Verdict.UNSCOPED and entity.model in tenancy.tenant_models:
                verdict = _by_membership(entity.key, query)
            if query.kind == "delete" and entity.key in query.facts.ended:
                # Whoever comes by clears away what is of no use to anybody.
                verdict = Verdict.UNKNOWN if verdict is Verdict.UNSCOPED else verdict
            found.append(Judgement(verdict, (entity.model,), query.facts.client))
    if not found:
        return Judgement(Verdict.SCOPED)
    worst = min((j.verdict for j in found), key=_WORST_FIRST.index)
    same = [j for j in found if j.verdict is worst]
    models = tuple(dict.fromkeys(model for j in same for model in j.models))
    client = tuple(dict.fromkeys(c for j in same for c in j.client))
    return Judgement(worst, models, client)


def facts_of_rows(entity: Entity, query: Query, tenancy: Tenancy) -> Facts:
    """Return whose the rows of a subquery are: the tenant's when it is scoped itself."""
    judgement = judge(query, tenancy)
    if not judgement.models:
        return NOTHING
    return {
        Verdict.SCOPED: anchored(entity.key),
        Verdict.PARTIAL: Facts(partial=frozenset({entity.key})),
        Verdict.UNKNOWN: possible(entity.key),
    }.get(judgement.verdict, NOTHING)


def reads_owned(query: Query, tenancy: Tenancy) -> bool:
    """Tell whether a query reads anything of the tenants', itself or in what it is made of."""
    if any(reads_owned(arm, tenancy) for arm in query.arms):
        return True
    return any(
        tenancy.ownership(entity.model) is not None
        if entity.query is None
        else reads_owned(entity.query, tenancy)
        for entity in query.entities
    )


def _by_membership(key: str, query: Query) -> Verdict:
    """A tenant that is joined with somebody's memberships is asked for by them."""
    for _, _, on in query.outer:
        if on.possible | on.named | on.anchored and any(key in link for link in on.links):
            return Verdict.UNKNOWN
    return Verdict.UNSCOPED


def _derived(entity: Entity, query: Query, facts: _Outer, tenancy: Tenancy) -> Judgement:
    """A subquery is scoped when it is itself, or when the query around it scopes it."""
    inner = judge(query, tenancy)
    if inner.verdict is Verdict.SCOPED or not inner.models:
        return inner
    outside = facts.verdict(entity.key)
    if outside in (Verdict.SCOPED, Verdict.UNKNOWN):
        return Judgement(outside, inner.models)
    return inner


class _Outer(Struct, frozen=True):
    """What outer joins add: ON clauses scope the optional side alone."""

    facts: Facts
    scoped: frozenset[str]
    possible: frozenset[str]

    def verdict(self, key: str) -> Verdict:
        verdict = self.facts.verdict(key)
        if verdict is Verdict.SCOPED or key in self.scoped:
            return Verdict.SCOPED
        return Verdict.UNKNOWN if key in self.possible else verdict


def _with_outer_joins(query: Query) -> _Outer:
    """An ON clause says nothing of the rows that it hangs on; the optional side follows them.

    Where a WHERE ties the optional side, the join is as good as an inner one.
    """
    facts, scoped, possible = query.facts, _NO_KEYS, _NO_KEYS
    if not query.outer:
        return _Outer(facts, scoped, possible)
    for _ in range(len(query.outer) + 1):
        for optional, hangs_on, on in query.outer:
            ties = on.links | frozenset((optional, key) for key in hangs_on)
            if optional in facts.certain:
                facts = facts.also(Facts(links=ties))
            elif optional in facts.perhaps:
                facts = facts.also(Facts(possible=frozenset(key for tie in ties for key in tie)))
            if optional in closure(on.anchored | facts.certain | scoped, ties):
                scoped |= {optional}
            elif on.possible or optional in closure(facts.perhaps | possible, ties):
                possible |= {optional}
    return _Outer(facts, scoped, possible)
