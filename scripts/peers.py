"""Other tools that read Python, each asked for next to nothing, to see what reading costs them.

They are installed into an environment of their own, whose folder is kept from run to run.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scripts.timing import Command

ROOT = Path(__file__).resolve().parent.parent

PACKAGES = ("ruff", "ast-grep-cli", "semgrep", "flake8", "pylint", "fixit", "isort", "black")

FIXIT_RULE = "scripts.fixit_rules.lazy_relationship"

SEMGREP_PATTERNS = """\
rules:
  - id: relationship-without-lazy
    languages: [python]
    message: is loaded when it is read
    severity: WARNING
    patterns:
      - pattern: relationship(...)
      - pattern-not: relationship(..., lazy=$LAZY, ...)
  - id: row-by-id
    languages: [python]
    message: asks for a row by its id alone
    severity: WARNING
    pattern: await $SESSION.get($MODEL, $ID)
"""

AST_GREP_PATTERNS = """\
id: relationship
language: python
rule: {pattern: "relationship($$$)"}
---
id: row-by-id
language: python
rule: {pattern: "await $SESSION.get($MODEL, $ID)"}
---
id: environment
language: python
rule: {pattern: "os.getenv($$$)"}
"""


class Peers:
    """The peers' environment in a folder, made at first use."""

    def __init__(self, folder: Path) -> None:
        """Install what is missing; raises CalledProcessError where pip cannot."""
        self.folder = folder
        if not (folder / "bin" / "fixit").exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([folder / "bin" / "pip", "install", "-q", *PACKAGES], check=True)
        self._semgrep = folder / "semgrep.yaml"
        self._semgrep.write_text(SEMGREP_PATTERNS, encoding="utf-8")
        self._ast_grep = folder / "ast-grep.yaml"
        self._ast_grep.write_text(AST_GREP_PATTERNS, encoding="utf-8")

    def program(self, name: str) -> Path:
        """Return where a peer's program is."""
        return self.folder / "bin" / name

    def versions(self) -> str:
        """Return what was measured, as pip names it."""
        listed = subprocess.run(
            [self.program("pip"), "list", "--format=freeze", "--disable-pip-version-check"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        return ", ".join(
            line.replace("==", " ") for line in listed if line.split("==")[0] in PACKAGES
        )

    def quick(self) -> list[tuple[str, Command]]:
        """Return the peers that are written in another language, and isort."""
        ruff = [self.program("ruff"), "check", "--isolated", "--select=E,F,I", "--exit-zero", "-q"]
        return [
            ("ruff, two rule families and imports, no cache", [*ruff, "--no-cache", "."]),
            ("ruff, the same, warm", [*ruff, "--cache-dir", self.folder / "ruff-cache", "."]),
            (
                "ast-grep, three patterns",
                [self.program("ast-grep"), "scan", "-r", self._ast_grep, "."],
            ),
            (
                "isort --check, 2 jobs",
                [self.program("isort"), "--check", "-q", "--profile=black", "-j2", "."],
            ),
        ]

    def slow(self) -> list[tuple[str, Command]]:
        """Return the peers that take long."""
        semgrep = [self.program("semgrep"), "scan", "--metrics=off", "--disable-version-check"]
        semgrep += ["--no-git-ignore", "--config", self._semgrep, "-j2", "--quiet", "."]
        pylint = [self.program("pylint"), "-j2", "--disable=all", "--enable=trailing-newlines"]
        return [
            ("semgrep, two patterns, 2 jobs", semgrep),
            (
                "flake8, one trivial code, 2 jobs",
                [self.program("flake8"), "--isolated", "--select=W291", "-j2", "."],
            ),
            ("pylint, one trivial checker, 2 jobs", [*pylint, "--recursive=y", "."]),
            ("black --check", [self.program("black"), "--check", "-q", "."]),
            ("Fixit, one rule", [*self.fixit, "lint", "."]),
        ]

    @property
    def fixit(self) -> list[str | Path]:
        """Return how Fixit is called with the one rule."""
        return [self.program("fixit"), "--quiet", "--rules", FIXIT_RULE]

    @property
    def environment(self) -> dict[str, str]:
        """Return what Fixit needs to find its rule."""
        return {"PYTHONPATH": str(ROOT)}
