"""What rules say of themselves is known without importing them, as long as it is what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from msgspec.structs import asdict

from turnstay_lint.engine.configuring import rule_index
from turnstay_lint.engine.configuring.registry import all_rules, module_of
from turnstay_lint.engine.configuring.rule_index import Deferred, Defined, note_index, read_index


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rule_index, "_file", lambda: tmp_path / "rules.json")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "rules.json"


def defined() -> list[Defined]:
    return [(import_module(module_of(rule)).RULE, module_of(rule)) for rule in all_rules()]


def test_what_is_noted_is_what_rules_say(file: Path) -> None:
    note_index(defined())
    noted = read_index()
    assert noted is not None and len(noted) == len(all_rules())
    for (rule, module), (known, known_module) in zip(defined(), noted, strict=True):
        assert module == known_module and known.check == Deferred(module)
        assert {**asdict(known), "check": rule.check} == asdict(rule)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"program": 1}', "nonsense", None])
def test_what_does_not_fit_is_not_used(
    file: Path, content: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_index() is None
    note_index(defined())
    if content is None:
        monkeypatch.setattr(rule_index, "program", lambda: "another")
    else:
        file.write_text(content)
    assert read_index() is None


def test_nothing_is_noted_where_nothing_is_compiled_or_can_be_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        note_index(defined())
    monkeypatch.setattr(rule_index, "_file", lambda: file.parent / "nowhere/rules.json")
    note_index(defined())
    assert not list(file.parent.iterdir())


def test_a_rule_is_imported_when_it_is_to_look(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text("import os\n\nos.sep\n")
    program = (
        "import sys; from pathlib import Path\n"
        "from turnstay_lint.engine.checking.check import check\n"
        "from turnstay_lint.engine.passes.options import Options\n"
        "check([Path.cwd()], Options(jobs=1))\n"
        "print(*(name for name in sys.modules if name.startswith('turnstay_lint.rules.')))"
    )
    around = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    around["PYTHONPYCACHEPREFIX"] = str(tmp_path / "compiled")
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=around,
            capture_output=True,
            text=True,
            check=True,
        )
    assert "turnstay_lint.rules.organization.import_order" in done.stdout
    assert "turnstay_lint.rules.database.raw_session_query" not in done.stdout
