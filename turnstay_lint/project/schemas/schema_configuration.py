"""What a schema's configuration says: ``model_config``, keywords of the class, ``class Config``."""

from __future__ import annotations

from collections.abc import Mapping

from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.project.summaries.values import UNKNOWN, Call, Items, Literal, Value

ANY = "**"
"""The option of a configuration that may say more than can be read."""
_FORMER = {"orm_mode": "from_attributes"}


def own_configuration(symbol: Symbol) -> Mapping[str, Value]:
    """Return what a class itself says, by Pydantic 2's names."""
    definition = symbol.definition
    if not isinstance(definition, ClassSummary):
        return {}
    found = dict(definition.keywords)
    config = definition.attribute("model_config")
    if config is not None:
        found |= _read(config.value)
    inner = symbol.module.classes.get(f"{symbol.qualname}.Config")
    for attribute in inner.attributes if inner is not None else ():
        found[_FORMER.get(attribute.name, attribute.name)] = attribute.value or UNKNOWN
    return found


def _read(value: Value | None) -> dict[str, Value]:
    match value:
        case Call(arguments=(), keywords=keywords):
            return dict(keywords)
        case Items(items=pairs):
            found = {}
            for pair in pairs:
                match pair:
                    case Items(items=(Literal(value=str(name)), said)):
                        found[name] = said
                    case _:
                        found[ANY] = UNKNOWN
            return found
    return {ANY: UNKNOWN}


def configured(project: Project, symbol: Symbol, option: str) -> Value | None:
    """Return what a schema, or what it derives from, says of an option; None where nothing does.

    ``UNKNOWN`` where that cannot be read.
    """
    for ancestor in project.lineage(symbol.name, symbol.module.name):
        own = own_configuration(ancestor)
        if option in own:
            return own[option]
        if ANY in own:
            return UNKNOWN
    return None
