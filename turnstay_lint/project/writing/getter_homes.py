"""Where a service keeps the functions that its access class asks, and whether it has one already.

The handbook has them in a module of ``api/utils`` (section 3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary
from turnstay_lint.project.writing.schema_homes import NotWritable
from turnstay_lint.project.writing.spelling import imports_back

_UTILITIES = "utils/company_scoped_records_utils.py"


class Place(Struct, frozen=True):
    """The module of a definition; ``packages`` are ``__init__`` files that it needs besides."""

    module: str
    path: str
    created: bool = False
    packages: tuple[str, ...] = ()


class Utilities(Struct, frozen=True):
    """The functions around an access class, ``owner``."""

    project: Project
    owner: Symbol

    def asked(self) -> Iterator[Symbol]:
        """Yield the functions that the getters there are ask."""
        for symbol in self.project.lineage(self.owner.name, self.owner.module.name):
            assert isinstance(symbol.definition, ClassSummary)
            for name in symbol.definition.methods:
                method = symbol.module.functions.get(f"{symbol.qualname}.{name}")
                for called in sorted(method.calls) if method is not None else ():
                    found = self.project.find(called, symbol.module.name)
                    if found is not None and isinstance(found.definition, FunctionSummary):
                        if "." not in found.qualname:
                            yield found

    def home(self) -> Place:
        """Return the module that one more of them belongs to."""
        access = self.owner.module
        used = Counter(symbol.module.path for symbol in self.asked())
        modules = {module.path: module for module in self.project.modules.values()}
        if used:
            path = min(used, key=lambda path: (-used[path], path))
            return Place(modules[path].name, path)
        folder = str(PurePosixPath(access.path).parent)
        path = _UTILITIES if folder == "." else f"{folder}/{_UTILITIES}"
        package = f"{path.rpartition('/')[0]}/__init__.py"
        regular = f"{folder}/__init__.py" in modules and package not in modules
        dotted = ".".join((*access.module.split(".")[:-1], "utils", PurePosixPath(path).stem))
        return Place(dotted, path, path not in modules, (package,) if regular else ())

    def named(self, name: str) -> Symbol | None:
        """Return the function of that name that the service has already, or None."""
        found = [
            Symbol(module, name, module.functions[name])
            for module in self.project.modules.values()
            if name in module.functions
        ]
        if len(found) > 1:
            raise NotWritable(f"several functions are called {name}")
        return found[0] if found else None

    def check(self, home: Place, utility: str) -> None:
        """Raise NotWritable where a function of that name cannot be written there."""
        there = self.project.modules.get(home.module)
        if there is None:
            return
        if utility in {*there.classes, *there.variables, *there.imports}:
            raise NotWritable(f"{utility} is something else in {home.path}")
        if home.module != self.owner.module.name:
            if imports_back(self.project, there, self.owner.module.name):
                raise NotWritable(f"{home.module} imports {self.owner.module.name}")
