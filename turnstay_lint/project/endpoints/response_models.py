"""Which response model a route should have, and how certain that is.

In the catalog's order: a return annotation that is a schema; all returns build the same schema;
the value is of an ORM class that exactly one ``<Model>Response`` serialises; lists and pages of
these (handbook 1 and 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.frameworks.fastapi import Endpoint
from turnstay_lint.project.endpoints.returns import annotation_of, returned_by
from turnstay_lint.project.inference.calls import PAGE
from turnstay_lint.project.models.models import OrmClass, orm_class
from turnstay_lint.project.modules import is_known
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.schemas.schemas import is_schema, missing_fields, serialisers
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.writing.new_schemas import NewSchema, new_schema
from turnstay_lint.project.writing.schema_homes import NotWritable
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.types import NONE, Type

LISTS = frozenset(
    {
        "builtins.list", "<Scalars>", "typing.Sequence", "typing.Iterable", "typing.Collection",
        "collections.abc.Sequence", "collections.abc.Iterable", "collections.abc.Collection",
    }
)  # fmt: skip
CONTAINERS = frozenset({"builtins.dict", "builtins.set", "builtins.frozenset", "builtins.tuple"})
_PAGES = frozenset(
    {PAGE, "fastapi_pagination.default.Page", "fastapi_pagination.bases.AbstractPage"}
)
_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_PLAIN = ("builtins.", "datetime.", "uuid.", "decimal.", "enum.")


_KNOWN = ("builtins.", "typing.", "enum.", "abc.", "collections.", "sqlalchemy.")
_NOTHING = "it returns nothing: give it status_code=204, or say response_model=None"


class Unclear(Exception):
    """No model is certain; the message says what would make it so."""


class NotSchematic(Unclear):
    """A type is no schema and no ORM class, so that nothing serialises it."""


class Model(Struct, frozen=True):
    """A response model, canonical names in it.

    ``choices`` are the schemas from which a person should choose, where it is not certain;
    ``annotated`` says that it is what the return annotation says, word for word; ``written`` are
    the schemas in it that have to be written first.
    """

    type: Type
    choices: tuple[str, ...] = ()
    annotated: bool = False
    written: tuple[NewSchema, ...] = ()


def model_of(project: Project, source: SourceFile, endpoint: Endpoint) -> Model:
    """Return the model of what an endpoint returns; raises Unclear."""
    said = annotation_of(project, source, endpoint)
    if said.name not in _ANYTHING:
        return _of_annotation(project, source, said)
    returned = returned_by(project, source, endpoint)
    if returned.unclear:
        raise Unclear(returned.unclear)
    if all(type_ == NONE for type_ in returned.types):
        raise Unclear(_NOTHING)
    near = source.scope.module
    return _joined(_of_value(project, type_, near) for type_ in returned.types)


def _of_value(project: Project, type_: Type, near: str) -> Model:
    if type_ == NONE:
        return Model(NONE)
    try:
        return modelled(project, type_, near)
    except NotSchematic as reason:
        built = type_.name == "builtins.dict" and not type_.arguments
        how = " built by hand" if built else ""
        raise Unclear(f"it returns {_article(type_)}{how}, not a schema: return one") from reason


def _of_annotation(project: Project, source: SourceFile, said: Type) -> Model:
    if said == NONE:
        raise Unclear(_NOTHING)
    try:
        model = modelled(project, said, source.scope.module)
    except NotSchematic as reason:
        raise Unclear(
            f"its return annotation {short(said)} is no schema: return one, and annotate that"
        ) from reason
    return replace(model, annotated=_plain_lists(said) == model.type)


def _plain_lists(type_: Type) -> Type:
    name = "builtins.list" if type_.name in LISTS else type_.name
    return Type(name, tuple(map(_plain_lists, type_.arguments)))


def _joined(models: Iterable[Model]) -> Model:
    """Where returns differ, all of them are the model, and a person should choose."""
    types: dict[Type, None] = {}
    choices: dict[str, None] = {}
    written: dict[NewSchema, None] = {}
    for model in models:
        types.update(dict.fromkeys(model.type.members))
        choices.update(dict.fromkeys(model.choices))
        written.update(dict.fromkeys(model.written))
    found = [type_ for type_ in types if type_ != NONE]
    if len(found) > 1:
        choices.update(dict.fromkeys(short(type_) for type_ in found))
    ordered = (*found, *([NONE] if NONE in types else []))
    type_ = ordered[0] if len(ordered) == 1 else Type("|", ordered)
    return Model(type_, tuple(choices), written=tuple(written))


def modelled(project: Project, type_: Type, near: str) -> Model:
    """Return a type with each ORM class replaced by the schema that serialises it.

    Raises Unclear where something in it is no schema, or none is named in it at all.
    """
    model = _Modelling(project, near).of(type_)
    if not model.written and not any(
        is_schema(project, part.name, near) for part in _parts(model.type)
    ):
        raise NotSchematic(f"{short(type_)} is no schema")
    return model


def _parts(type_: Type) -> Iterator[Type]:
    yield type_
    for argument in type_.arguments:
        yield from _parts(argument)


class _Modelling(Struct, frozen=True):
    project: Project
    near: str

    def of(self, type_: Type) -> Model:
        if type_ == NONE or type_.name == "typing.Literal" or type_.name == "...":
            return Model(type_)
        if type_.name in LISTS or type_.name in CONTAINERS or type_.name in _PAGES | {"|"}:
            return self._of_container(type_)
        if is_schema(self.project, type_.name, self.near):
            return Model(type_)
        model = orm_class(self.project, type_.name, self.near)
        if model is not None:
            return self._serialised(model)
        if type_.name in _ANYTHING or not type_.name.startswith(_PLAIN):
            raise self._no_schema(type_)
        return Model(type_)

    def _no_schema(self, type_: Type) -> Unclear:
        """Tell what is none from what may be one, if what it stands for were seen."""
        symbol = self.project.find(type_.name, self.near)
        if type_.name == "?" or (symbol and isinstance(symbol.definition, VariableSummary)):
            return Unclear(f"its return annotation names {short(type_)}, which cannot be read")
        module = type_.name.rpartition(".")[0]
        if symbol is None and module and not is_known(module.partition(".")[0]):
            if self.project.module(module, self.near) is None:
                return Unclear(f"{short(type_)} lies in {module}, of which nothing is known")
        ancestors = list(self.project.ancestors(type_.name, self.near))
        unseen = [name for name in ancestors if self.project.find(name, self.near) is None]
        if len(ancestors) > 1 and unseen and not unseen[0].startswith(_KNOWN):
            base = unseen[0].rpartition(".")[2]
            return Unclear(f"{short(type_)} derives from {base}, of which nothing is known")
        return NotSchematic(f"nothing declares {short(type_)} to be a schema")

    def _of_container(self, type_: Type) -> Model:
        if not type_.arguments:
            raise NotSchematic(f"{short(type_)} does not say what it holds")
        inner = [self.of(argument) for argument in type_.arguments]
        choices = tuple(dict.fromkeys(choice for model in inner for choice in model.choices))
        name = "builtins.list" if type_.name in LISTS else type_.name
        if type_.name in _PAGES:
            name = self._page()
            if not name.endswith(".Page"):
                choices = (*choices, PAGE, name)
        written = tuple(dict.fromkeys(schema for model in inner for schema in model.written))
        return Model(Type(name, tuple(model.type for model in inner)), choices, written=written)

    def _page(self) -> str:
        """Prefer the kind of page that the module imports already."""
        home = self.project.modules.get(self.near)
        pages = [
            target
            for target in (home.imports.values() if home is not None else ())
            if target.startswith("fastapi_pagination.") and target.endswith("Page")
        ]
        plain = [target for target in pages if target.endswith(".Page")]
        return [*plain, *pages, PAGE][0]

    def _serialised(self, model: OrmClass) -> Model:
        found = serialisers(self.project, model, self.near)
        if len(found.exact) == 1:
            return Model(Type(found.exact[0].name))
        choices = found.exact or found.variants
        if choices:
            names = tuple(symbol.name for symbol in choices)
            return Model(Type(self._nearest(choices)), names)
        if found.unfit:
            schema = found.unfit[0]
            fields = ", ".join(missing_fields(self.project, schema, model))
            raise Unclear(f"{schema.qualname} needs {fields}, which {model.short} does not have")
        try:
            schema_to_write = new_schema(self.project, model, self.near)
        except NotWritable as reason:
            wanted = f"no schema is called {model.short}Response"
            raise Unclear(f"{wanted}: write one for {model.short} ({reason})") from reason
        return Model(Type(schema_to_write.dotted), written=(schema_to_write,))

    def _nearest(self, symbols: Iterable[Symbol]) -> str:
        """Prefer what the module imports already, then the first by name."""
        home = self.project.modules.get(self.near)
        imported = set(home.imports.values()) if home is not None else set()
        canonical = {self.project.canonical(target, self.near) for target in imported}
        names = (symbol.name for symbol in symbols)
        return min(names, key=lambda name: (name not in canonical, len(name), name))


def _article(type_: Type) -> str:
    name = short(type_)
    return f"an {name}" if name[:1] in "aeiouAEIOU" else f"a {name}"


def short(type_: Type) -> str:
    """Return a type as people write it, modules left out."""
    if type_.name == "?":
        return "something"
    if type_.name == "|":
        return " | ".join(map(short, type_.arguments))
    name = type_.name.rpartition(".")[2].strip("<>")
    if type_.arguments:
        return f"{name}[{', '.join(map(short, type_.arguments))}]"
    return name
