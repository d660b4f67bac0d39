"""All files of a service together: names followed across modules to what defines them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from msgspec.structs import replace

from turnstay_lint.project.beyond import Beyond, Instead, Read, nothing_read
from turnstay_lint.project.layout import Layout
from turnstay_lint.project.modules import Modules, Unpacked, is_known
from turnstay_lint.project.resolution import Found, Outsider, Resolver, Symbol
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.packing import packed, unpacked
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import (
    ClassSummary,
    ModuleSummary,
    Parameter,
    VariableSummary,
)
from turnstay_lint.project.summaries.values import Call, Items, Name, Value
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.types import Type

if TYPE_CHECKING:
    from turnstay_lint.project.installed import Installed

__all__ = ["Project", "Symbol", "project_fact"]

Result = TypeVar("Result")
P = ParamSpec("P")
_MOST_ALIASES = 200
_ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")


class Project:
    """The summaries of a service, joined. It is made once and not changed; ``with_source`` copies.

    ``near`` is everywhere the name of the module in which a name is read: a repository may hold
    several services with one root package each, and the nearest is meant. What is ``noted`` of it
    may be ``known`` to another that is the same (``noting``). A pickle of a project has its
    summaries and settings, and what reads its files; the rest is found again.
    """

    def __init__(
        self,
        summaries: Iterable[ModuleSummary] | Unpacked,
        settings: Settings | None = None,
        installed: Installed | Beyond | None = None,
        read: Read = nothing_read,
        layout: Layout | None = None,
    ):
        """Join the summaries; where two files have one module name, the first is kept.

        ``installed`` answers for packages that are not of the project; it is made when needed.
        ``read`` gives the file that has a summary's path, for what summaries are too small for;
        ``layout`` says which modules there are, if not those of the summaries.
        """
        self.settings = settings or Settings()
        self._places = Modules(summaries, self.settings.known_third_party)
        self.modules = self._places.by_name
        self._names = Resolver(self._places)
        self.beyond = installed if isinstance(installed, Beyond) else Beyond(installed)
        self._read = read
        self._layout = layout
        self.facts: dict[object, Any] = {}
        self.noted: dict[str, object] = {}
        self.known: Mapping[str, bytes] = {}
        self._lineages: dict[tuple[str, str, bool], tuple[Found, ...]] = {}
        self._plain: dict[tuple[Type, str], tuple[Type, tuple[Value, ...]]] = {}

    def __reduce__(self) -> tuple[Callable[..., Project], tuple[bytes, Settings, Read, Layout]]:
        summaries = packed(list(self.modules.values()))
        return _of_packed, (summaries, self.settings, self._read, self.layout)

    @classmethod
    def of(cls, sources: Iterable[SourceFile], settings: Settings | None = None) -> Project:
        """Return the project of files that have been read."""
        files = list(sources)
        by_path = {source.path: source for source in reversed(files)}
        return cls(map(summarise, files), settings, read=by_path.get)

    def with_source(self, source: SourceFile) -> Project:
        """Return a project in which a file stands for what its module was before."""
        summary = summarise(source)
        modules = {**self.modules, summary.name: summary}
        read = Instead(source, self._read)
        layout = self.layout.having(source.module)
        return Project(modules.values(), self.settings, self.beyond, read, layout)

    def with_summaries(self, summaries: Iterable[ModuleSummary]) -> Project:
        """Return a project of other summaries, that is otherwise the same."""
        return Project(summaries, self.settings, self.beyond, self._read, self.layout)

    @property
    def layout(self) -> Layout:
        """Return which modules there are, those that could not be read included."""
        if self._layout is None:
            self._layout = Layout.of(summary.module for summary in self.modules.values())
        return self._layout

    def module(self, dotted: str, near: str = "") -> ModuleSummary | None:
        """Return the module that ``import dotted`` means in the module ``near``.

        None when it is no module of the project, or when several are as near as each other.
        """
        return self._places.meant(dotted, near)

    def find(self, dotted: str, near: str = "") -> Symbol | None:
        """Return what a dotted name means, through re-exports, aliases and star imports.

        None for what the project does not define; a variable that is another name of such a thing
        is the variable.
        """
        found = self._names.trace(dotted, near)
        return found.variable if isinstance(found, Outsider) else found

    def canonical(self, dotted: str, near: str = "") -> str:
        """Return the one name of what ``dotted`` means; an outsider's name is followed out.

        A name that the project re-exports from an installed package is that package's name.
        """
        return self._names.trace(dotted, near).name

    def outside(self, dotted: str) -> Symbol | None:
        """Return the class, function or variable of an installed package, None where unresolved.

        Asked for nothing that the rules know by name (frameworks, the standard library), for
        nothing of the project, and not at all without ``resolve-installed``.
        """
        package, _, rest = dotted.partition(".")
        if not rest or not package.isidentifier() or is_known(package):
            return None
        if not self.settings.resolve_installed or self._places.holds(dotted):
            return None
        return self.beyond.outsiders.find(dotted)

    def read(self, path: str) -> SourceFile | None:
        """Return the file that has a summary's path, None where it cannot be read any more.

        All that it says bears on the answers from then on, not its summary alone; for a noted
        fact, only what that makes of it.
        """
        source = self._read(path)
        self.beyond.note(path, source)
        return source

    def read_by(self, instead: Callable[[Read], Read]) -> None:
        """Let files be read another way from now on: what is made of the way that it is now."""
        self._read = instead(self._read)

    def let_go(self, read: Callable[[Read], Read]) -> None:
        """Forget what was found out, which is found again if it is asked; read as ``read`` says.

        Facts may know each other and the files that they are of, and would keep them for long.
        """
        self.read_by(read)
        self.facts.clear()
        self._lineages.clear()
        self.beyond.again.clear()

    def unnoted(self, path: str) -> SourceFile | None:
        """Return what ``read`` does, for who notes himself what part of it matters."""
        return self._read(path)

    def text(self, path: str) -> str | None:
        """Return the text of a file without its tree, where that can be had, for who notes it."""
        texts = getattr(self._read, "text", None)
        if texts is not None:
            found: str | None = texts(path)
            return found
        source = self._read(path)
        return source.text if source is not None else None

    @property
    def consulted(self) -> frozenset[str] | None:
        """Return the paths of installed packages that were looked at, None where none was asked."""
        installed = self.beyond.installed
        return None if installed is None else installed.consulted()

    def lineage(self, dotted: str, near: str = "") -> Iterator[Symbol]:
        """Yield a class and the bases whose definitions are found, in Python's order of look-up.

        Those of installed packages are among them.
        """
        for one in self._lineage(dotted, near, beyond=True):
            if isinstance(one, Symbol) and isinstance(one.definition, ClassSummary):
                yield one

    def ancestors(self, dotted: str, near: str = "") -> Iterator[str]:
        """Yield the canonical names of a class and all its bases, nearest first, once each.

        An outsider is named as the project imports it, then, if otherwise, as it is defined.
        """
        for one in self._lineage(dotted, near, beyond=True):
            yield one.name

    def derives(self, dotted: str, near: str, *bases: str) -> bool:
        """Tell whether a class is one of ``bases`` (canonical names) or derives from one."""
        within = self._lineage(dotted, near, beyond=False)
        for one in within:
            if one.name in bases:
                return True
        whole = self._lineage(dotted, near, beyond=True)
        return whole is not within and any(one.name in bases for one in whole)

    def _lineage(self, dotted: str, near: str, beyond: bool) -> tuple[Found, ...]:
        """``beyond`` asks for what the classes of installed packages derive from."""
        key = dotted, self._places.asker(dotted, near), beyond
        found = self._lineages.get(key)
        if found is None:
            within = self._lineage(dotted, near, beyond=False) if beyond else ()
            if beyond and not any(isinstance(o, Outsider) and self.outside(o.name) for o in within):
                found = within
            else:
                outside = self.outside if beyond else lambda name: None
                found = tuple(self._names.lineage(self._names.trace(dotted, near), outside))
            self._lineages[key] = found
        return found

    def classes(self) -> Iterator[Symbol]:
        """Yield every class of the project."""
        for module in self.modules.values():
            for qualname, definition in module.classes.items():
                yield Symbol(module, qualname, definition)

    def class_named(self, name: str) -> Symbol | None:
        """Return the only class of that bare name, for names that nothing binds; else None."""
        named = self.remembered("classes by name", self._classes_by_name).get(name, [])
        return named[0] if len(named) == 1 else None

    def _classes_by_name(self) -> dict[str, list[Symbol]]:
        found: dict[str, list[Symbol]] = {}
        for symbol in self.classes():
            found.setdefault(symbol.qualname.rpartition(".")[2], []).append(symbol)
        return found

    def canonical_type(self, type_: Type, near: str) -> Type:
        """Return a type with every name in it made canonical."""
        arguments = tuple(self.canonical_type(argument, near) for argument in type_.arguments)
        name = self.canonical(type_.name, near) if "." in type_.name else type_.name
        return Type(name, arguments)

    def unaliased(self, type_: Type, near: str) -> tuple[Type, tuple[Value, ...]]:
        """Return the type that an annotation stands for, and what ``Annotated`` says beside it.

        ``AccessDep = Annotated[CompanyAccess, Depends(get_company_access)]``, wherever it is
        imported from, is ``CompanyAccess`` with the ``Depends``. All names are canonical.
        """
        found = self._plain.get((type_, near))
        if found is None:
            found = self._plain[type_, near] = self._unaliased(type_, near, frozenset(), [])
        return found

    def _unaliased(
        self, type_: Type, near: str, within: frozenset[str], looked: list[None]
    ) -> tuple[Type, tuple[Value, ...]]:
        """An alias within itself stays a name, and so do all after ``_MOST_ALIASES``."""
        symbol = self.find(type_.name, near) if "." in type_.name else None
        variable = symbol.definition if symbol is not None else None
        if (
            symbol is None
            or not isinstance(variable, VariableSummary)
            or not variable.alias
            or symbol.name in within
            or len(looked) >= _MOST_ALIASES
        ):
            arguments = tuple(
                self._unaliased(argument, near, within, looked)[0] for argument in type_.arguments
            )
            return Type(self.canonical_type(Type(type_.name), near).name, arguments), ()
        looked.append(None)
        there = symbol.module.name
        inner, further = self._unaliased(variable.alias, there, within | {symbol.name}, looked)
        said = variable.value
        beside: tuple[Value, ...] = ()
        if isinstance(said, Call) and said.name in _ANNOTATED:
            beside = tuple(self.canonical_value(value, there) for value in said.arguments[1:])
        inner = replace(inner, arguments=type_.arguments or inner.arguments)
        return inner, (*further, *beside)

    def parameter(self, parameter: Parameter, near: str) -> Parameter:
        """Return a parameter with its real type and all metadata, aliases looked through."""
        type_, beside = self.unaliased(parameter.type, near)
        own = tuple(self.canonical_value(value, near) for value in parameter.metadata)
        return replace(parameter, type=type_, metadata=(*beside, *own))

    def canonical_value(self, value: Value, near: str) -> Value:
        """Return a value with every name in it made canonical."""
        match value:
            case Name(name):
                return Name(self.canonical(name, near))
            case Items(items):
                return Items(tuple(self.canonical_value(item, near) for item in items))
            case Call():
                keywords = ((k, self.canonical_value(v, near)) for k, v in value.keywords)
                return Call(
                    self.canonical(value.name, near),
                    tuple(self.canonical_value(v, near) for v in value.arguments),
                    tuple(keywords),
                    value.subscript,
                )
        return value

    def remembered(self, key: object, make: Callable[[], Result]) -> Result:
        """Return what ``make`` gives, made once a project and kept under ``key``."""
        if key not in self.facts:
            self.facts[key] = make()
        found: Result = self.facts[key]
        return found


def project_fact(
    build: Callable[Concatenate[Project, P], Result],
) -> Callable[Concatenate[Project, P], Result]:
    """Let a function of the project (and hashable arguments) be computed once for each project."""

    def remembered(project: Project, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        key = (build, args, *kwargs.items()) if kwargs or args else build
        kept = project.facts
        try:
            known: Result = kept[key]
        except KeyError:
            kept[key] = known = build(project, *args, **kwargs)
        return known

    remembered.__doc__, remembered.__name__ = build.__doc__, build.__name__
    return remembered


def _of_packed(content: bytes, settings: Settings, read: Read, layout: Layout) -> Project:
    summaries = [summary for summary in unpacked(content) if summary is not None]
    return Project(summaries, settings, read=read, layout=layout)
