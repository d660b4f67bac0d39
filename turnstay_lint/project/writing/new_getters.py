"""The getter that the access class lacks for a model, with its utility function (handbook 3).

``CompanyAccess.get_note`` asks ``get_company_note``, which filters by the company along the model's
scope path, and by the accounts that the user may see where the class has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.models.access import Absence, AccessClass, Getter, returned_model
from turnstay_lint.project.models.column_types import python_type
from turnstay_lint.project.models.models import OrmClass, orm_models
from turnstay_lint.project.models.tenancy import Ownership, tenancy
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, Parameter
from turnstay_lint.project.writing.getter_homes import Place, Utilities
from turnstay_lint.project.writing.identifiers import plural, snake_case
from turnstay_lint.project.writing.new_schemas import importable
from turnstay_lint.project.writing.schema_homes import NotWritable
from turnstay_lint.project.writing.spelling import import_path
from turnstay_lint.source.positions import Span
from turnstay_lint.source.types import Type


class Join(Struct, frozen=True):
    """A model on the scope path, and the attributes that lead to it: ``left == model.right``."""

    model: str
    left: tuple[str, str]
    right: str


class Key(Struct, frozen=True):
    """A parameter that a query compares a column with."""

    parameter: str
    type: Type
    model: str
    column: str


class NewGetter(Struct, frozen=True):
    """A getter to write: ``method`` of ``owner`` asks ``utility``, which is there or new.

    Models are named as they are called; ``models`` says where each is imported from. ``key`` is
    None for a getter of all; ``restriction`` is the set of ids that the user is restricted to.
    """

    method: str
    owner: str
    utility: str
    model: str
    many: bool
    key: Key | None
    tenant: Key
    joins: tuple[Join, ...]
    restriction: Key | None
    models: tuple[tuple[str, str], ...]
    access: Place
    home: Place
    is_utility_there: bool

    def as_getter(self) -> Getter:
        """Return what it will be once it is written."""
        required = (Parameter(self.key.parameter, self.key.type),) if self.key is not None else ()
        return Getter(
            name=self.method,
            model=self.model,
            many=self.many,
            absence=Absence.NONE if self.many else Absence.NOT_FOUND,
            required=required,
            optional=(),
            is_async=True,
            path=self.access.path,
            span=Span(1, 0, 1, 0),
        )


def new_getter(
    project: Project, access: AccessClass, ownership: Ownership, model: OrmClass, *, many: bool
) -> NewGetter:
    """Return the getter of one or all of a model; raises NotWritable."""
    if ownership.is_tenant:
        raise NotWritable(f"{model.short} is the {_word(project)} itself")
    return _Writing(project, access, ownership, model, many).getter()


def _word(project: Project) -> str:
    return snake_case(project.settings.tenant_model.rpartition(".")[2])


class _Writing:
    """One getter, worked out from what the service has around the access class."""

    def __init__(
        self,
        project: Project,
        access: AccessClass,
        ownership: Ownership,
        model: OrmClass,
        many: bool,
    ) -> None:
        self._project = project
        self._access = access
        self._ownership = ownership
        self._model = model
        self._many = many
        self._owner = self._symbol(access.name)
        self._initial = self._initializer()

    def _symbol(self, name: str) -> Symbol:
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, ClassSummary):
            raise NotWritable(f"{name} is not where it was")
        return symbol

    def _lineage(self) -> Iterator[Symbol]:
        return self._project.lineage(self._owner.name, self._owner.module.name)

    def _initializer(self) -> FunctionSummary | None:
        for symbol in self._lineage():
            found = symbol.module.functions.get(f"{symbol.qualname}.__init__")
            if found is not None:
                return found
        return None

    def getter(self) -> NewGetter:
        stem = snake_case(self._model.short)
        stem = plural(stem) if self._many else stem
        method, utility = f"get_{stem}", f"get_{_word(self._project)}_{stem}"
        self._check_class(method)
        access = Place(self._owner.module.name, self._owner.module.path)
        utilities = Utilities(self._project, self._owner)
        there = utilities.named(utility)
        home = Place(there.module.name, there.module.path) if there else utilities.home()
        getter = NewGetter(
            method=method,
            owner=self._owner.qualname,
            utility=utility,
            model=self._model.short,
            many=self._many,
            key=None if self._many else self._key(),
            tenant=self._tenant(),
            joins=tuple(self._joins()),
            restriction=self._restriction(),
            models=tuple(self._imported()),
            access=access,
            home=home,
            is_utility_there=there is not None,
        )
        if there is not None:
            self._check_utility(there, getter)
        else:
            utilities.check(home, utility)
        return getter

    def _check_class(self, method: str) -> None:
        name = self._owner.qualname
        for symbol in self._lineage():
            assert isinstance(symbol.definition, ClassSummary)
            if method in symbol.definition.methods or symbol.definition.attribute(method):
                raise NotWritable(f"{name}.{method} is there, and does not say what it gives")
        if any(not getter.is_async for getter in self._access.getters.values()):
            raise NotWritable(f"the getters of {name} are not asynchronous")
        if "." in name:
            raise NotWritable(f"{name} stands within another class")

    def _key(self) -> Key:
        model = self._model
        if len(model.primary_key) != 1:
            raise NotWritable(f"the key of {model.short} is not one column")
        [name] = model.primary_key
        column = model.columns.get(name)
        type_ = python_type(self._project, column) if column is not None else None
        if type_ is None:
            raise NotWritable(f"the type of {model.short}.{name} cannot be read")
        parameter = f"{snake_case(model.short)}_{name}"
        return Key(parameter, importable(self._project, type_), model.short, name)

    def _tenant(self) -> Key:
        owner = orm_models(self._project).classes[self._ownership.owner]
        column = owner.columns.get(self._ownership.column)
        type_ = python_type(self._project, column) if column is not None else None
        if type_ is None:
            raise NotWritable(f"the type of {owner.short}.{self._ownership.column} cannot be read")
        name = self._project.settings.tenant_column
        return Key(name, importable(self._project, type_), owner.short, self._ownership.column)

    def _joins(self) -> Iterator[Join]:
        models = orm_models(self._project)
        for step in self._ownership.steps:
            here, there = models.classes[step.model], models.classes[step.target]
            keys = here.columns[step.column].foreign_keys
            key = next((k for k in keys if models.referred(k, here.module) is there), None)
            names = [c.name for c in there.columns.values() if key and c.key == key.column]
            if not names:
                raise NotWritable(f"nothing says which column {here.short}.{step.column} refers to")
            yield Join(there.short, (here.short, step.column), names[0])

    def _restriction(self) -> Key | None:
        """The accounts that the user may see are kept where a model on the path has one."""
        parameters = self._initial.parameters if self._initial is not None else ()
        said = next((p.name for p in parameters if p.name.startswith("allowed_")), "")
        subject = said.removeprefix("allowed_").removesuffix("_ids").removesuffix("_id")
        if not subject:
            return None
        models = orm_models(self._project)
        path = [self._model, *(models.classes[step.target] for step in self._ownership.steps)]
        for model in path:
            columns = list(self._columns_of(model, subject))
            if len(columns) > 1:
                words = " or ".join(columns)
                raise NotWritable(f"which {subject} of {model.short} counts ({words}) is not said")
            for name in columns:
                type_ = python_type(self._project, model.columns[name])
                if type_ is None:
                    raise NotWritable(f"the type of {model.short}.{name} cannot be read")
                return Key(said, importable(self._project, type_), model.short, name)
        return None

    def _columns_of(self, model: OrmClass, subject: str) -> Iterator[str]:
        if snake_case(model.short) == subject:
            yield from model.primary_key
        elif f"{subject}_id" in model.columns:
            yield f"{subject}_id"
        else:
            for column, target in tenancy(self._project).references(model.name):
                if snake_case(target.rpartition(".")[2]) == subject:
                    yield column

    def _imported(self) -> Iterator[tuple[str, str]]:
        """Yield each model with the module that code imports it from."""
        names = [self._model.name, *(step.target for step in self._ownership.steps)]
        if len({name.rpartition(".")[2] for name in names}) < len(names):
            raise NotWritable("two models on its scope path have one name")
        for name in names:
            symbol = self._project.find(name)
            if symbol is None or not isinstance(symbol.definition, ClassSummary):
                raise NotWritable(f"{name.rpartition('.')[2]} is no class")
            if "." in symbol.qualname:
                raise NotWritable(f"{symbol.qualname} stands within another class")
            yield symbol.qualname, import_path(self._project, symbol, symbol.qualname)

    def _check_utility(self, there: Symbol, getter: NewGetter) -> None:
        function = there.definition
        assert isinstance(function, FunctionSummary)
        needed = [p.name for p in function.parameters if p.default is None][1:]
        wanted = [key.parameter for key in (getter.tenant, getter.key) if key is not None]
        optional = [p.name for p in function.parameters if p.default is not None]
        gives = returned_model(self._project, function.returns, there.module.name)
        fits = needed == wanted and function.is_async
        if getter.restriction is not None:
            fits = fits and getter.restriction.parameter in optional
        if not fits or gives != (self._model.name, self._many, False):
            raise NotWritable(f"{there.module.name} has a {there.qualname} of another kind")
