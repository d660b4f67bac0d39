"""What is kept between runs never shows: the answer with it is the answer without it."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tests.tenant_service import DEPS, MODELS, UTILS
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.remembered import Caching
from turnstay_lint.engine.passes.verdicts import packed, unpacked
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.frontends import cli

ENDPOINTS = """
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.utils.helpers import account_of
from app.deps import CompanyAccess, get_company_access, get_session
from app.models import Account, Payment

router = APIRouter()


@router.get("/accounts/{account_id}")
async def read_account(account_id: int, session: AsyncSession = Depends(get_session)):
    return await session.get(Account, account_id)


@router.get("/helped/{account_id}", response_model=None)
async def read_helped(account_id: int, session: AsyncSession = Depends(get_session)):
    return await account_of(session, account_id)
"""
HELPERS = """
from sqlalchemy import select

from app.models import Account


async def account_of(session, account_id, company_id=None):
    query = select(Account).where(Account.id == account_id)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return (await session.scalars(query)).one()
"""
ALIASES = "from sqlalchemy.orm import relationship as rel\n"
ALIASED = """
from app.aliases import rel
from app.models import Base


class Tag(Base):
    __tablename__ = "tags"
    account = rel("Account")
"""
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.add_column("accounts", sa.Column("kind", sa.String(), nullable=False))


def downgrade():
    pass
"""
TEST = """
from app.api.utils.unused import account_for


async def test_it(session):
    await account_for(session, 1)
    assert session
"""
FIRST = {
    "app/__init__.py": "",
    "app/models.py": MODELS,
    "app/deps.py": DEPS,
    "app/aliases.py": ALIASES,
    "app/tags.py": ALIASED,
    "app/api/utils/scoped_utils.py": UTILS,
    "app/api/utils/helpers.py": HELPERS,
    "app/api/endpoints/accounts.py": ENDPOINTS,
    "alembic/versions/a1_kind.py": REVISION,
    "app/api/utils/unused.py": HELPERS.replace("account_of", "account_for"),
    "app/tests/test_accounts.py": "import app.models\nimport os\n\n\ndef test_it(): os.sep\n",
    "app/tests/test_unused.py": TEST,
    "loose.py": "import app.models\nimport vendored\nimport os\n",
}
CHANGES = (
    ("# a line\n", ""),
    ("\n", "\n\n"),
    ("company_id", "tenant_id"),
    ('lazy="selectin"', ""),
    ("session.get(Account, account_id)", "session.get(Payment, account_id)"),
    ("account_of(session, account_id)", "account_of(session, account_id, 7)"),
    ("relationship as rel", "relationship as link"),
    ("return account\n", "raise HTTPException(status_code=403)\n"),
    ("status_code=404", "status_code=401"),
    ("    return await", "    print(account_id)\n    return await"),
    ("Account.company_id == company_id", "Account.id == company_id"),
    ("nullable=False", "nullable=True"),
    ("import os\n", "import os  # noqa\n"),
    ("class Account(Base)", "class Account(Missing)"),
    ("async def ", "def "),
    (":\n", "(:\n"),
    ("down_revision = None", 'down_revision = "a0"'),
    ("account_for(session", "account_from(session"),
    ("from app.api.utils.helpers", "import app.api.utils.helpers\nfrom app.api.utils.helpers"),
    ("    assert session", "    session.flush()\n    assert session"),
)
TABLES = (
    "",
    'select = ["ALL"]\n',
    'ignore = ["TSL3"]\n',
    'tenant-column = "tenant_id"\n',
    '[tool.turnstay-lint.per-file-ignores]\n"app/api/*" = ["TSL1"]\n',
    '[tool.turnstay-lint.severity]\nTSL306 = "error"\n',
    'exclude = ["app/tags.py"]\n',
    'global-models = ["Account"]\n',
    'known-first-party = ["vendored"]\n',
)
NAMES = st.sampled_from([*FIRST, "app/more.py", "vendored/__init__.py", "app/api/more/x.py"])
TEXTS = st.sampled_from([*FIRST.values(), "", "x = 1\n", "def broken(:\n", "\ufeffx = 1\n"])


def plain(report: Report) -> object:
    """Return all that a report says; how fixes are made is not kept, and not shown."""
    content = packed(Verdict(report.findings))
    assert content is not None
    told = unpacked(content).findings
    return replace(report, findings=told, seconds=0.0)


class Service(RuleBasedStateMachine):
    """A service that is edited, and asked about with and without a cache."""

    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        # Edits follow each other more quickly here than stamps are trusted.
        self.patch.setattr("turnstay_lint.engine.keeping.stamps._TICK", 0)
        self.folder = Path(tempfile.mkdtemp())
        self.write("pyproject.toml", "")
        for name, text in FIRST.items():
            self.write(name, text)

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def files(self) -> list[Path]:
        return sorted(self.folder.rglob("*.py"))

    def answers_agree(self, paths: list[Path]) -> None:
        caching = Caching()
        kept = check(paths, Options(caching=caching, jobs=1))
        assert plain(kept) == plain(check(paths, Options(jobs=1)))
        assert not caching.notes

    @rule(number=st.integers(0, 30), change=st.sampled_from(CHANGES), back=st.booleans())
    def edit(self, number: int, change: tuple[str, str], back: bool) -> None:
        files = self.files()
        if files:
            file = files[number % len(files)]
            old, new = reversed(change) if back else change
            text = file.read_text()
            file.write_text(text.replace(old, new) if old else new + text)

    @rule(name=NAMES, text=TEXTS)
    def create(self, name: str, text: str) -> None:
        self.write(name, text)

    @rule(number=st.integers(0, 30))
    def delete(self, number: int) -> None:
        files = self.files()
        if files:
            files[number % len(files)].unlink()

    @rule(number=st.integers(0, 30), name=NAMES)
    def rename(self, number: int, name: str) -> None:
        files = self.files()
        if files:
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            files[number % len(files)].replace(target)

    @rule(number=st.integers(0, 30), seconds=st.sampled_from([-1000, 0, 1000]))
    def touch(self, number: int, seconds: int) -> None:
        files = self.files()
        if files:
            file = files[number % len(files)]
            when = file.stat().st_mtime_ns + seconds * 10**9
            os.utime(file, ns=(when, when))

    @rule(number=st.integers(0, 30))
    def exchange_letters_and_set_the_time_back(self, number: int) -> None:
        files = self.files()
        if files:
            file = files[number % len(files)]
            before = file.stat()
            file.write_text(file.read_text().replace("account_id", "company_"))
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(one=st.integers(0, 30), other=st.integers(0, 30))
    def exchange_files(self, one: int, other: int) -> None:
        files = self.files()
        if files:
            a, b = files[one % len(files)], files[other % len(files)]
            beside = self.folder / "beside"
            a.replace(beside)
            if a != b:
                b.replace(a)
            beside.replace(b)

    @rule(table=st.sampled_from(TABLES))
    def configure(self, table: str) -> None:
        self.write("pyproject.toml", f"[tool.turnstay-lint]\n{table}")

    @rule(ignored=st.sampled_from(["", "tags.py\n", "/app/api/\n"]))
    def ignore(self, ignored: str) -> None:
        self.write(".gitignore", ignored)

    @rule(number=st.integers(0, 30))
    def ask_about_one_file(self, number: int) -> None:
        files = self.files()
        if files:
            self.answers_agree([files[number % len(files)]])

    @precondition(lambda self: (self.folder / "app/api").is_dir())
    @rule()
    def ask_about_a_folder(self) -> None:
        self.answers_agree([self.folder / "app/api"])

    @rule()
    def forget(self) -> None:
        shutil.rmtree(self.folder / ".turnstay_cache", ignore_errors=True)

    @invariant()
    def the_answer_with_a_cache_is_the_answer_without(self) -> None:
        if hasattr(self, "folder"):
            self.answers_agree([self.folder])


class CommandLine(Service):
    """The same, asked on the command line, which may say again what it said before."""

    def answers_agree(self, paths: list[Path]) -> None:
        words = [*(str(path.relative_to(self.folder)) for path in paths), "--output-format=concise"]
        afresh = self.said([*words, "--no-cache"])
        assert self.said(words) == afresh
        assert self.said(words) == afresh

    def said(self, words: list[str]) -> tuple[object, str, str]:
        """Return how the command ends in the service's folder, and what it writes."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
            patch.setattr(sys, "stdout", output)
            patch.setattr(sys, "stderr", errors)
            with pytest.raises(SystemExit) as ended:
                cli._answer(words)
            texts = []
            for stream in (output, errors):
                stream.seek(0)
                texts.append(re.sub(r"\d+\.\d\d s$", "", stream.read(), flags=re.M))
        return ended.value.code, texts[0], texts[1]


_SETTINGS = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestService = Service.TestCase
TestService.settings = _SETTINGS
TestCommandLine = CommandLine.TestCase
TestCommandLine.settings = _SETTINGS
