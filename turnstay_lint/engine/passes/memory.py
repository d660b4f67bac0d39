"""What earlier runs found out of a service's files, and which of it still holds.

A file is asked for its stamp first, read if that moved, and parsed if its bytes are others. What
rules say of one file alone holds as long as those bytes and the service's layout do; what they say
of it within the service holds as long as what all files say to each other does as well. Everything
else that an answer rests on names the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from turnstay_lint.engine.keeping.identity import installed, program
from turnstay_lint.engine.keeping.stamps import UNSURE, Stamp, file_stamp, lasting, stamp_of
from turnstay_lint.engine.keeping.store import (
    SUFFIX,
    Unusable,
    evict,
    folder_for,
    keep,
    read_kept,
    used,
)
from turnstay_lint.engine.passes.basis import Beside
from turnstay_lint.engine.passes.portions import Portion, Task
from turnstay_lint.engine.passes.remembered import Caching, Entry, Held
from turnstay_lint.engine.passes.survey import Surveyed, digest_of
from turnstay_lint.engine.passes.verdicts import NOTHING, has_fixes, packed, unpacked
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.project.noting import found_again, is_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.packing import told
from turnstay_lint.source.content import content_of


class Memory:
    """What is remembered of one portion of a run, and kept at its end."""

    def __init__(self, portion: Portion, caching: Caching) -> None:
        """Read what was kept, if it can be used."""
        self.portion = portion
        self.caching = caching
        self.layout = digest_of(
            _joined_words(sorted(portion.layout.modules), portion.layout.packages)
        )
        self.paths = {task.file: portion.root.path_of(task.file) for task in portion.tasks}
        self.stamps: dict[str, Stamp | None] = {}
        self.read = Held()
        self.file: Path | None = None
        self.meant = b""
        self.recalled: dict[str, Surveyed] = {}
        self.beside = Beside()
        self.found: bytes | None = None
        self.facts: Mapping[str, bytes] = {}
        try:
            self._open()
        except Unusable as reason:
            caching.notes.append(str(reason))

    def _open(self) -> None:
        root = self.portion.root
        if self.caching.folder is None and not (root.deep and root.folder == root.base):
            return
        folder = folder_for(root.folder, self.caching.folder)
        place = digest_of(_bytes(str(root.folder)))
        self.meant = digest_of(_context(self.portion))
        self.file = folder / f"{place.hex()[:12]}-{self.meant.hex()[:16]}{SUFFIX}"
        content = read_kept(self.file, self.meant)
        if content is None:
            return
        try:
            self.read = msgspec.msgpack.decode(content, type=Held)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise Unusable(f"{self.file}: {error}") from error
        used(self.file)

    def recall(self) -> dict[str, Surveyed]:
        """Return what is known of files as the first pass would say it."""
        for task in self.portion.tasks:
            stamp = self.caching.stamps.get(task.file) or file_stamp(task.file)
            self.stamps[task.file] = stamp
            entry = self._entry(task.file)
            if entry is None or not self._serves(entry, task):
                continue
            if task.content is None and stamp is not None and stamp == entry.stamp:
                self.recalled[task.file] = entry.surveyed(task)
            elif _digest(task) == entry.digest:
                self.recalled[task.file] = entry.surveyed(task)
        return self.recalled

    def _entry(self, file: str) -> Entry | None:
        return self.read.files.get(self.paths[file])

    def _serves(self, entry: Entry, task: Task) -> bool:
        if task.joined and not entry.joined:
            return False
        if not task.linted:
            return True
        known = entry.linted and entry.layout == self.layout
        return known and not (self.caching.plans and has_fixes(entry.alone))

    def again(self) -> dict[str, tuple[str, ...]]:
        """Return what rules read again of which files; whether it says the same, matters."""
        return {path: tuple(kinds) for path, kinds in self.read.beside.again.items()}

    def now(self, surveyed: Mapping[str, Surveyed], projects: Mapping[Root, Project]) -> Beside:
        """Return what rules looked at besides summaries, as it is now."""
        root = self.portion.root
        newer = {}
        for task in self.portion.tasks:
            path, said = self.paths[task.file], surveyed[task.file]
            if path in self.read.beside.again and task.file not in self.recalled:
                kinds = dict.fromkeys(self.read.beside.again[path], b"") | (said.again or {})
                facts = {k: _told_again(projects[root], k) for k in kinds if is_fact(k)}
                newer[path] = {**kinds, **facts}
        return self.read.beside.newer(newer)

    def basis(self, surveyed: Mapping[str, Surveyed], beside: Beside) -> bytes:
        """Return what tells all that the second pass rests on from anything else.

        Empty where that has no bytes.
        """
        parts = [self.layout, _bytes(beside.place)]
        for task in self.portion.tasks:
            if not task.joined:
                continue
            path, said = self.paths[task.file], surveyed[task.file]
            if said.made is not None and not said.packed:
                return b""
            again = beside.again.get(path, {})
            parts += [_bytes(path), said.said, *(again[kind] for kind in sorted(again))]
            if not beside.sought.isdisjoint(said.calls):
                parts.append(_bytes(" ".join(sorted(beside.sought.intersection(said.calls)))))
        for outsider in sorted(beside.outside):
            parts.append(_bytes(f"{outsider} {stamp_of(outsider)}"))
        return digest_of(_joined_bytes(parts))

    def verdicts(
        self, surveyed: Mapping[str, Surveyed], projects: Mapping[Root, Project]
    ) -> Iterator[tuple[str, Verdict]]:
        """Yield what the second pass would say of files that were recalled, where that holds."""
        self.beside = self.now(surveyed, projects)
        basis = self.found = self.basis(surveyed, self.beside)
        if basis and basis == self.read.basis:
            self.facts = self.read.facts
        placed = self._placed(surveyed)
        for file, said in self.recalled.items():
            entry = self._entry(file)
            if entry is None or not said.asks or not basis or entry.basis != basis:
                continue
            if any(placed.get(path) != there for path, there in entry.shown.items()):
                continue
            if not (self.caching.plans and has_fixes(entry.beyond)):
                yield file, unpacked(entry.beyond)

    def _placed(self, surveyed: Mapping[str, Surveyed]) -> dict[str, bytes]:
        return {path: surveyed[file].placed for file, path in self.paths.items()}

    def keep(
        self,
        surveyed: Mapping[str, Surveyed],
        judged: Mapping[str, Verdict],
        beside: Beside,
        facts: Mapping[str, bytes],
    ) -> frozenset[str]:
        """Keep what a run found out, unless a file changed meanwhile.

        Returns what of installed packages the answers rest on.
        """
        beside = self.beside | beside
        if self.file is not None:
            held = self._held(surveyed, judged, beside, {**self.facts, **facts})
            if held != self.read and not self._moved(beside):
                self._write(self.file, held)
        return beside.outside

    def _held(
        self,
        surveyed: Mapping[str, Surveyed],
        judged: Mapping[str, Verdict],
        beside: Beside,
        facts: dict[str, bytes],
    ) -> Held:
        basis = self.found if beside == self.beside else None
        basis = basis if basis is not None else self.basis(surveyed, beside)
        placed = self._placed(surveyed)
        is_whole = any(task.joined for task in self.portion.tasks)
        files = {} if is_whole else {**self.read.files}
        for task in self.portion.tasks:
            entry = self._found(task, surveyed[task.file])
            verdict = judged.get(task.file)
            if entry is not None and verdict is not None:
                entry = _judged(entry, verdict, basis, placed)
            if entry is not None:
                files[self.paths[task.file]] = entry
        return Held(files, beside, basis, facts)

    def _write(self, file: Path, held: Held) -> None:
        try:
            keep(file, self.meant, msgspec.msgpack.encode(held))
            evict(file.parent, file.name.partition("-")[0])
        except UnicodeEncodeError as error:
            self.caching.notes.append(f"{file}: {error}")
        except Unusable as reason:
            self.caching.notes.append(str(reason))

    @property
    def taken(self) -> dict[str, Stamp]:
        """Return the stamps that files had before they were read."""
        return {file: stamp for file, stamp in self.stamps.items() if stamp is not None}

    def _moved(self, beside: Beside) -> bool:
        """Tell whether a file that was read is not what it was when the run began.

        What is told of others is what was known of them, whatever they are by now.
        """
        return any(
            file_stamp(file) != stamp
            for file, stamp in self.stamps.items()
            if file not in self.recalled or self.paths[file] in beside.again
        )

    def _found(self, task: Task, said: Surveyed) -> Entry | None:
        stamp = self.stamps[task.file]
        if stamp is None or not said.digest:
            return None
        stamp = stamp if lasting(stamp, self.caching.begun) else UNSURE
        entry = self._entry(task.file)
        if entry is None or entry.digest != said.digest:
            entry = Entry(stamp, said.digest)
        elif entry.stamp != stamp:
            entry = replace(entry, stamp=stamp)
        return entry if task.file in self.recalled else self._surveyed(entry, task, said)

    def _surveyed(self, entry: Entry, task: Task, said: Surveyed) -> Entry | None:
        alone = packed(said.verdict)
        if alone is None or (said.made is not None and not said.packed):
            return None
        if task.joined:
            summary = {"said": said.said, "placed": said.placed, "summary": said.packed}
            entry = replace(entry, joined=True, calls=said.calls, **summary)
        if not task.linted:
            return entry
        first = {"linted": True, "layout": self.layout, "alone": alone}
        return replace(entry, asks=said.asks, sure=said.sure, **first)


def _judged(entry: Entry, verdict: Verdict, basis: bytes, placed: Mapping[str, bytes]) -> Entry:
    """Add what the second pass says; ``placed`` tells where all files have what they tell of."""
    beyond = packed(verdict)
    if beyond is None or not basis:
        return replace(entry, basis=b"", beyond=NOTHING, shown={})
    related = {place.path for finding in verdict.findings for place in finding.related}
    shown = {other: placed[other] for other in sorted(related) if other in placed}
    return replace(entry, basis=basis, beyond=beyond, shown=shown)


def _told_again(project: Project, kind: str) -> bytes:
    """Return the digest of what a noted fact is now, empty where it cannot be found out."""
    try:
        return digest_of(told(found_again(project, kind)))
    except Exception:  # whoever asks for it next will say so
        return b""


def _digest(task: Task) -> bytes:
    if task.content is not None:
        return digest_of(task.content)
    try:
        return digest_of(content_of(task.file))
    except OSError:
        return b""


def _context(portion: Portion) -> bytes:
    """Return everything besides files that the answers rest on."""
    root, made = portion.root, portion.configuration
    configuration = msgspec.json.encode(replace(made, output_format=""), enc_hook=str)
    said = (program(), installed(), str(root.folder), str(root.base), str(root.deep))
    return _joined_bytes([configuration, *map(_bytes, said)])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _joined_words(*lists: Iterable[str]) -> bytes:
    words = [word for several in lists for word in (*sorted(several), "")]
    return _joined_bytes(map(_bytes, words))


def _joined_bytes(parts: Iterable[bytes]) -> bytes:
    """Put parts together so that no other parts give the same."""
    return b"".join(b"%d:%b" % (len(part), part) for part in parts)
