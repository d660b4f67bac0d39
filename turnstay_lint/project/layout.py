"""Where the modules of a service lie: known by the names of its files, before any is read."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

_OWN_FILE = ".__init__"


class Layout(Struct, frozen=True):
    """The dotted names of all modules, and of those among them that are packages."""

    modules: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()

    @classmethod
    def of(cls, modules: Iterable[str]) -> Layout:
        """Lay out modules by the names of their files, ``package.__init__`` for a package's own."""
        names = list(modules)
        packages = frozenset(n.removesuffix(_OWN_FILE) for n in names if n.endswith(_OWN_FILE))
        return cls(packages.union(n for n in names if not n.endswith(_OWN_FILE)), packages)

    def having(self, module: str) -> Layout:
        """Return a layout in which a module is, as ``of`` would have it."""
        if module.removesuffix(_OWN_FILE) in self.modules:
            return self
        added = Layout.of([module])
        return Layout(self.modules | added.modules, self.packages | added.packages)
