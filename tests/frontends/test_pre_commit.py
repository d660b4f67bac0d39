"""The hooks in the real pre-commit, which installs this project from a repository of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.frontends.service import LAZY, written

PROJECT = Path(__file__).parents[2]
PACKAGED = ("turnstay_lint", "pyproject.toml", "README.md", ".pre-commit-hooks.yaml")
RAW_SQL = """\
from alembic import op

revision = "1"
down_revision = None

def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN status text NOT NULL")
"""
FIXED = LAZY.replace('relationship("Account")', 'relationship("Account", lazy="selectin")')

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pre-commit")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return an environment with a pre-commit of its own and without a surrounding repository."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PRE_COMMIT"))}
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    return {
        **outside,
        **dict.fromkeys(names, "tests@example.com"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, environment: Mapping[str, str]) -> Path:
    """Return a repository that holds what is released of this project."""
    folder = tmp_path_factory.mktemp("project")
    for name in PACKAGED:
        if (PROJECT / name).is_dir():
            shutil.copytree(
                PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(PROJECT / name, folder / name)
    committed(folder, environment)
    return folder


def committed(folder: Path, environment: Mapping[str, str]) -> None:
    """Make a folder a repository with one commit."""
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "all")):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)


def head(folder: Path, environment: Mapping[str, str]) -> str:
    """Return the id of the last commit."""
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.check_output(command, cwd=folder, env=environment, text=True).strip()


def pre_commit(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments, "--all-files"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_try_repo_shows_findings(
    tmp_path: Path, project: Path, environment: Mapping[str, str]
) -> None:
    written(
        tmp_path,
        {"app/models.py": LAZY, "README.md": "# relationship(\n", "versions/1.py": RAW_SQL},
    )
    committed(tmp_path, environment)
    tried = pre_commit(tmp_path, environment, "try-repo", str(project), "turnstay-lint")
    assert tried.returncode == 1, tried.stdout + tried.stderr
    assert "TSL306" in tried.stdout
    assert "app/models.py:5:41" in tried.stdout
    assert "versions/1.py:7:5: TSL901" in tried.stdout
    assert "- exit code: 1" in tried.stdout
    assert "files were modified" not in tried.stdout


def test_both_hooks_installed(
    tmp_path: Path, project: Path, environment: Mapping[str, str]
) -> None:
    configuration = f"""
        repos:
          - repo: {project}
            rev: {head(project, environment)}
            hooks:
              - id: turnstay-lint
              - id: turnstay-lint-fix
        """
    excluded = '[tool.turnstay-lint]\nextend-exclude = ["app/generated"]\n'
    written(
        tmp_path,
        {
            ".pre-commit-config.yaml": configuration,
            "pyproject.toml": excluded,
            "app/models.py": LAZY,
            "app/generated/models.py": LAZY,
        },
    )
    committed(tmp_path, environment)

    fixed = pre_commit(tmp_path, environment, "run", "turnstay-lint-fix")
    assert fixed.returncode == 1, fixed.stdout + fixed.stderr
    assert "files were modified by this hook" in fixed.stdout
    assert "- exit code" not in fixed.stdout
    assert (tmp_path / "app/models.py").read_text() == FIXED
    assert (tmp_path / "app/generated/models.py").read_text() == LAZY

    for hook in ("turnstay-lint", "turnstay-lint-fix"):
        clean = pre_commit(tmp_path, environment, "run", hook)
        assert clean.returncode == 0, clean.stdout + clean.stderr
        assert "Passed" in clean.stdout
