"""What git says, by its command line. Nothing is imported for it until it is asked.

https://git-scm.com/docs/git-ls-tree
"""

from __future__ import annotations

import os
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_MAIN = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)
_MOST_SECONDS = 20
# A hook's own repository is not always that of the file.
_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


class Unknown(Exception):
    """git cannot tell; the message says why."""


def main_branch(folder: Path | str) -> str:
    """Return the full name of the repository's main branch; raises Unknown."""
    there = _git(folder, "for-each-ref", "--format=%(refname)", *_MAIN).splitlines()
    found = next((name for name in _MAIN if name in there), "")
    if not found:
        raise Unknown("the repository has no branch main or master")
    return found


def knows(folder: Path | str, revision: str) -> bool:
    """Tell whether git knows a revision in a folder; raises Unknown where there is no git."""
    _git(folder, "rev-parse", "--git-dir")
    try:
        commit_of(folder, revision)
    except Unknown:
        return False
    return True


def commit_of(folder: Path | str, revision: str) -> str:
    """Return the commit that a revision is; raises Unknown."""
    wanted = f"{revision}^{{commit}}"
    try:
        return _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted).strip()
    except Unknown as reason:
        said = str(reason) or f"git knows no revision {revision} here"
        raise Unknown(said) from None


@cache
def names_in(folder: Path | str, commit: str) -> frozenset[str]:
    """Return the files of a folder in a commit; a commit does not change."""
    return frozenset(_git(folder, "ls-tree", "--name-only", "-z", commit).split("\0"))


def files_of(top: Path | str, commit: str) -> frozenset[str]:
    """Return all files of a commit, by their paths from the repository's top; raises Unknown."""
    return frozenset(_git(top, "ls-tree", "-r", "--name-only", "-z", commit).split("\0"))


def _git(folder: Path | str, *words: str) -> str:
    import subprocess

    around = {name: value for name, value in os.environ.items() if name not in _HOOKS}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=_MOST_SECONDS,
            env={**around, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Unknown("git is not installed") from None
    except (OSError, subprocess.SubprocessError) as error:
        raise Unknown(f"git did not answer ({type(error).__name__})") from None
    if done.returncode:
        raise Unknown(done.stderr.strip().removeprefix("fatal: ").partition("\n")[0])
    return done.stdout
