"""The part of a file that other files depend on: small, picklable, made from that file alone."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from turnstay_lint.project.summaries.values import Call, Value
from turnstay_lint.source.positions import Span
from turnstay_lint.source.types import Type


class Parameter(Struct, frozen=True, array_like=True):
    """A parameter: its type, its default, and what ``Annotated`` says beside the type.

    ``kind`` is ``positional``, ``keyword`` (after ``*``), ``*`` or ``**``.
    """

    name: str
    type: Type
    default: Value | None = None
    metadata: tuple[Value, ...] = ()
    kind: str = "positional"


class Fetching(Struct, frozen=True, array_like=True):
    """What a function has to do with loading: where what it returns is from, what it loads.

    ``sources`` are ``<query>`` for what a query of its own gave, the dotted names of functions
    whose result it hands on, ``?`` for anything else. ``loads`` are the relationships whose loading
    it asks for, ``*`` where that cannot be read, ``<refresh>`` for a refresh that names none.
    """

    sources: frozenset[str] = frozenset()
    loads: frozenset[str] = frozenset()


class Building(Struct, frozen=True, array_like=True):
    """The statements of a function that only builds a query and returns it.

    ``names`` are those that it does not bind itself, each with its dotted name, empty where its
    file cannot tell.
    """

    text: str
    names: tuple[tuple[str, str], ...] = ()


class CallSite(Struct, frozen=True, array_like=True):
    """A call of something that may be the service's own, and what it is given.

    ``called`` is as in ``FunctionSummary.calls`` and ``uses``: ``*.method`` for a method of what
    has no name. What is called later (``tasks.add_task(send, id)``) is a call as well.
    ``positional`` has a letter for each argument by place: ``g`` where it is certainly given, ``n``
    for None, ``o`` for a parameter of the caller that may be None, ``*`` for a starred one.
    ``given`` are the keywords that are certainly given (``**`` for what is spread), ``left`` those
    that are, or may be, None. ``keys`` says of arguments, by place or keyword, whose key they are:
    the type of the parameter, or what gave the variable (``made()``), and the attribute; for a
    parameter of the caller that is handed on as it is, ``<parameter>`` alone.
    """

    called: str
    positional: str = ""
    given: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    keys: tuple[tuple[str, str, str], ...] = ()


class FunctionSummary(Struct, frozen=True, array_like=True):
    """A function or method: its signature, what decorates it, and which names it calls.

    ``calls`` are dotted names; a method called on a parameter is ``<parameter>.method``.
    ``fetching`` is None where it neither queries nor loads. ``answers`` are names as in ``calls``
    that what an endpoint without a response model returns comes from. ``uses`` are methods that it
    calls on what it made (``made().method``) or on what has no name (``*.method``), and the
    functions that it hands on. ``builds`` is what it does, where it only builds a query.
    """

    name: str
    span: Span
    parameters: tuple[Parameter, ...]
    returns: Type
    is_async: bool
    decorators: tuple[Value, ...] = ()
    calls: frozenset[str] = frozenset()
    fetching: Fetching | None = None
    answers: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    builds: Building | None = None

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name, or None."""
        return next((p for p in self.parameters if p.name == name), None)


class AttributeSummary(Struct, frozen=True, array_like=True):
    """What a class body says of one attribute: an annotation, a value, or both.

    ``unbound`` are names that the annotation says and nothing in the file binds, as SQLAlchemy
    allows: ``Mapped["Account"]`` where Account is declared in another module.
    """

    name: str
    span: Span
    type: Type | None
    value: Value | None
    unbound: tuple[str, ...] = ()


class ClassSummary(Struct, frozen=True, array_like=True):
    """A class: its bases and keywords, its attributes in order, the names of its methods."""

    name: str
    span: Span
    bases: tuple[Type, ...]
    keywords: tuple[tuple[str, Value], ...] = ()
    decorators: tuple[Value, ...] = ()
    attributes: tuple[AttributeSummary, ...] = ()
    methods: tuple[str, ...] = ()

    def attribute(self, name: str) -> AttributeSummary | None:
        """Return what the body says of an attribute last, or None."""
        return next((a for a in reversed(self.attributes) if a.name == name), None)


class VariableSummary(Struct, frozen=True, array_like=True):
    """A variable of the module: its annotation, and its value where there is one alone.

    ``alias`` is the type that the value is, where it may stand for one in an annotation:
    ``AccountId = Annotated[int, Path()]`` is ``int``, and the value says the rest.
    """

    name: str
    span: Span
    type: Type | None
    value: Value
    alias: Type | None = None


class ColumnStep(Struct, frozen=True, array_like=True):
    """What the upgrade of a revision does to a column, as ``column_steps`` names it.

    ``table`` has its schema before it, where one is said, and is empty where it is unknown, as
    ``column`` is. ``to`` is the new name, or of a column that is added its type.
    """

    what: str
    table: str
    column: str = ""
    to: str = ""


class SchemaStep(Struct, frozen=True, array_like=True):
    """What the upgrade of a revision makes, as ``schema_steps`` names it.

    ``table`` has its schema before it; it, and ``name``, are empty where they are unknown.
    """

    what: str
    table: str = ""
    name: str = ""


class ModuleSummary(Struct, frozen=True, array_like=True):
    """One module: its names, definitions and module-level calls.

    ``name`` is the dotted one by which it is imported, ``module`` that of its file in the tree,
    which for a package's own is ``package.__init__``;
    ``imports`` maps local names to dotted targets; ``statements`` are calls made at module level
    for their effect (``api_router.include_router(...)``), ``inclusions`` such calls in functions,
    whose routers may be the function's own variables. Definitions are keyed by their
    qualified name (``CompanyAccess.get_account``). A name that is imported on one condition and
    defined on another is an import. ``exports`` is ``__all__``, None where it cannot be read.
    ``steps`` are what a revision's upgrade does to columns, in order. ``called`` are the last parts
    of all that its functions call and use, ``depends`` the names of what FastAPI is told there to
    depend on. ``makes`` are the tables and columns that a revision's upgrade makes.
    ``imported_within`` are the dotted targets of imports in functions and classes, of tests the
    modules of such imports as they are written.
    """

    path: str
    module: str
    name: str
    is_package: bool = False
    imports: Mapping[str, str] = field(default_factory=dict)
    stars: tuple[str, ...] = ()
    exports: tuple[str, ...] | None = None
    classes: Mapping[str, ClassSummary] = field(default_factory=dict)
    functions: Mapping[str, FunctionSummary] = field(default_factory=dict)
    variables: Mapping[str, VariableSummary] = field(default_factory=dict)
    statements: tuple[Value, ...] = ()
    inclusions: tuple[Call, ...] = ()
    steps: tuple[ColumnStep, ...] = ()
    called: frozenset[str] = frozenset()
    depends: tuple[str, ...] = ()
    makes: tuple[SchemaStep, ...] = ()
    imported_within: tuple[str, ...] = ()
