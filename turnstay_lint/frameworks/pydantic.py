"""Schemas, as Pydantic names them."""

from __future__ import annotations

SCHEMA_CLASSES = frozenset(
    {
        "pydantic.BaseModel",
        "pydantic.main.BaseModel",
        "pydantic.v1.BaseModel",
        "pydantic.RootModel",
        "pydantic.root_model.RootModel",
        "pydantic_settings.BaseSettings",
        "pydantic_settings.main.BaseSettings",
        "pydantic.generics.GenericModel",
        "pydantic.v1.generics.GenericModel",
        "sqlmodel.SQLModel",
        "sqlmodel.main.SQLModel",
    }
)

# Class methods of a schema that make an instance of it.
CONSTRUCTORS = frozenset(
    {
        "model_validate", "model_validate_json", "model_validate_strings", "model_construct",
        "from_orm", "parse_obj", "parse_raw", "construct", "validate",
    }
)  # fmt: skip
# Methods of an instance that make another one of the same class.
COPIES = frozenset({"model_copy", "copy"})
DICTS = frozenset({"model_dump", "dict"})
STRINGS = frozenset({"model_dump_json", "json"})

_FIRST = {"class_validators", "deprecated.class_validators"}, ("validator", "root_validator")
_SECOND = {"functional_validators"}, ("field_validator", "model_validator")
VALIDATORS = {
    ".".join(filter(None, ("pydantic", module, name))): name
    for modules, names in (_FIRST, _SECOND)
    for module in ("", *modules)
    for name in names
}
"""The decorators that make a method a validator, by dotted name; those of ``pydantic.v1`` apart."""
