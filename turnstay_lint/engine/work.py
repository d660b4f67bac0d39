"""The files of a run while they are put right, and what holds some of them together.

Fixes of one file come first, in all files at once; where none is left come those that change
several. What is changed in a service after such a change set may rest on it, so that all of it is
taken back, and written, together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.change_sets import ChangeSet, Rounds
from turnstay_lint.engine.fixing import endless
from turnstay_lint.engine.lint import Verdict
from turnstay_lint.engine.mending import Mending, bolder
from turnstay_lint.engine.report import Change
from turnstay_lint.engine.run import Examined, Options, displayed
from turnstay_lint.engine.service import Root, Service, read_source
from turnstay_lint.engine.steps import Step, take_steps
from turnstay_lint.engine.verification import Reverted
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project


class Work(Struct):
    """The files that have something to fix, by absolute path, and how far each is.

    A run changes ``files`` and no others; it may create some below ``folders``.
    """

    options: Options
    wanted: Callable[[Finding], bool]
    files: list[str]
    folders: list[Path]
    mendings: dict[str, Mending] = field(default_factory=dict)
    before: dict[str, bytes] = field(default_factory=dict)
    together: dict[Root, set[str]] = field(default_factory=dict)
    _rounds: Rounds | None = None
    _seen: dict[str, Verdict] = field(default_factory=dict)

    @property
    def rounds(self) -> Rounds:
        """Return the change sets that are made and not yet proven."""
        if self._rounds is None:
            self._rounds = Rounds(self.mendings)
        return self._rounds

    def present(self) -> list[str]:
        """Return the files of the run that are there as it stands now."""
        gone = {file for file, mending in self.mendings.items() if not mending.exists}
        created = {file for file, mending in self.mendings.items() if mending.created}
        return sorted(({*self.files} | created) - gone)

    def root_of(self, file: str) -> Root:
        """Return the root of the service that a file belongs to."""
        return self._service(file).root

    def _service(self, file: str) -> Service:
        return self.options.services.of(Path(file))

    def mend(self, examined: Examined) -> set[str]:
        """Make one step in every file that has something to fix; returns those that changed."""
        return (
            self._unproven(examined)
            or self._steps(examined)
            or self._change_sets(examined)
            # Where a change set was refused, a finding may have a smaller fix.
            or self._steps(examined)
        )

    def _unproven(self, examined: Examined) -> set[str]:
        """Take back the change sets that did harm; returns their files."""
        return self.rounds.prove(self._seen, _verdicts(examined))

    def _steps(self, examined: Examined) -> set[str]:
        steps = [
            step
            for file, judged in examined.judged.items()
            if any(map(self.wanted, judged.verdict.findings))
            and (step := self._step(file, judged.verdict)).todo
        ]
        if not steps:
            return set()
        before = {step.file: step.mending.text for step in steps}
        self.mendings |= take_steps(steps, examined.projects, self.options.jobs)
        failed = {file for file in before if self.mendings[file].problem}
        changed = {file for file, text in before.items() if self.mendings[file].text != text}
        for file in changed - failed:
            self.together.get(self.root_of(file), set()).add(file)
        return changed | self._with_all_together(failed)

    def _step(self, file: str, verdict: Verdict) -> Step:
        service = self._service(file)
        mending = self._opened(file, verdict)
        todo = tuple(f for f in mending.todo(verdict, self.wanted) if not _is_change_set(f))
        return Step(file, mending, todo, service.root, service.configuration.settings)

    def _opened(self, file: str, verdict: Verdict) -> Mending:
        if file not in self.mendings:
            given = self.options.contents
            content = given[file] if file in given else Path(file).read_bytes()
            source = read_source(self.root_of(file), file, content)
            self.before[file], self.mendings[file] = content, Mending.of(source, verdict)
        return self.mendings[file]

    def _change_sets(self, examined: Examined) -> set[str]:
        """Make what change sets meet no others; returns the files that changed."""
        wanted = []
        for file, judged in examined.judged.items():
            if any(
                self.wanted(f) and _is_change_set(f) for f in map(bolder, judged.verdict.findings)
            ):
                mending = self._opened(file, judged.verdict)
                for finding in filter(_is_change_set, mending.todo(judged.verdict, self.wanted)):
                    reason = self._out_of_reach(file, finding, examined)
                    if reason:
                        mending.refuse(finding, reason)
                    else:
                        wanted.append(self._change_set(file, finding, examined))
        self._seen = _verdicts(examined)
        changed = self.rounds.make(wanted)
        for file in changed:
            self.together.setdefault(self.root_of(file), set()).add(file)
        return changed

    def _change_set(self, file: str, finding: Finding, examined: Examined) -> ChangeSet:
        service = self._service(file)
        settings = service.configuration.settings
        project = examined.projects.get(service.root) or Project((), settings)
        files = {finding.path: file, **dict(self._places(file, finding))}
        return ChangeSet(finding, files, project, settings)

    def _places(self, file: str, finding: Finding) -> Iterator[tuple[str, str]]:
        base = self.root_of(file).base
        for part in finding.fix.elsewhere if finding.fix is not None else ():
            yield part.path, str(base / part.path)

    def _out_of_reach(self, own: str, finding: Finding, examined: Examined) -> str:
        """Return why a change set's files cannot all be changed; open them where they can."""
        assert finding.fix is not None
        created = {part.path for part in finding.fix.elsewhere if part.created}
        for path, file in self._places(own, finding):
            if path in created:
                reason = self._not_created(path, file)
            elif file not in examined.judged:
                reason = f"its fix changes {path} too, which this run does not look at"
            else:
                opened = self._opened(file, examined.judged[file].verdict)
                reason = f"its fix changes {path} too: {opened.problem}" if opened.problem else ""
            if reason:
                return reason
        return ""

    def _not_created(self, path: str, file: str) -> str:
        if file in self.mendings:
            return self.mendings[file].problem
        if Path(file).exists() or file in self.options.contents:
            return f"its fix creates {path}, which is there already"
        if not any(Path(file).is_relative_to(folder) for folder in self.folders):
            return f"its fix creates {path}, outside of what this run looks at"
        source = read_source(self.root_of(file), file, b"")
        self.mendings[file] = Mending.of(source, Verdict(()), created=True)
        return ""

    def take_back(self, examined: Examined) -> set[str]:
        """Make files what they were in which fixes did what they must not; returns those."""
        failed = set()
        for file, mending in self.mendings.items():
            if file not in examined.judged:
                continue
            try:
                mending.verify(examined.judged[file].verdict)
            except Reverted as problem:
                mending.take_back(problem)
                failed.add(file)
        return self._with_all_together(failed)

    def give_up(self, examined: Examined) -> set[str]:
        """Make files what they were whose fixes have no end; returns those."""
        harmful = self._unproven(examined)
        failed = {
            file: mending
            for file, mending in self.mendings.items()
            if file in harmful
            or (
                file in examined.judged and mending.todo(examined.judged[file].verdict, self.wanted)
            )
        }
        for mending in failed.values():
            mending.take_back(endless())
        return self._with_all_together(set(failed))

    def _with_all_together(self, failed: set[str]) -> set[str]:
        """Take back what may rest on files that were taken back; returns all of them."""
        for files in self.together.values():
            if not failed & files:
                continue
            first = self.mendings[min(failed & files)]
            for file in files - failed:
                self.mendings[file].take_back(f"{first.path}: {first.problem}")
            failed = failed | files
            files.clear()
        return failed

    def contents(self) -> dict[str, bytes]:
        """Return the bytes of every file as it stands now."""
        return {file: m.content() for file, m in self.mendings.items() if m.exists}

    def explained(self, examined: Examined) -> Examined:
        """Let findings say why their fix was not made."""
        left = {
            file: replace(
                examined.judged[file],
                verdict=mending.left(examined.judged[file].verdict, self.wanted),
            )
            for file, mending in self.mendings.items()
            if file in examined.judged
        }
        return replace(examined, judged={**examined.judged, **left})

    def changes(self) -> list[Change]:
        """Return the files whose bytes are others than before."""
        return [
            Change(
                file,
                displayed(file),
                self.before.get(file),
                mending.content(),
                tuple(mending.applied),
                tuple(mending.shared),
                str(root.folder) if file in self.together.get(root, ()) else "",
            )
            for file, mending in sorted(self.mendings.items())
            if mending.exists and mending.content() != self.before.get(file)
            for root in (self.root_of(file),)
        ]


def _is_change_set(finding: Finding) -> bool:
    return finding.fix is not None and bool(finding.fix.elsewhere)


def _verdicts(examined: Examined) -> dict[str, Verdict]:
    return {file: judged.verdict for file, judged in examined.judged.items()}
