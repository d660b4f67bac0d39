"""Relationships as models declare them: who, to whom, how they load, and the side a backref makes.

Every spelling comes out as one ``Relationship``: ``relationship`` under any name, ``relation``,
``dynamic_loader``, SQLModel's ``Relationship``, in a class body, a ``declared_attr`` or the
``properties=`` of an imperative mapping.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from enum import Enum

from msgspec import Struct

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope, inner_bodies
from turnstay_lint.source.types import Type, read_type


class Form(Enum):
    """The constructor by which a relationship is declared."""

    RELATIONSHIP = "relationship"
    DYNAMIC_LOADER = "dynamic_loader"
    SQLMODEL = "Relationship"


CONSTRUCTORS = {
    "sqlalchemy.orm.relationship": Form.RELATIONSHIP,
    "sqlalchemy.orm.relationships.relationship": Form.RELATIONSHIP,
    "sqlalchemy.orm.relation": Form.RELATIONSHIP,
    "sqlalchemy.orm.dynamic_loader": Form.DYNAMIC_LOADER,
    "sqlmodel.Relationship": Form.SQLMODEL,
    "sqlmodel.main.Relationship": Form.SQLMODEL,
}
BACKREF = frozenset({"sqlalchemy.orm.backref", "sqlalchemy.orm.relationships.backref"})
_STATED_BY_ANNOTATION = frozenset({"WriteOnlyMapped", "DynamicMapped"})
_MAPPERS = frozenset({"map_imperatively", "mapper"})
_WRAPPERS = frozenset({"Mapped", "Optional", "List", "Set", "Sequence", "list", "set"})


class Options(Struct, frozen=True, eq=False):
    """Keywords of a relationship, wherever they are written.

    ``known`` is false where ``**kwargs`` or a dict made elsewhere may say more; ``holder`` is the
    call or dict literal that a keyword can be added to.
    """

    given: dict[str, ast.expr]
    known: bool
    holder: ast.Call | ast.Dict | None


class Relationship(Struct, frozen=True, eq=False):
    """One declaration of a relationship.

    ``owner`` and ``target`` are bare class names, empty where the file does not tell; ``backref``
    is the expression given as such. ``stated_by_annotation`` is true of ``WriteOnlyMapped`` and
    ``DynamicMapped``, which say themselves how they load.
    """

    call: ast.Call
    scope: Scope
    form: Form
    attribute: str
    owner: str
    target: str
    stated_by_annotation: bool
    options: Options

    @property
    def name(self) -> str:
        """Return how a reader would name it: ``Company.accounts``, as far as is known."""
        return ".".join(part for part in (self.owner, self.attribute) if part)

    @property
    def backref(self) -> ast.expr | None:
        """Return what ``backref=`` is given, or None."""
        given = self.options.given.get("backref")
        return None if isinstance(given, ast.Constant) and given.value is None else given

    @property
    def is_self_reference(self) -> bool:
        """Tell whether the class points at itself; ``remote_side`` decides where names do not."""
        if self.target and self.owner:
            return self.target == self.owner
        return not self.target and "remote_side" in self.options.given


class _Place(Struct, frozen=True):
    """Where a relationship call stands: what it is assigned to, and in which class."""

    attribute: str
    owner: str = ""
    annotation: ast.expr | None = None
    returns_own: str = ""


def relationships(source: SourceFile, canonical: Callable[[str], str]) -> Iterator[Relationship]:
    """Yield every relationship of a file, in the order of the text.

    ``canonical`` follows a name that another module of the service re-exports.
    """
    places: dict[ast.expr, _Place] | None = None
    inner: set[ast.expr] = set()
    for call, scope in source.index.calls:
        name = resolve(call.func, scope)
        form = CONSTRUCTORS.get(name) or CONSTRUCTORS.get(canonical(name)) if name else None
        if form is None or call in inner:
            continue
        if places is None:
            places = dict(_places(source))
        place = places.get(call, _Place("", _class_around(scope)))
        declaring = _sa_relationship(call) if form is Form.SQLMODEL else None
        if declaring is not None:
            places[declaring] = place
            continue
        yield _read(call, scope, form, place)


def _sa_relationship(call: ast.Call) -> ast.expr | None:
    """``Relationship(sa_relationship=relationship(...))`` is declared by the inner call."""
    return next((k.value for k in call.keywords if k.arg == "sa_relationship"), None)


def _read(call: ast.Call, scope: Scope, form: Form, place: _Place) -> Relationship:
    annotated = read_type(place.annotation, scope) if place.annotation is not None else None
    return Relationship(
        call=call,
        scope=scope,
        form=form,
        attribute=place.attribute,
        owner=place.owner,
        target=_target(call, scope, form, place) or (_target_of(annotated) if annotated else ""),
        stated_by_annotation=annotated is not None
        and annotated.name.rpartition(".")[2] in _STATED_BY_ANNOTATION,
        options=_options(call, scope, form),
    )


def _options(call: ast.Call, scope: Scope, form: Form) -> Options:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    spread = any(keyword.arg is None for keyword in call.keywords)
    if form is not Form.SQLMODEL:
        return Options(given, not spread, call)
    kwargs = given.get("sa_relationship_kwargs")
    if kwargs is None or isinstance(kwargs, ast.Constant):
        return Options({}, not spread and kwargs is None, call)
    literal = kwargs
    if isinstance(kwargs, ast.Name):
        found = scope.lookup(kwargs.id)
        if found is not None and len(found[1]) == 1 and found[1][0].value is not None:
            literal = found[1][0].value
    return _dict_options(literal, written_here=literal is kwargs)


def _dict_options(literal: ast.expr, written_here: bool) -> Options:
    match literal:
        case ast.Dict(keys=keys, values=values):
            known = all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in keys)
            given = {
                key.value: value
                for key, value in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
            return Options(given, known, literal if written_here else None)
        case ast.Call(func=ast.Name(id="dict"), args=[]):
            given = {keyword.arg: keyword.value for keyword in literal.keywords if keyword.arg}
            known = all(keyword.arg for keyword in literal.keywords)
            return Options(given, known, literal if written_here else None)
    return Options({}, False, None)


def _target(call: ast.Call, scope: Scope, form: Form, place: _Place) -> str:
    if form is Form.SQLMODEL:
        return ""
    argument = call.args[0] if call.args else None
    if argument is None:
        argument = next((k.value for k in call.keywords if k.arg == "argument"), None)
    if isinstance(argument, ast.Lambda):
        argument = argument.body
    match argument:
        case ast.Constant(value=str(text)):
            return text.rpartition(".")[2]
        case ast.Attribute(value=ast.Name(id=own), attr="__name__") | ast.Name(id=own):
            if own == place.returns_own:
                return place.owner
            return own if isinstance(argument, ast.Name) else ""
        case ast.Attribute(attr=name):
            return name
    return ""


def _target_of(type_: Type) -> str:
    """Return the class in ``Mapped[list["Account"] | None]``."""
    inner = type_.without_none
    if inner.arguments and inner.name.rpartition(".")[2] in _WRAPPERS:
        return _target_of(inner.arguments[-1])
    return "" if not inner.known or inner.arguments else inner.name.rpartition(".")[2]


def _class_around(scope: Scope) -> str:
    above: Scope | None = scope
    while above is not None and not above.is_class:
        above = above.parent
    return above.name if above is not None else ""


def _places(source: SourceFile) -> Iterator[tuple[ast.expr, _Place]]:
    for scope in source.index.classes:
        assert isinstance(scope.node, ast.ClassDef)
        yield from _assigned(scope.node.body, scope.name)
    yield from _assigned(source.tree.body, "")
    for call, scope in source.index.calls:
        yield from _mapped_imperatively(call, scope)


def _assigned(body: list[ast.stmt], owner: str) -> Iterator[tuple[ast.expr, _Place]]:
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield value, _Place(name, owner)
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=of), attr=name)], value=value):
                yield value, _Place(name, of)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                if value is not None:
                    yield value, _Place(name, owner, annotation)
            case ast.FunctionDef() if owner:
                yield from _declared(statement, owner)
        for inner in inner_bodies(statement):
            yield from _assigned(inner, owner)


def _declared(function: ast.FunctionDef, owner: str) -> Iterator[tuple[ast.expr, _Place]]:
    """A ``declared_attr`` declares what it returns, for the class that it is given."""
    own = function.args.args[0].arg if function.args.args else ""
    for statement in ast.walk(function):
        if isinstance(statement, ast.Return) and statement.value is not None:
            yield statement.value, _Place(function.name, owner, function.returns, own)


def _mapped_imperatively(call: ast.Call, scope: Scope) -> Iterator[tuple[ast.expr, _Place]]:
    called = call.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name not in _MAPPERS:
        return
    owner = call.args[0] if call.args else None
    for keyword in call.keywords:
        if keyword.arg == "properties" and isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield value, _Place(str(key.value), getattr(owner, "id", ""))
