"""A copy of a fixture service, run in processes of its own with a database of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "fixtures" / "services"


class ServiceCopy:
    """The fixture service of a name, copied into a folder, with a SQLite database or another."""

    def __init__(self, name: str, folder: Path, database: str = "") -> None:
        self.folder = folder / name
        self.database = database or f"sqlite+aiosqlite:///{self.folder / 'service.db'}"
        caches = shutil.ignore_patterns("__pycache__", ".*_cache", "*.db")
        shutil.copytree(SERVICES / name, self.folder, ignore=caches)

    def run(self, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python in the service's folder, with its settings in the environment."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "COV_", "COVERAGE_"))
        }
        environment = inherited | {
            "DATABASE_URL": self.database,
            "DESCOPE_PROJECT_ID": "guesthouse",
            "DESCOPE_SIGNING_KEY": "key of the fixture services",
            "ENVIRONMENT": "test",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join((str(self.folder), str(ROOT))),
        }
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def succeeds(self, *arguments: str | Path, stdin: str = "") -> str:
        """Run Python as ``run`` does, assert that it ended well, and return what it printed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def runs_tests(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run the service's own tests."""
        plugins = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
        return self.run("-m", "pytest", "-q", *plugins, *arguments)
