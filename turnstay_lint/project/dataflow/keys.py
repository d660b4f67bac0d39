"""Which columns say whose a row is: the tenant's own, and keys of what may belong to a tenant."""

from __future__ import annotations

from turnstay_lint.project.dataflow.values import Column
from turnstay_lint.project.dataflow.vocabulary import Vocabulary


class Keys:
    """Tells keys with the models and the tenancy of one service."""

    def __init__(self, words: Vocabulary) -> None:
        """Tell with the words of a service."""
        self._words = words
        self._tenancy = words.tenancy

    def holds_tenant(self, column: Column) -> bool:
        """Tell whether a column holds the id of the tenant."""
        return self._tenancy.is_tenant_column(column.entity.model, column.name)

    def is_relationship(self, column: Column) -> bool:
        """Tell whether what is spoken of as a column is a relationship."""
        model = self._words.models.classes.get(column.entity.model)
        return model is not None and column.name in model.relationships

    def is_key(self, column: Column) -> bool:
        """Tell whether a column is a key of, or to, what may belong to a tenant."""
        return self.is_owned_key(column.entity.model, column.name)

    def is_owned_key(self, model_name: str, column: str) -> bool:
        """Tell whether it is the primary key of a tenant's row, or a foreign key to one.

        A column that nothing declares counts when it is called so, and any of a subquery.
        """
        known = self._words.owned_keys.get((model_name, column))
        if known is None:
            known = self._words.owned_keys[model_name, column] = self._owned_key(model_name, column)
        return known

    def _owned_key(self, model_name: str, column: str) -> bool:
        model = self._words.models.classes.get(model_name)
        if model is None:
            return True
        owned = self._tenancy.may_belong(model_name)
        declared = model.columns.get(column)
        refers = declared is not None and declared.foreign_keys
        if column in model.primary_key and not (refers and len(model.primary_key) > 1):
            return owned
        if declared is None:
            return owned and (column == "id" or column.endswith("_id"))
        if not declared.foreign_keys:
            # Others may refer to an ``id`` beside a primary key that only the database knows.
            return owned and column == "id" and declared.unique
        target = self._tenancy.refers_to(model_name, column)
        return not target or self._tenancy.may_belong(target)
