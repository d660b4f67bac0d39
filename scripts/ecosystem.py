"""Run every rule and every fix over pinned versions of real services, and say what came of it.

    python scripts/ecosystem.py [--only prefect ...] [--folder build/ecosystem] [--sample 20]

Each package is installed without its dependencies, read, and every file of it fixed in memory;
nothing of it is run. Columns: files, seconds, rules that failed, the files that fixes changed, and
how many of those were black's at one of the usual widths; then those whose fix was taken back,
that change on a second run, that changed without a finding, and that broke another promise: to
parse, to keep comments, encoding and line ends, to leave alone the statements in which nothing was
found, to stay as black has it. All of these should be zero.
``--sample`` writes that many random findings of each rule with their source, to be read by eye.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from turnstay_lint.engine.checking.memory_use import without_collector
from turnstay_lint.engine.checking.run import examine
from turnstay_lint.engine.mending.black_style import as_black_had_it
from turnstay_lint.engine.mending.fixing import fix, wants
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.services.lint import lint
from turnstay_lint.engine.services.roots import Root, read_source
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.promises import WIDTHS, black_width, broken  # noqa: E402

ORGANIZATION = {"tenant-model": "Organization", "tenant-column": "organization_id"}

# What each service calls its tenant, for the rules that ask whose a row is.
PACKAGES: dict[str, tuple[str, dict[str, str]]] = {
    "apache-superset": ("6.1.0", {}),
    "arize-phoenix": ("20.26.1", {"tenant-model": "Project", "tenant-column": "project_id"}),
    "datajunction-server": ("0.0.272", {"tenant-model": "User", "tenant-column": "created_by_id"}),
    "dstack": ("0.22.5", {"tenant-model": "ProjectModel", "tenant-column": "project_id"}),
    "ethyca-fides": ("2.78.2", ORGANIZATION),
    "fastapi-users": ("15.0.5", {"tenant-model": "User", "tenant-column": "user_id"}),
    "letta": ("0.16.7", ORGANIZATION),
    "mlflow": ("3.18.0", {"tenant-model": "SqlExperiment", "tenant-column": "experiment_id"}),
    "mlrun": ("1.12.1", {"tenant-model": "Project", "tenant-column": "project"}),
    "prefect": ("3.9.1", {"tenant-model": "Flow", "tenant-column": "flow_id"}),
}


@dataclass
class Outcome:
    """What came of one package."""

    files: int = 0
    lines: int = 0
    seconds: float = 0.0
    unreadable: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    fixed: int = 0
    taken_back: list[str] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    black: int = 0

    @property
    def faults(self) -> list[str]:
        """Return everything that should not have happened, in words."""
        return [
            *(f"crash: {crash}" for crash in self.crashes),
            *(f"taken back: {what}" for what in self.taken_back),
            *(f"does not converge: {what}" for what in self.unstable),
            *(f"changed without a finding: {what}" for what in self.unasked),
            *(f"broken: {what}" for what in self.broken),
        ]


def install(name: str, version: str, folder: Path) -> Path:
    """Unpack a package without its dependencies; return the folder that holds it."""
    target = folder / f"{name}-{version}"
    if not target.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
        subprocess.run([*command, "--target", str(target), f"{name}=={version}"], check=True)
    return target


def configure(target: Path, names: dict[str, str]) -> None:
    """Say in the package's folder what its service calls things; the folder becomes its root."""
    lines = "".join(f'{key} = "{value}"\n' for key, value in names.items())
    (target / "pyproject.toml").write_text(f"[tool.turnstay-lint]\n{lines}", encoding="utf-8")


def run(target: Path) -> Outcome:
    """Check all files of a package, then fix each in memory and look at the result."""
    services = Services()
    files = sorted(str(path.resolve()) for path in target.rglob("*.py") if path.is_file())
    outcome = Outcome(files=len(files))
    begun = time.perf_counter()
    with without_collector():
        examined = examine(files, Options(services=services, jobs=2))
    outcome.seconds = time.perf_counter() - begun
    for file, judged in examined.judged.items():
        outcome.crashes += [f"{c.code} {file}: {c.error}" for c in judged.verdict.crashes]
        outcome.findings += judged.verdict.findings
        outcome.unreadable += [file for f in judged.verdict.findings if f.code == "TSL000"]
        if not any(finding.code == "TSL000" for finding in judged.verdict.findings):
            root = examined.roots[file]
            _fix(file, root, examined.projects.get(root, Project(())), services, outcome)
    return outcome


def _fix(file: str, root: Root, project: Project, services: Services, outcome: Outcome) -> None:
    """Make all fixes of one file, unsafe ones included, and hold the result against it."""
    service = services.of(Path(file))
    rules = service.rules_for(file)
    content = Path(file).read_bytes()
    source = read_source(root, file, content)
    if source.origin.encode(source.text) != content:
        outcome.broken.append(f"{file}: is not written as it was read")
    settings = service.configuration.settings
    found = lint(source, project, settings, rules).findings
    width = black_width(source.text, WIDTHS) if any(f.fix for f in found) else 0
    settings = replace(settings, line_length=width or settings.line_length)
    made = fix(source, project, settings, rules, wants(True))
    outcome.crashes += [f"{c.code} {file}: {c.error}" for c in made.left.crashes]
    if made.problem:
        outcome.taken_back.append(f"{file}: {made.problem}")
        return
    if made.text == source.text:
        return
    outcome.fixed += 1
    outcome.black += bool(width)
    if not found:
        outcome.unasked.append(file)
    text = as_black_had_it(file, source.text, made.text, settings.line_length)
    after = source.origin.encode(text)
    whole = [*found, *made.applied]
    outcome.broken += [f"{file}: {what}" for what in broken(content, after, whole, WIDTHS)]
    again = read_source(root, file, after)
    if fix(again, project, settings, rules, wants(True)).text != text:
        outcome.unstable.append(file)


def sample(findings: Iterable[Finding], target: Path, count: int) -> str:
    """Return random findings of each rule with the lines around them."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    parts = []
    for code, found in sorted(by_code.items()):
        for finding in random.Random(0).sample(found, min(count, len(found))):
            lines = (target / finding.path).read_text(encoding="utf-8").splitlines()
            first, last = max(0, finding.span.line - 4), finding.span.end_line + 4
            place = f"{target / finding.path}:{finding.span.line}:{finding.span.column + 1}"
            kind = finding.fix.applicability.value if finding.fix else finding.unfixable
            parts.append(f"## {code} {place}\n{finding.message}\n[{kind}]\n")
            parts += [f"{n + 1:5} {lines[n]}\n" for n in range(first, min(last, len(lines)))]
    return "".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit 1 when anything happened that should not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=sorted(PACKAGES), default=sorted(PACKAGES))
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "ecosystem")
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    totals: Counter[str] = Counter()
    print("| package | files | s | unreadable | crashes | fixed | black's | taken back"
          " | unstable | unasked | broken | findings |\n" + "| --- " * 12 + "|")  # fmt: skip
    for name in chosen.only:
        version, names = PACKAGES[name]
        target = install(name, version, chosen.folder)
        configure(target, names)
        outcome = run(target)
        counts = Counter(finding.code for finding in outcome.findings)
        totals += counts
        told = " ".join(f"{code}:{count}" for code, count in sorted(counts.items()))
        print(
            f"| {name} {version} | {outcome.files} | {outcome.seconds:.1f} "
            f"| {len(outcome.unreadable)} | {len(outcome.crashes)} | {outcome.fixed} "
            f"| {outcome.black} | {len(outcome.taken_back)} | {len(outcome.unstable)} "
            f"| {len(outcome.unasked)} | {len(outcome.broken)} | {told} |",
            flush=True,
        )
        faults += outcome.faults
        if chosen.sample:
            page = chosen.folder / f"{name}.sample.md"
            page.write_text(sample(outcome.findings, target, chosen.sample), encoding="utf-8")
    print("\nfindings:", ", ".join(f"{code} {count}" for code, count in sorted(totals.items())))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
