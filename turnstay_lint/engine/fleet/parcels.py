"""A repository as it is sent to another machine: what the engine reads of it, and nothing else.

Everything lies below a folder there as it lies below ``/`` here, so that configuration, ignore
files and packages of the folders above a repository are found as they are here.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstay_lint.engine.checking.run import discovered
from turnstay_lint.engine.fleet.histories import told_of
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.services.history import Told
from turnstay_lint.engine.services.service import Services, service_files
from turnstay_lint.source.content import content_of

_CONFIGURATION = ("pyproject.toml", ".gitignore", "alembic.ini", "__init__.py", "pyvenv.cfg")
_REPOSITORY = ".git"
_LEVEL = 3


class CannotPack(Exception):
    """A file of the repository would not be elsewhere what it is here."""


class Sent(Struct, frozen=True):
    """Files by their paths from ``/`` with their content, links with the paths that they lead to.

    ``folders`` are those that are there, ``told`` what git says of each that holds files.
    Paths are the system's bytes.
    """

    folder: bytes
    files: dict[bytes, bytes]
    links: dict[bytes, bytes]
    folders: list[bytes]
    told: dict[bytes, Told]
    recovered: tuple[str, ...] = ()


def packed(folder: Path, services: Services) -> bytes:
    """Pack a repository, after ending what was interrupted there; raises CannotPack.

    Raises ConfigurationError for a configuration that cannot be meant.
    """
    found = discovered([folder], Options(services))
    if found.unreadable or found.unwritable:
        raise CannotPack("a folder cannot be read, or written")
    files = set(found.files)
    for file in found.files:
        services.of(file)
    for service in services.met:
        files.update(service_files(service.root, service.configuration))
    folders = {parent for file in files for parent in Path(file).parents} | {folder}
    folders.update(folder.parents)
    settings = {Path(file).parent: services.of(file).configuration.settings for file in files}
    if services.config is not None:
        files.add(str(services.config))
    try:
        contents, links = _contents(files, folders)
    except OSError as error:
        raise CannotPack(str(error)) from error
    bases = {service.root.base for service in services.met}
    there = {*_named_by_imports(bases), *(p for f in folders if (p := f / _REPOSITORY).exists())}
    sent = Sent(
        os.fsencode(folder),
        contents,
        links,
        sorted(map(os.fsencode, {*folders, *there})),
        {os.fsencode(at): said for at, said in told_of(settings).items()},
        found.recovered,
    )
    return zlib.compress(msgspec.msgpack.encode(sent), _LEVEL)


def _contents(
    files: Iterable[str], folders: Iterable[Path]
) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
    """Return what files hold, and which of them are links to others; raises OSError."""
    contents: dict[bytes, bytes] = {}
    links: dict[bytes, bytes] = {}
    real = {os.path.realpath(file): file for file in files if not Path(file).is_symlink()}
    for file in sorted(files):
        other = real.get(os.path.realpath(file))
        if other is not None and other != file:
            links[os.fsencode(file)] = os.fsencode(other)
        else:
            contents[os.fsencode(file)] = content_of(file)
    for beside in _beside(folders):
        contents[os.fsencode(beside)] = content_of(beside)
    return contents, links


def _beside(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that say how those of their folder are to be read."""
    for folder in folders:
        for name in (*_CONFIGURATION, f"{_REPOSITORY}/info/exclude"):
            if (folder / name).is_file():
                yield folder / name


def _named_by_imports(bases: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders that the name of an import may mean, with or without files."""
    for base in bases:
        for place in (base, base / "src"):
            if place.is_dir():
                yield from (entry for entry in place.iterdir() if entry.is_dir())


def laid_down(parcel: bytes, top: Path) -> Sent:
    """Lay a repository down below a folder that is empty; returns what was sent."""
    sent = msgspec.msgpack.decode(zlib.decompress(parcel), type=Sent)
    for folder in sent.folders:
        below(top, folder).mkdir(parents=True, exist_ok=True)
    for file, content in sent.files.items():
        place = below(top, file)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for file, target in sent.links.items():
        place = below(top, file)
        place.symlink_to(os.path.relpath(below(top, target), place.parent))
    return sent


def below(top: Path, path: bytes) -> Path:
    """Return where a path of the sender lies."""
    return top / os.fsdecode(path).lstrip("/")
