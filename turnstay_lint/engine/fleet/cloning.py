"""A repository fetched with the system's git: its newest commit alone, or the one that is asked.

https://git-scm.com/docs/git-clone and https://git-scm.com/docs/git-fetch
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from turnstay_lint.engine.fleet.listing import without_secret

_MOST_SECONDS = 600
_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


class CannotClone(Exception):
    """git could not fetch a repository; the message says why."""


def clone(address: str, revision: str, folder: Path) -> None:
    """Fetch a repository into a folder that is not there yet; raises CannotClone.

    What the main branch has is known afterwards, whatever the revision is. git asks nobody for a
    password.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _git("clone", "--quiet", "--depth=1", "--no-checkout", "--", address, str(folder))
    here = ("-C", str(folder))
    wanted = "HEAD"
    if revision:
        _git(*here, "fetch", "--quiet", "--depth=1", "origin", "--end-of-options", revision)
        wanted = "FETCH_HEAD"
    _git(*here, "checkout", "--quiet", "--detach", wanted)


def _git(*words: str) -> None:
    around = {name: value for name, value in os.environ.items() if name not in _HOOKS}
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *words],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_MOST_SECONDS,
            env={**around, **quiet},
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise CannotClone("cannot be cloned: git is not installed") from None
    except subprocess.TimeoutExpired:
        raise CannotClone(f"cannot be cloned: git took over {_MOST_SECONDS} s") from None
    except (OSError, ValueError) as error:
        raise CannotClone(f"cannot be cloned: {error}") from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        why = said[-1].removeprefix("fatal: ") if said else f"git ended with {done.returncode}"
        fatal = next((line for line in said if line.startswith("fatal: ")), f"fatal: {why}")
        raise CannotClone(f"cannot be cloned: {without_secret(fatal.removeprefix('fatal: '))}")
