"""The foreign keys of the service to what belongs to tenants, and what a file says that stores one.

The tenant itself is none of them: whose a row is is another question than what it refers to.
"""

from __future__ import annotations

from collections.abc import Mapping

from turnstay_lint.project.models.models import OrmModels
from turnstay_lint.project.models.tenancy import Tenancy

_NONE: Mapping[str, str] = {}


class ForeignKeys:
    """By model, its foreign keys: attribute and referred model.

    ``holders`` are the bare names of models that have some, ``columns`` the keys' own names,
    ``words`` those without one of which a file stores none.
    """

    def __init__(self, models: OrmModels, tenancy: Tenancy) -> None:
        """Find them among the models of a service."""
        self._keys = {name: keys for name in models.classes if (keys := dict(_keys(tenancy, name)))}
        self.holders = frozenset(name.rpartition(".")[2] for name in self._keys)
        self.columns = frozenset(column for keys in self._keys.values() for column in keys)
        named = {"setattr"} if self.holders else set()
        self.words = self.holders | self.columns | named

    def of(self, model: str) -> Mapping[str, str]:
        """Return the referred models of a model by its attributes."""
        return self._keys.get(model, _NONE)


def _keys(tenancy: Tenancy, model: str) -> list[tuple[str, str]]:
    return [
        (column, target)
        for column, target in tenancy.references(model)
        if tenancy.ownership(target) is not None
        and target not in tenancy.tenant_models
        and not tenancy.is_tenant_column(model, column)
    ]
