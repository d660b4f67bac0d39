"""Check and fix thousands of mutated files, and say what came of it.

    python scripts/fuzz.py [--count 20000] [--first 0] [--jobs 2] [--limit 10] [--keep build/fuzz]

Every file lies in a small service on disk and is checked and fixed with all rules, unsafe fixes
included, in a process that may take ``--limit`` seconds for it; some as somebody would who is asked
before each fix. A crash, a hang and a damaged file are faults: what cannot be parsed must stay byte
for byte; what is fixed must parse, keep its comments, and stay as it is in a second run; what is
shown of each fix must parse. ``--case N`` runs one file alone and prints it; faults are kept in
``--keep``.
"""

from __future__ import annotations

import argparse
import ast
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.mutations import KINDS, mutated, seeds  # noqa: E402
from scripts.tree_mutations import BATCHES, drawn  # noqa: E402
from tests.tenant_service import DEPS, MODELS, UTILS  # noqa: E402
from turnstay_lint.engine.checking.check import check  # noqa: E402
from turnstay_lint.engine.checking.report import UNREADABLE, Report  # noqa: E402
from turnstay_lint.engine.configuring.registry import all_rules  # noqa: E402
from turnstay_lint.engine.mending.verification import comments  # noqa: E402
from turnstay_lint.engine.passes.options import Options  # noqa: E402
from turnstay_lint.engine.repairing.asking import Answer, Proposal  # noqa: E402
from turnstay_lint.engine.repairing.previews import edited, previews  # noqa: E402
from turnstay_lint.engine.repairing.repair import repair  # noqa: E402
from turnstay_lint.engine.services.service import Services  # noqa: E402
from turnstay_lint.findings import Finding  # noqa: E402
from turnstay_lint.source.file import UnparsableSource, parse  # noqa: E402
from turnstay_lint.source.positions import LineMap  # noqa: E402
from turnstay_lint.source.text import decode  # noqa: E402

SERVICE = {
    "pyproject.toml": "",
    "app/models.py": MODELS,
    "app/deps.py": DEPS,
    "app/api/utils/scoped_utils.py": UTILS,
}
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
PLACES = (
    "app/api/endpoints/fuzzed.py",
    "app/services/fuzzed.py",
    "alembic/versions/fuzzed.py",
    "app/schemas/fuzzed.py",
)


@dataclass(frozen=True)
class Outcome:
    """What came of one file: ``state`` is what the run made of it, ``fault`` what must not be."""

    number: int
    kind: str
    state: str
    fault: str = ""
    seconds: float = 0.0


def run_case(number: int, from_: list[bytes]) -> Outcome:
    """Check and fix file ``number`` in a service on disk, and hold the result against it."""
    kind, content = mutated(number, from_)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        place = PLACES[number // len(KINDS) % len(PLACES)]
        files = {path: text.encode() for path, text in SERVICE.items()} | {place: content}
        for path, held in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(held)
        # The whole service for some, so that fixes of several files are made too.
        asked = folder / ("." if number % 3 == 0 else place)
        asker = Yes() if number % 7 == 0 else None
        try:
            state, fault = _judged(folder, files, place, asked, asker)
        except Exception:
            state, fault = "crashed", traceback.format_exc(limit=-6)
    return Outcome(number, kind, state, fault, time.perf_counter() - begun)


class Yes:
    """Says yes to every fix that is proposed."""

    def ask(self, proposal: Proposal) -> Answer:
        """Say yes."""
        del proposal
        return Answer.YES

    def refused(self, finding: Finding, reason: str) -> None:
        """Hear why a fix is not proposed."""


def _options() -> Options:
    every = tuple(rule.code for rule in all_rules())
    return Options(Services(select=every), jobs=1)


def _repaired(path: Path, asker: Yes | None) -> Report:
    return repair([path], _options(), unsafe_too=True, asker=asker)


def _judged(
    folder: Path, files: dict[str, bytes], place: str, asked: Path, asker: Yes | None
) -> tuple[str, str]:
    if fault := _shown(folder / place):
        return "damaged", fault
    report = _repaired(asked, asker)
    now = _contents(folder)
    if report.crashes:
        return "crashed", "; ".join(f"{crash.code}: {crash.error}" for crash in report.crashes)
    changed = {
        str(Path(change.file).relative_to(folder)): change.after for change in report.changes
    }
    wanted = {**files, **changed}
    if now != wanted:
        odd = sorted(path for path in {*now, *wanted} if now.get(path) != wanted.get(path))
        return "damaged", f"other than what was reported: {odd}"
    before, after = ({path: held.get(path, b"") for path in changed} for held in (files, now))
    if fault := _harm(before, after):
        return "damaged", fault
    if changed:
        again = _repaired(asked, asker)
        if again.changes or _contents(folder) != now:
            return "damaged", f"a second run changes {[change.name for change in again.changes]}"
    if any(finding.code == UNREADABLE for finding in report.findings):
        return ("damaged", "changed, but not read") if place in changed else ("not read", "")
    return ("fixed" if place in changed else "found" if report.findings else "clean"), ""


def _shown(file: Path) -> str:
    """Return what is wrong with what is shown of a file's fixes, each by itself."""
    options = _options()
    findings = check([file], options).findings
    if not findings or findings[0].code == UNREADABLE:
        return ""
    lines = LineMap(decode(file.read_bytes()).text)
    for finding, edits in previews(findings[:20], options.services, {}).edits.items():
        own = tuple(edit for edit in edits if not edit.path)
        try:
            parse(edited(lines, own))
        except UnparsableSource as error:
            return f"what is shown of {finding.code} does not parse: {error.message}"
    return ""


def _contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        path: file.read_bytes()
        for file in files
        if not (path := file.relative_to(folder).as_posix()).startswith(".turnstay_cache/")
    }


def _harm(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    """A comment may move to another file with what it is about."""
    for path, content in after.items():
        try:
            ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return f"{path}: does not parse any more: {error}"
    had, has = (
        Counter(comment for content in held.values() for comment in comments(decode(content).text))
        for held in (before, after)
    )
    lost = had - has
    return f"lost a comment: {next(iter(lost))}" if lost else ""


def _work(pipe: Connection) -> None:
    from_ = seeds()
    pipe.send(None)
    while True:
        pipe.send(run_case(pipe.recv(), from_))


class Worker:
    """A process that runs one file after another, and what it is at."""

    def __init__(self) -> None:
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_work, args=(other,), daemon=True)
        self.process.start()
        other.close()
        self.number: int | None = None
        self.begun = self.spent = 0.0

    def begin(self, number: int) -> None:
        """Let it run one file."""
        self.number, self.begun, self.spent = number, time.monotonic(), self._spent()
        self.pipe.send(number)

    def is_over(self, limit: float) -> bool:
        """Tell whether the file has taken more than so many seconds of a processor.

        On a busy machine it may have waited for that much longer; ten times as long is too long.
        """
        if self.number is None or time.monotonic() - self.begun < limit:
            return False
        return self._spent() - self.spent > limit or time.monotonic() - self.begun > 10 * limit

    def _spent(self) -> float:
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """End it, whatever it is at."""
        self.process.kill()
        self.process.join()


def fuzz(numbers: range, jobs: int = 2, limit: float = 10.0) -> Iterator[Outcome]:
    """Yield what came of each file."""
    for batch in range(BATCHES):
        drawn(batch)
    todo = iter(numbers)
    workers = [Worker() for _ in range(jobs)]
    while workers:
        ready = wait([worker.pipe for worker in workers], timeout=0.5)
        for worker in list(workers):
            outcome = None
            if worker.pipe in ready:
                try:
                    outcome = worker.pipe.recv()
                except (EOFError, ConnectionError):
                    worker.process.join()
                    assert worker.number is not None, "a worker could not begin"
                    fault = f"the process ended with {worker.process.exitcode}"
                    outcome = Outcome(worker.number, "?", "crashed", fault)
            elif worker.is_over(limit):
                assert worker.number is not None
                outcome = Outcome(worker.number, "?", "hung", f"not done after {limit} s", limit)
            else:
                continue
            if outcome is not None:
                yield outcome
            if outcome is not None and outcome.kind == "?":
                worker.end()
                workers[workers.index(worker)] = Worker()
                continue
            number = next(todo, None)
            if number is None:
                worker.end()
                workers.remove(worker)
            else:
                worker.begin(number)


def main(arguments: list[str] | None = None) -> int:
    """Print the counts; exit 1 when anything happened that should not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=10.0)
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("--case", type=int)
    chosen = parser.parse_args(arguments)
    if chosen.case is not None:
        sys.stdout.buffer.write(mutated(chosen.case, seeds())[1])
        sys.stdout.flush()
        print(run_case(chosen.case, seeds()), file=sys.stderr)
        return 0
    states: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    slowest = Outcome(0, "", "")
    faults: list[Outcome] = []
    for outcome in fuzz(
        range(chosen.first, chosen.first + chosen.count), chosen.jobs, chosen.limit
    ):
        states[outcome.state] += 1
        if states.total() % 1_000 == 0:
            print(f"{states.total()}: {dict(states)}", flush=True)
        kinds[outcome.kind.partition(",")[0]] += 1
        slowest = max(slowest, outcome, key=lambda one: one.seconds)
        if outcome.fault:
            faults.append(outcome)
            _keep(outcome, chosen.keep)
    print(f"{chosen.count} files:", ", ".join(f"{n} {s}" for s, n in states.most_common()))
    print("kinds:", ", ".join(f"{name} {count}" for name, count in kinds.most_common()))
    print(f"slowest: {slowest.seconds:.1f} s ({slowest.kind}, case {slowest.number})")
    print(f"faults: {len(faults)}")
    return 1 if faults else 0


def _keep(outcome: Outcome, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    kind, content = mutated(outcome.number, seeds())
    (folder / f"{outcome.number}.py").write_bytes(content)
    last = outcome.fault.strip().splitlines()[-1]
    (folder / f"{outcome.number}.txt").write_text(f"{kind}: {outcome.state}\n{outcome.fault}\n")
    print(f"case {outcome.number} ({kind}): {outcome.state}: {last}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
