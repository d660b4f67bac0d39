from pathlib import Path

import pytest

from turnstay_lint.engine.checking.check import check
from turnstay_lint.findings import Finding, Severity

LAZY = 'class Company:\n    accounts = relationship("Account")\n'


def findings(folder: Path, files: dict[str, bytes], configuration: str = "") -> list[Finding]:
    (folder / "pyproject.toml").write_text(f"[tool.turnstay-lint]\n{configuration}")
    for path, content in files.items():
        (folder / path).write_bytes(content)
    return list(check([folder]).findings)


def test_a_syntax_error_stands_where_it_is(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"models.py": "x = 1\né = (ñ ñ)\n".encode()})
    assert (found.code, found.name) == ("TSL000", "unreadable-file")
    assert found.severity is Severity.ERROR
    assert found.span.start == (2, 5)
    assert "syntax error" in found.message
    assert found.fix is None
    assert found.unfixable


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = '\xff'\n", "utf-8"),
        (b"# coding: no-such-thing\n", "no-such-thing"),
        (b"x = 1\0\n", "NUL"),
        (b"(" * 250 + b")" * 250, "nested"),
        (b"a" + b".b" * 9000, "nested"),
    ],
)
def test_what_is_no_python_text(tmp_path: Path, content: bytes, said: str) -> None:
    (found,) = findings(tmp_path, {"models.py": content})
    assert (found.code, found.span.line) == ("TSL000", 1)
    assert said in found.message


def test_the_other_files_are_read(tmp_path: Path) -> None:
    found = findings(tmp_path, {"broken.py": b"x = (\n", "models.py": LAZY.encode()})
    assert [finding.code for finding in found] == ["TSL000", "TSL306"]


def test_nothing_hides_it(tmp_path: Path) -> None:
    content = b"# turnstay: ignore-file\n# flake8: noqa\nx = (  # noqa\n"
    for configuration in (
        'ignore = ["TSL000"]',
        'select = ["TSL306"]',
        'per-file-ignores = {"*.py" = ["ALL"]}',
    ):
        (found,) = findings(tmp_path, {"models.py": content}, configuration)
        assert found.code == "TSL000"


def test_a_file_that_the_system_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (found,) = findings(tmp_path, {})
    assert found.code == "TSL000"
    assert "cannot be opened" in found.message
