"""What fixes promise, over services in every style."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from scripts.promises import broken
from tests.engine.services import write
from tests.properties.modules import modules
from tests.tenant_service import DEPS, MODELS, UTILS
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.mending.fixing import fix, wants
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.repairing.undo import undo
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile

SERVICE = {
    "app/models.py": MODELS,
    "app/deps.py": DEPS,
    "app/api/utils/scoped_utils.py": UTILS,
}
PATH = "app/api/endpoints/generated.py"
OTHERS = [SourceFile.from_text(path, text) for path, text in SERVICE.items()]
WIDTH = Settings().line_length


def fixed(content: bytes, *, unsafe: bool) -> tuple[bytes, list[Finding]]:
    """Return a file of the service after its fixes, and the findings whose fixes they are."""
    source = SourceFile.from_bytes(PATH, content)
    project = Project.of([*OTHERS, source], Settings())
    made = fix(source, project, Settings(), all_rules(), wants(unsafe))
    assert not made.left.crashes, made.left.crashes
    assert not made.problem, made.problem
    return source.origin.encode(made.text), list(made.applied)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(modules())
def test_a_fixed_file_keeps_all_that_fixes_promise(content: bytes) -> None:
    ast.parse(content)
    for unsafe in (False, True):
        after, applied = fixed(content, unsafe=unsafe)
        if not applied:
            assert after == content
        faults = list(broken(content, after, applied, (WIDTH,)))
        assert not faults, "\n".join([*faults, after.decode()])
        assert fixed(after, unsafe=unsafe)[0] == after, after.decode()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(modules())
def test_a_fixed_service_is_what_it_was_after_undo(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {"pyproject.toml": "", PATH: content, **SERVICE})
        before = contents(folder)
        services = Services(select=tuple(rule.code for rule in all_rules()))
        report = repair([folder], Options(services, jobs=1), unsafe_too=True)
        assert not (report.crashes or report.unwritable)
        now = contents(folder)
        changed = {Path(change.file).relative_to(folder).as_posix() for change in report.changes}
        assert {path for path in {*before, *now} if before.get(path) != now.get(path)} == changed
        for change in report.changes:
            found = [*change.applied, *change.shared]
            own = Path(change.file).relative_to(folder).as_posix()
            if change.before is not None and not change.shared:
                faults = list(broken(before[own], now[own], found, (WIDTH,)))
                assert not faults, "\n".join([*faults, now[own].decode()])
        again = repair([folder], Options(services, jobs=1), unsafe_too=True)
        assert again.changes == ()
        assert undo([folder]).exit_status == 0
        assert contents(folder) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.py")}
