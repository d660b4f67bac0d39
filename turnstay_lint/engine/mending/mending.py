"""One file while its fixes are made: step after step, each on the text that the last one left.

What a step cannot do it remembers with the reason; what it must not have done is taken back whole.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.mending.verification import Reverted, comments_changed, verify
from turnstay_lint.engine.services.lint import Crash, Verdict
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.positions import LineMap
from turnstay_lint.source.text import Text, UnreadableText, decode

_MOST_GROWTH = 5
_LONG_FIX = 2_000
TAKEN_BACK = "its fix was taken back: "


class Mending(Struct):
    """A file's ``text`` as it stands now, and what was ``found`` before anything was changed.

    ``applied`` are the fixes of its findings, ``shared`` those of findings in other files that
    changed it too. No tree is kept between steps, so that a run over many files has room for them.
    A ``created`` file is not there until a fix has touched it. ``barred`` says of rules why their
    fixes are not made here any more; ``tried`` are the codes of those that were made, ``blamed``
    of those that are known to have led to the ``problem``. ``polished`` is what black has seen.
    What is ``gone`` has moved; what has came from the absolute path ``moved_from``.
    """

    path: str
    module: str
    origin: Text
    found: Verdict
    text: str
    applied: list[Finding] = field(default_factory=list)
    shared: list[Finding] = field(default_factory=list)
    refused: dict[tuple[str, ...], str] = field(default_factory=dict)
    reconsidered: set[tuple[str, ...]] = field(default_factory=set)
    barred: dict[str, str] = field(default_factory=dict)
    crashes: list[Crash] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    problem: str = ""
    blamed: frozenset[str] = frozenset()
    created: bool = False
    gone: bool = False
    moved_from: str = ""
    tried: set[str] = field(default_factory=set)
    polished: str = ""
    _history: list[frozenset[str]] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)
    _lines: LineMap | None = None
    _comments: tuple[str, Counter[str], Counter[str]] | None = None

    @classmethod
    def of(cls, source: SourceFile, found: Verdict, *, created: bool = False) -> Mending:
        """Begin with a file in which something was found."""
        text = source.origin.text
        made = cls(source.path, source.module, source.origin, found, text, created=created)
        made._seen = made._first_seen()
        return made

    def _first_seen(self) -> dict[str, int]:
        """A file that was not there has no text to come back to, an empty one neither."""
        return {} if self.created else {_digest(self.origin.text): 0}

    @property
    def touched(self) -> bool:
        """Tell whether a fix was made in the file."""
        return bool(self.applied or self.shared)

    @property
    def exists(self) -> bool:
        """Tell whether the file is there, as it stands now."""
        return not self.gone and (self.touched or not self.created)

    def move_to(self, new: Mending, file: str) -> None:
        """Let ``new``, which is to be created, be this file, whose absolute path is ``file``."""
        new.origin, new.found, new.text = self.origin, self.found, self.text
        new.applied, new.shared = [*self.applied], [*self.shared]
        new.refused, new.barred = {**self.refused}, {**self.barred}
        new.reconsidered = {*self.reconsidered}
        new.moved_from = self.moved_from or file
        self.gone = True

    @property
    def lines(self) -> LineMap:
        """Return the lines of the file as it stands now."""
        if self._lines is None or self._lines.text is not self.text:
            self._lines = LineMap(self.text)
        return self._lines

    def snapshot(self) -> Mending:
        """Return the file as it stands now, for good; what is refused later is so there too."""
        return replace(
            self,
            applied=[*self.applied],
            shared=[*self.shared],
            _history=[*self._history],
            _seen={**self._seen},
        )

    def source(self) -> SourceFile:
        """Return the file as it stands now."""
        return self.with_text(self.text)

    def original(self) -> SourceFile:
        """Return the file as it was before anything was changed."""
        return self.with_text(self.origin.text)

    def content(self) -> bytes:
        """Return the file's bytes as it stands now."""
        return self.origin.encode(self.text)

    def todo(self, verdict: Verdict, wanted: Callable[[Finding], bool]) -> list[Finding]:
        """Return the findings whose fixes are wanted and were not refused.

        The bolder fix of two is tried first, where it is wanted.
        """
        if self.problem:
            return []
        tried = (next(self._untried(f, wanted), None) for f in verdict.findings)
        return [finding for finding in tried if finding is not None]

    def _untried(self, finding: Finding, wanted: Callable[[Finding], bool]) -> Iterator[Finding]:
        for one in (bolder(finding), finding):
            if wanted(one) and not self.refuses(one):
                yield one

    def waits(self, finding: Finding, wanted: Callable[[Finding], bool]) -> bool:
        """Tell whether a fix of a finding is yet to be made."""
        return not self.problem and next(self._untried(finding, wanted), None) is not None

    def refuse(self, finding: Finding, reason: str) -> None:
        """Leave a finding of the text as it stands as it is, for good, because of ``reason``."""
        self.refused[identity(finding, self.lines)] = reason

    def reconsider(self) -> None:
        """Let what was taken back be tried once more, for what did harm then may do none now."""
        for said, reason in [*self.refused.items()]:
            if reason.startswith(TAKEN_BACK) and said not in self.reconsidered:
                self.reconsidered.add(said)
                del self.refused[said]

    def refuses(self, finding: Finding) -> bool:
        """Tell whether a finding is left as it is."""
        if finding.code in self.barred:
            return True
        return bool(self.refused) and identity(finding, self.lines) in self.refused

    def step(self, todo: Iterable[Finding], project: Project, settings: Settings) -> bool:
        """Make every fix that meets no other, those that do can wait; tell whether one was made.

        Fixes that change other files too are refused. Raises Reverted where a fix leads nowhere
        good.
        """
        from turnstay_lint.engine.mending.making import made_in

        text, made = made_in(self, todo, project, settings)
        if made:
            self.take(text, made)
        return bool(made)

    def take(self, text: str, made: list[Finding], shared: Iterable[Finding] = ()) -> None:
        """Let ``text`` be what fixes made of the file; raises Reverted where it must not be."""
        shared = list(shared)
        digest = _digest(text)
        self._history.append(frozenset(finding.code for finding in (*made, *shared)))
        if digest in self._seen:
            raise _cycle(self._history[self._seen[digest] :])
        self._seen[digest] = len(self._history)
        if len(text) > _MOST_GROWTH * (len(self.origin.text) + _LONG_FIX):
            raise Reverted("the fixes make the file longer and longer", fault=True)
        self.with_text(text)
        self.text = text
        self.applied.extend(made)
        self.shared.extend(shared)
        self.tried |= self._history[-1]

    def polish(self, file: str, width: int) -> None:
        """Lay the file at an absolute path out as black does, if black was content with it."""
        from turnstay_lint.engine.mending.black_style import as_black_had_it

        self.text = as_black_had_it(file, self.origin.text, self.text, width)
        self.polished = self.text
        self._seen.setdefault(_digest(self.text), len(self._history))

    @property
    def comments(self) -> tuple[Counter[str], Counter[str]]:
        """Return the comments that the file has lost since it was found, and those it has gained.

        To look for them takes long, so it is done once for each text.
        """
        if self._comments is None or self._comments[0] != self.text:
            self._comments = self.text, *comments_changed(self.origin.text, self.text)
        return self._comments[1:]

    def verify(self, left: Verdict, came_along: Iterable[str] = ()) -> None:
        """Hold what became of the file against what fixes must never do; raises Reverted.

        ``came_along`` are comments that went to another file with what they are about.
        """
        if self.touched:
            gone = self.comments[0] - Counter(came_along)
            verify((self.origin.text, self.text), self.found, left, self.applied, gone)

    def take_back(self, problem: str | Reverted) -> None:
        """Make the file what it was, for good, because of ``problem``."""
        self.text, self.problem, self.gone = self.origin.text, str(problem), False
        self.applied, self.shared = [], []
        if isinstance(problem, Reverted):
            self.blamed = problem.codes
            self.faults += [self.problem] if problem.fault else []

    def begin_anew(self, barred: Mapping[str, str]) -> None:
        """Make the file what it was, and let the fixes of all rules but some be made again."""
        self.text, self.problem, self.blamed = self.origin.text, "", frozenset()
        self.applied, self.shared, self._history = [], [], []
        self.gone, self.moved_from = False, ""
        self._seen = self._first_seen()
        self.barred |= barred

    def left(self, verdict: Verdict, wanted: Callable[[Finding], bool]) -> Verdict:
        """Return a verdict on the file in which findings say why their fix was not made."""
        findings = tuple(
            replace(finding, fix=None, unfixable=reason)
            if (reason := self._refusal(finding, wanted))
            else finding
            for finding in verdict.findings
        )
        return Verdict(findings, (*verdict.crashes, *self.crashes))

    def _refusal(self, finding: Finding, wanted: Callable[[Finding], bool]) -> str:
        if finding.fix is None:
            return ""
        if wanted(finding) and self.problem:
            return f"{TAKEN_BACK}{self.problem}"
        if wanted(finding) and finding.code in self.barred:
            return f"{TAKEN_BACK}{self.barred[finding.code]}; other rules' fixes go on without it"
        return self.refused.get(identity(finding, self.lines), "") if self.refused else ""

    def _hold_encoding(self, text: str) -> None:
        """Raise Reverted where the line that says the encoding comes, or goes, by a fix."""
        content = self.origin.encode(text)
        try:
            same = b"coding" not in content or decode(content).text == text
        except UnreadableText:
            same = False
        if not same:
            raise Reverted("the file would be read in another encoding")

    def with_text(self, text: str) -> SourceFile:
        """Return the file with another text; raises Reverted where it cannot hold that."""
        try:
            if text != self.origin.text:
                self._hold_encoding(text)
            return SourceFile(self.path, replace(self.origin, text=text), self.module)
        except UnparsableSource as error:
            raise Reverted(f"the result would not parse ({error.message})") from error
        except UnicodeEncodeError as error:
            raise Reverted(f"the file's encoding cannot say the result: {error}") from error


def identity(finding: Finding, lines: LineMap) -> tuple[str, ...]:
    """Return what a finding is while lines move: what it says, in which scope, of which words.

    Of a finding with two fixes the bolder one is another matter.
    """
    start, end = lines.offsets(finding.span)
    words = " ".join(lines.text[start:end].split())
    several = "several files" if finding.fix is not None and finding.fix.is_change_set else ""
    return finding.code, finding.scope, finding.message, words, several


def bolder(finding: Finding) -> Finding:
    """Return a finding with the bolder of its two fixes, itself where it has no two."""
    fix = finding.fix.bolder if finding.fix is not None else None
    return finding if fix is None else replace(finding, fix=fix)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _cycle(rounds: list[frozenset[str]]) -> Reverted:
    """Name the rules of the rounds that led from a text back to it."""
    codes = frozenset().union(*rounds)
    named = " and ".join(filter(None, (", ".join(sorted(codes)[:-1]), max(codes, default=""))))
    return Reverted(f"the fixes of {named} undo each other", codes, fault=True)
