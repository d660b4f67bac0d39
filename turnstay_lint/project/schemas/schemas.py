"""The service's schemas, and which of them serialises an ORM class.

By the handbook (section 4) the response of ``Account`` is ``AccountResponse``; lighter ones for
nested objects have longer names (``AccountResponseShort``) and serialise it only where a person
says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from turnstay_lint.frameworks.pydantic import SCHEMA_CLASSES
from turnstay_lint.frameworks.starlette import is_response_name
from turnstay_lint.project.models.models import OrmClass, orm_class
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import AttributeSummary, ClassSummary, VariableSummary
from turnstay_lint.project.summaries.values import UNKNOWN, Call, Literal, Name, Value
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.types import Type

_BEFORE_VALIDATORS = ("model_validator", "root_validator")
_ALIASES = ("alias", "validation_alias")
# Words that schemas of one class add to its name; the first of them make it a response at all.
_KINDS = "Response|Read|Output|Out|Schema|Public|View|DTO"
_DEGREES = "Short|Brief|Full|Minimal|Base|Basic|Simple|Nested|Details?|Detailed|Extended|Summary"
_VARIANT = regex(
    rf"(?:(?:{_DEGREES}|Public|Admin|Internal)*)"
    rf"\0(?=.*(?:{_KINDS}))(?:{_KINDS}|{_DEGREES}|Admin|Internal|With\w+)+"
)


class Serialisers(Struct, frozen=True):
    """The schemas of an ORM class: those called exactly ``<Model>Response``, and its variants.

    ``unfit`` are called so but need fields that the class does not have.
    """

    exact: tuple[Symbol, ...] = ()
    variants: tuple[Symbol, ...] = ()
    unfit: tuple[Symbol, ...] = ()


@project_fact
def is_schema(project: Project, dotted: str, near: str) -> bool:
    """Tell whether a class is a Pydantic schema; an ORM class of SQLModel is none."""
    if not project.derives(dotted, near, *SCHEMA_CLASSES):
        return False
    return orm_class(project, dotted, near) is None


def is_response(project: Project, dotted: str, near: str) -> bool:
    """Tell whether a class is a Response of Starlette; a schema called so is none."""
    return any(is_response_name(name) for name in project.ancestors(dotted, near))


@project_fact
def _schemas_by_name(project: Project) -> dict[str, list[Symbol]]:
    found: dict[str, list[Symbol]] = {}
    for symbol in project.classes():
        if is_schema(project, symbol.name, symbol.module.name):
            found.setdefault(symbol.qualname.rpartition(".")[2], []).append(symbol)
    return found


def schemas_named(project: Project, name: str, near: str) -> tuple[Symbol, ...]:
    """Return the schemas of that bare name that code in ``near`` can mean.

    Those of tests count for tests only; of several services' schemas of one dotted name, the
    nearest counts.
    """
    reachable: dict[str, Symbol] = {}
    for symbol in _schemas_by_name(project).get(name, ()):
        if is_test(symbol.module.name) and not is_test(near):
            continue
        importable = importable_name(project, symbol.name)
        meant = project.find(importable, near) or symbol
        reachable.setdefault(importable, meant)
    return tuple(reachable.values())


def is_test(module: str) -> bool:
    """Tell whether a module is one of tests."""
    parts = module.split(".")
    return "tests" in parts or parts[-1].startswith("test_") or parts[-1] == "conftest"


def importable_name(project: Project, dotted: str) -> str:
    """Return the name by which code imports a thing: from the service's root package on.

    A service in a folder of a larger repository is imported without that folder's name.
    """
    parts = dotted.split(".")
    root = project.settings.app
    if root not in parts[1:-1]:
        return dotted
    start = parts.index(root)
    in_package = any(".".join(parts[:end]) in project.modules for end in range(1, start + 1))
    return dotted if in_package else ".".join(parts[start:])


def serialisers(project: Project, model: OrmClass, near: str) -> Serialisers:
    """Return the schemas that may serialise an ORM class, those in ``near``'s reach."""
    exact = schemas_named(project, f"{model.short}Response", near)
    names = [
        name
        for name in sorted(_schemas_by_name(project))
        if name != f"{model.short}Response" and _is_variant(name, model.short)
    ]
    variants = [symbol for name in names for symbol in schemas_named(project, name, near)]
    fit = [symbol for symbol in exact if not missing_fields(project, symbol, model)]
    return Serialisers(
        tuple(fit),
        tuple(s for s in variants if not missing_fields(project, s, model)),
        tuple(symbol for symbol in exact if symbol not in fit),
    )


def _is_variant(name: str, model: str) -> bool:
    """``AccountResponseShort``, ``ShortAccountResponse``, ``AccountRead``, no longer words."""
    return _VARIANT.fullmatch(name.replace(model, "\0", 1)) is not None


def missing_fields(project: Project, schema: Symbol, model: OrmClass) -> tuple[str, ...]:
    """Return the required fields of a schema that an ORM class certainly does not have.

    None are certain where a validator makes them up or a base class is not known.
    """
    if not model.complete or _has_made_base(project, model) or makes_up_fields(project, schema):
        return ()
    had = set(_members(project, model))
    needed = [field.name for field in fields(project, schema) if _required(field)]
    return tuple(name for name in needed if name not in had)


def fields(project: Project, schema: Symbol) -> Iterator[AttributeSummary]:
    """Yield the fields of a schema, inherited ones included, the nearest declaration of each."""
    seen: set[str] = set()
    for name in project.ancestors(schema.name, schema.module.name):
        symbol = project.find(name, schema.module.name)
        if symbol is None or not isinstance(symbol.definition, ClassSummary):
            continue
        for attribute in symbol.definition.attributes:
            if attribute.name not in seen and _is_field(attribute):
                yield attribute
            seen.add(attribute.name)


@project_fact
def field_types(project: Project, schema: str) -> Mapping[str, Type]:
    """Return the types of a schema's fields by name, for its canonical name."""
    symbol = project.find(schema)
    declared = fields(project, symbol) if symbol is not None else ()
    return {field.name: field.type for field in declared if field.type is not None}


def dumped_fields(project: Project, schema: str) -> Iterator[str]:
    """Yield the names of a schema's fields that are in its dumps, for its canonical name."""
    symbol = project.find(schema)
    for field in fields(project, symbol) if symbol is not None else ():
        value = field.value
        if not isinstance(value, Call) or value.keyword("exclude") != Literal(True):
            yield field.name


@project_fact
def field_schema(project: Project, schema: str, field: str) -> tuple[str, bool]:
    """Return the schema that a field of a schema holds, and whether it holds a list of it."""
    type_, symbol = field_types(project, schema).get(field), project.find(schema)
    if type_ is None or symbol is None:
        return "", False
    plain = type_.without_none
    several = len(plain.arguments) == 1 and plain.name != "|"
    inner = plain.arguments[0].without_none if several else plain
    if inner.arguments or not inner.known:
        return "", False
    found = project.find(inner.name, symbol.module.name)
    if found is None or not is_schema(project, found.name, found.module.name):
        return "", False
    return found.name, several


def _is_field(attribute: AttributeSummary) -> bool:
    if attribute.type is None or attribute.name.startswith("_"):
        return False
    return attribute.name != "model_config" and attribute.type.name != "typing.ClassVar"


def _required(field: AttributeSummary) -> bool:
    aliased = isinstance(field.value, Call) and any(
        field.value.keyword(alias) is not None for alias in _ALIASES
    )
    return not aliased and default_of(field) is None


def default_of(field: AttributeSummary) -> Value | None:
    """Return the default of a field, or None where it is required; ``UNKNOWN`` for what may be."""
    match field.value:
        case Call(name=name, arguments=arguments) if name.endswith(".Field"):
            given = [field.value.keyword("default"), field.value.keyword("default_factory")]
            default = [*arguments[:1], *(value for value in given if value is not None)]
            if not default:
                return UNKNOWN if field.value.has_unknown_keywords else None
            return None if default[0] == Literal(...) else default[0]
        case Literal(value=value) if value is ...:
            return None
    return field.value


def _has_made_base(project: Project, model: OrmClass) -> bool:
    """``declarative_base(cls=Common)`` adds what Common has."""
    for name in project.ancestors(model.name, model.module):
        symbol = project.find(name, model.module)
        held = symbol.definition if symbol is not None else None
        if isinstance(held, VariableSummary):
            made = held.value
            if not isinstance(made, Call) or made.arguments or made.keywords:
                return True
    return False


def makes_up_fields(project: Project, schema: Symbol) -> bool:
    """Tell whether a schema has validators or names that read something else than its fields."""
    for name in project.ancestors(schema.name, schema.module.name):
        symbol = project.find(name, schema.module.name)
        if symbol is None or not isinstance(symbol.definition, ClassSummary):
            continue
        for method in symbol.definition.methods:
            function = symbol.module.functions.get(f"{symbol.qualname}.{method}")
            for decorator in function.decorators if function is not None else ():
                if isinstance(decorator, Call | Name) and decorator.name.endswith(
                    _BEFORE_VALIDATORS
                ):
                    return True
        config = symbol.definition.attribute("model_config")
        if config is not None and isinstance(config.value, Call):
            if config.value.keyword("alias_generator") is not None:
                return True
    return False


def validates(project: Project, schema: Symbol) -> bool:
    """Tell whether a schema has validators, which may refuse what its types allow."""
    for owner in project.lineage(schema.name, schema.module.name):
        definition = owner.definition
        for method in definition.methods if isinstance(definition, ClassSummary) else ():
            function = owner.module.functions.get(f"{owner.qualname}.{method}")
            for decorator in function.decorators if function is not None else ():
                if isinstance(decorator, Call | Name) and decorator.name.endswith("validator"):
                    return True
    return False


def _members(project: Project, model: OrmClass) -> Iterator[str]:
    yield from model.columns
    yield from model.relationships
    for name in (model.name, *model.parents):
        symbol = project.find(name, model.module)
        if symbol is not None and isinstance(symbol.definition, ClassSummary):
            yield from symbol.definition.methods
            yield from (attribute.name for attribute in symbol.definition.attributes)
