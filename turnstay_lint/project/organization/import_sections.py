"""Which section of the handbook's import order a module belongs to (handbook 10)."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from enum import IntEnum

from msgspec import Struct

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.patterns import regex

# Python 3.12 and 3.13 took these out, 3.14 put the last two in: an answer should not depend on
# the Python that runs. Nobody imports the standard library's own tests, many have a `test` folder.
_STANDARD = (
    sys.stdlib_module_names
    | {"aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils"}
    | {"imghdr", "imp", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd"}
    | {"sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib", "annotationlib", "compression"}
) - {"test"}

# Services keep a folder of this name beside the package that it is written for.
_NAMESAKES = frozenset({"alembic"})
_TEST_ROOTS = frozenset({"tests", "test"})


class Section(IntEnum):
    """The sections in the handbook's order; ``CORE`` holds what is local and nothing else."""

    FUTURE = 0
    STANDARD = 1
    THIRD_PARTY = 2
    CORE = 3
    API = 4
    MODELS = 5
    TESTS = 6
    RELATIVE = 7

    @property
    def title(self) -> str:
        """Return what a message calls the section."""
        return _TITLES[self]

    @property
    def group(self) -> int:
        """Return the group that a blank line parts from the others: standard, third, local."""
        return _GROUPS[self]

    @property
    def kind(self) -> str:
        """Return what a message calls the group."""
        return "local" if self >= Section.CORE else self.title


_GROUPS = (0, 0, 1, 2, 2, 2, 2, 2)
_TITLES = {
    Section.FUTURE: "`__future__`",
    Section.STANDARD: "standard library",
    Section.THIRD_PARTY: "third party",
    Section.CORE: "local core",
    Section.API: "local API",
    Section.MODELS: "local models and schemas",
    Section.TESTS: "local tests",
    Section.RELATIVE: "relative",
}


class _Tree(Struct, frozen=True):
    """Where imports may start: (folder, name) pairs, regular packages; and all that lies there."""

    roots: frozenset[tuple[str, str]]
    names: frozenset[str]
    packages: frozenset[str]
    files: frozenset[str]
    folders: frozenset[str]


class Sections:
    """Says for one file of a service which section each import belongs to."""

    __slots__ = ("_known", "_module", "_settings", "_tree")

    def __init__(self, settings: Settings, module: str, project: Project | None = None) -> None:
        """``module`` is the dotted name of the importing file; ``project`` knows what is local."""
        self._settings = settings
        self._module = module
        self._tree = _tree(project) if project is not None and project.layout.modules else None
        self._known = _known(project) if project is not None and self._tree is not None else {}

    def of_statement(self, statement: ast.Import | ast.ImportFrom) -> tuple[Section, ...]:
        """Return the section of each module that a statement names, in order."""
        if isinstance(statement, ast.Import):
            return tuple([self.of(alias.name) for alias in statement.names])
        if statement.level:
            return _RELATIVE
        module = statement.module or ""
        known = self._known.get(module)
        if known is None:
            known = self.of(module, names=[alias.name for alias in statement.names])
        return (known,)

    def of(self, module: str, names: Iterable[str] = ()) -> Section:
        """Return the section of ``import module``, or of ``from module import names``."""
        known = self._known.get(module)
        if known is not None:
            return known
        root, _, rest = module.partition(".")
        if self._depends_on_file(root):
            following = (rest.partition(".")[0],) if rest else tuple(names)
            if self._tree is not None and _in_tree(self._tree, self._module, root, following):
                return _section_of_local(root)
            return Section.STANDARD if root in _STANDARD else Section.THIRD_PARTY
        self._known[module] = section = self._everywhere(root, rest)
        return section

    def _depends_on_file(self, root: str) -> bool:
        """Tell whether a folder or file of that name may make it local, here or elsewhere."""
        if root == self._settings.app or root in self._settings.known_first_party:
            return False
        if root in _TEST_ROOTS:
            return False
        if root in _STANDARD or root in _NAMESAKES or root in self._settings.known_third_party:
            return False
        tree = self._tree
        return tree is not None and root in tree.names and root not in tree.packages

    def _everywhere(self, root: str, rest: str) -> Section:
        """The section of a module that is the same whichever file imports it."""
        if root == "__future__":
            return Section.FUTURE
        if root == self._settings.app:
            return _section_within(rest)
        if root in self._settings.known_first_party:
            return _section_of_local(root)
        if root in _NAMESAKES or root in self._settings.known_third_party:
            return Section.THIRD_PARTY
        if root in _STANDARD:
            return Section.STANDARD
        own = self._tree is None and root == self._module.partition(".")[0]
        if own or root in _TEST_ROOTS or (self._tree is not None and root in self._tree.packages):
            return _section_of_local(root)
        return Section.THIRD_PARTY


_RELATIVE = (Section.RELATIVE,)


@project_fact
def _known(project: Project) -> dict[str, Section]:
    """Sections that are the same in every file of the project, filled as they are asked for."""
    return {}


def _section_of_local(root: str) -> Section:
    return Section.TESTS if root in _TEST_ROOTS else Section.CORE


def _section_within(rest: str) -> Section:
    """The section of a module of the service's own package, by what follows the package's name."""
    if rest.startswith("api"):
        return Section.API
    if rest.startswith(("models", "schemas")):
        return Section.MODELS
    if rest.startswith("tests"):
        return Section.TESTS
    return Section.CORE


def _in_tree(tree: _Tree, module: str, root: str, following: tuple[str, ...]) -> bool:
    """Tell whether ``root`` is a module that the importing file can reach in the service's tree.

    A folder without ``__init__.py`` counts only if what is imported lies in it: a folder
    ``docker/`` does not make ``import docker`` local.
    """
    if root in tree.packages:
        return True
    folders = module.split(".")[:-1]
    for depth in range(len(folders) + 1):
        folder = ".".join(folders[:depth])
        if (folder, root) not in tree.roots:
            continue
        start = _joined(folder, root)
        within = {_joined(start, name) for name in following}
        if start in tree.files or within & tree.files or within & tree.folders:
            return True
    return False


@project_fact
def _tree(project: Project) -> _Tree:
    """Imports start outside packages: not below a folder that has ``__init__.py``, or the app."""
    regular = project.layout.packages
    app = project.settings.app
    roots: set[tuple[str, str]] = set()
    folders: set[str] = set()
    for name in project.layout.modules:
        folder, is_open = "", True
        for part in name.split("."):
            if is_open:
                roots.add((folder, part))
            if folder:
                folders.add(folder)
            folder = _joined(folder, part)
            is_open = is_open and folder not in regular and part != app
    packages = {part for folder, part in roots if _joined(folder, part) in regular}
    return _Tree(
        roots=frozenset(roots),
        names=frozenset(name for _, name in roots),
        packages=frozenset(packages),
        files=project.layout.modules,
        folders=frozenset(folders),
    )


def _joined(folder: str, name: str) -> str:
    return f"{folder}.{name}" if folder else name


_HEADINGS = (
    (Section.FUTURE, r"(from )?(the )?(__)?future(__)?( imports?)?"),
    (Section.STANDARD, r"((python )?standard( library| lib)?|std ?lib|built-?ins?)"),
    (Section.THIRD_PARTY, r"(third[ -]?part(y|ies)|3rd[ -]?party|external|installed)"),
    (Section.API, r"(local |application |app )*api"),
    (Section.MODELS, r"(local |application |app )*(models?|schemas?)"),
    (Section.TESTS, r"(local |application |app )*tests?( fixtures| helpers)?"),
    (Section.RELATIVE, r"(local )?relative"),
    (Section.CORE, r"(local( folder)?|first[ -]?party|application|app|own|project|internal|core)"),
)
_WORDS = r"( (and )?(library|lib|libs|libraries|packages?|modules?|imports?|deps|dependencies))*"
_MARKS = regex(r"\(.*?\)|[^\w\s-]|(?<!\w)-|-(?!\w)|-{2,}|_{3,}|={2,}")


def heading_section(comment: str) -> Section | None:
    """Return the section that a comment is the heading of (``# Third-party packages``), or None."""
    words = " ".join(_MARKS.sub(" ", comment).lower().split())
    if not words or len(words) > 60:
        return None
    local = re.sub(r"^local imports? ", "", words)
    for section, pattern in _HEADINGS:
        if re.fullmatch(pattern + _WORDS, local) or re.fullmatch(
            rf"{pattern} (and )?(models|schemas){_WORDS}", local
        ):
            return section
    return None


_DIGITS = regex(r"(\d+)")


def module_order(module: str) -> tuple[object, ...]:
    """Return the key by which isort orders modules: letters without case, numbers by value.

    Relative modules go farthest first.
    """
    dots = len(module) - len(module.lstrip("."))
    return _natural(f"{module[:dots]}_{module[dots:]}" if dots else module)


def name_order(name: str) -> tuple[object, ...]:
    """Return the key by which isort orders the names of one import.

    CONSTANTS go first, then Classes, then the rest.
    """
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, *_natural(name))


def _natural(text: str) -> tuple[object, ...]:
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in _DIGITS.split(text.lower())
    )
