"""What is measured is what is said to be measured."""

import ast
import sys
from pathlib import Path

import pytest

from scripts import bench, instructions
from scripts.generated import ORDINARY_LINES, generate, grown
from scripts.timing import Measure, timed


def test_a_generated_service_has_as_many_files_as_asked_and_all_of_them_parse(
    tmp_path: Path,
) -> None:
    assert generate(tmp_path, 120) == 120
    files = list(tmp_path.rglob("*.py"))
    assert len(files) == 120
    for file in files:
        ast.parse(file.read_bytes())


def test_a_module_is_grown_by_its_own_definitions_under_other_names() -> None:
    text = grown("def one():\n    return 1\n\n\ndef two():\n    return one()\n")
    assert len(text.splitlines()) >= ORDINARY_LINES
    assert "def two_2():\n    return one_2()\n" in text
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert len(names) == len(set(names))


def test_a_command_is_timed_with_its_children_and_its_memory() -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'b = [0] * (10 << 20)'])"
    took = timed((sys.executable, "-c", child), Path.cwd())
    assert 0 < took.processor <= took.wall * 8
    assert took.memory > 80


def test_a_measure_is_prepared_before_it_and_before_its_yardstick() -> None:
    prepared: list[int] = []
    measure = Measure(
        "a", (sys.executable, "-c", "pass"), Path.cwd(), prepare=lambda: prepared.append(1)
    )
    measure.run((sys.executable, "-c", "pass"))
    assert len(prepared) == 2
    assert measure.ratio > 0


def test_the_table_goes_between_the_marks_of_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{bench.BEGIN}\nold\n{bench.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    bench.write("new")
    said = readme.read_text(encoding="utf-8")
    assert said == f"before\n{bench.BEGIN}\nnew\n{bench.END}\nafter\n"


@pytest.mark.parametrize(
    ("measured", "status", "said"),
    [
        (2.19, 0, "cold: 2.19, held against 2.00"),
        (2.21, 1, "cold: 2.21, more than 10% above 2.00"),
        (1.0, 0, "cold: 1.00, held against 2.00"),
    ],
)
def test_a_ratio_may_be_ten_percent_above_the_committed_one(
    measured: float, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert instructions.compared({"cold": measured}, {"cold": 2.0}) == status
    assert capsys.readouterr().out.strip() == said


def test_a_ratio_that_nobody_committed_is_said() -> None:
    assert instructions.compared({"cold": 9.0}, {}) == 0
