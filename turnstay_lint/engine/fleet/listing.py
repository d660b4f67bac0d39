"""Which repositories a run is about: a line each, a folder or what git clones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.source.patterns import regex

_ADDRESS = regex(r"(?:git\+)?(?:https?|ssh|git|file)://")
_SHORT_ADDRESS = regex(r"[\w.-]+@[\w.-]+:(?!//)\S")
_SECRET = regex(r"(?<=://)[^/@\s]+@")
_COMMENT = regex(r"(?:^|\s)#.*")


class Repository(Struct, frozen=True):
    """A repository as it was listed, by its ``name``.

    It is a ``folder``, or it has an ``address`` that git clones, at a ``revision`` or as it is.
    """

    name: str
    folder: Path | None = None
    address: str = ""
    revision: str = ""

    @property
    def shown(self) -> str:
        """Return how the user is told of it: as listed, without who asks, which may be secret."""
        return without_secret(self.name) if self.folder is None else displayed(str(self.folder))


def without_secret(address: str) -> str:
    """Return an address without who asks, which may be a password."""
    return _SECRET.sub("", address)


def listed(lines: Iterable[str], folder: Path) -> list[Repository]:
    """Return the repositories that lines name, each once; folders count from an absolute one.

    ``#`` begins a comment, at the start of a line or after a space.
    """
    found: dict[tuple[object, ...], Repository] = {}
    for name in _names(lines):
        one = _repository(name, folder)
        found.setdefault((one.folder, one.address, one.revision), one)
    return list(found.values())


def _names(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        name = _COMMENT.sub("", line.removeprefix("\ufeff")).strip()
        if name:
            yield name


def _repository(name: str, folder: Path) -> Repository:
    if _ADDRESS.match(name):
        scheme, _, rest = name.removeprefix("git+").partition("://")
        host, slash, path = rest.partition("/")
        # As pip has it: what stands before the host is who asks, what stands after the path which.
        place, _, revision = path.partition("@")
        return Repository(name, None, f"{scheme}://{host}{slash}{place}", revision)
    if _SHORT_ADDRESS.match(name):
        return Repository(name, None, name)
    path_ = (folder / Path(name).expanduser()).absolute()
    return Repository(name, path_.resolve() if ".." in path_.parts else path_)
