"""A service in a git repository: its main branch has a revision, a branch of it has another."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.engine.services import write

FOLDER = "alembic/versions"
ADDS = """
import sqlalchemy as sa
from alembic import op

revision = "{}"
down_revision = {}


def upgrade():
    op.add_column("accounts", sa.Column("x", sa.Text(), nullable=False))
"""
OLD = {f"{FOLDER}/a.py": ADDS.format("a", "None"), "pyproject.toml": ""}
NEW = {f"{FOLDER}/b.py": ADDS.format("b", '"a"')}


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "-C", str(folder), *settings, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def repository(folder: Path) -> Path:
    """Make the service; returns its folder."""
    write(folder, OLD)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")
    git(folder, "checkout", "-qb", "feature")
    return write(folder, NEW)
