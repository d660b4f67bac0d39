"""The words without one of which the text of a file or a function is of no interest."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from turnstay_lint.project.models.relationship_loading import left_by_queries, relations
from turnstay_lint.source.words import words_of

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.vocabulary import Vocabulary

_VALIDATING = frozenset({"model_validate", "from_orm"})


class SoughtWords:
    """The words that one service is searched for."""

    def __init__(self, words: Vocabulary) -> None:
        """Seek what a service's vocabulary speaks of."""
        self._words = words

    @cached_property
    def tenants(self) -> frozenset[str]:
        """Return the names of tenant-owned models and the words in those of their tables."""
        names = [name.rpartition(".")[2] for name in self._words.tenancy.owned]
        tables = [
            self._words.models.classes[name].table.rpartition(".")[2]
            for name in self._words.tenancy.owned
        ]
        return words_of(" ".join([*names, *tables]))

    @cached_property
    def reading(self) -> frozenset[str]:
        """Return what reads relationships: their names, and the methods that validate objects."""
        return relations(self._words.project).names | _VALIDATING

    @cached_property
    def lazy(self) -> frozenset[str]:
        """Return the same of relationships that a query may leave unloaded, if there are any."""
        names = left_by_queries(self._words.project)
        return names | _VALIDATING if names else names

    @cached_property
    def models(self) -> frozenset[str]:
        """Return the bare names of the mapped classes."""
        return frozenset(name.rpartition(".")[2] for name in self._words.models.classes)

    @cached_property
    def fetching(self) -> frozenset[str]:
        """Return the bare names of the functions that may give what they have just fetched."""
        return frozenset(
            function.name.rpartition(".")[2]
            for module in self._words.project.modules.values()
            for function in module.functions.values()
            if function.fetching is not None and function.fetching.sources
        )

    @cached_property
    def building(self) -> frozenset[str]:
        """Return the names of the functions that build queries of what tenants own."""
        return frozenset(
            function.name.rpartition(".")[2]
            for module in self._words.project.modules.values()
            for function in module.functions.values()
            if function.builds is not None
            and not self.tenants.isdisjoint(words_of(function.builds.text))
        )

    @cached_property
    def querying(self) -> frozenset[str]:
        """Return the names without which a function has nothing to do with the tenants' rows."""
        return self.tenants | self.building

    @cached_property
    def tenant_written(self) -> re.Pattern[str]:
        """Return a pattern of a value for one of ``tenant_columns``: an argument or assignment.

        One that is handed on by its place counts too, the tenant's own left out.
        """
        names = "|".join(sorted(map(re.escape, self._words.tenant_columns)))
        own = rf"self|{re.escape(self._words.access_name)}|{re.escape(self._words.tenant_name)}"
        handed = rf"[(,]\s*(?!(?:{own})\.)(?:\w+\.)?(?:{names})\s*[,)]"
        return re.compile(rf"\b(?:{names})\s*=(?!=)|{handed}")
