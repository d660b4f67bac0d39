"""Services that the fixes of TSL101 and TSL102 touch start, and answer what they should."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from turnstay_lint.engine.configuring.registry import rule_named
from turnstay_lint.engine.mending.fixing import fix, wants
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile

FILES = {
    "app/__init__.py": "",
    "app/models.py": """
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)


        class Account(Base):
            __tablename__ = "accounts"

            name: Mapped[str]
            secret: Mapped[str]
    """,
    "app/responses.py": """
        from pydantic import BaseModel


        class AccountResponse(BaseModel):
            model_config = {"from_attributes": True}

            id: int
            name: str
    """,
    "app/endpoints.py": """
        from __future__ import annotations

        from typing import Any, Optional

        from fastapi import APIRouter, HTTPException, Response, status
        from fastapi.responses import JSONResponse, PlainTextResponse

        from app.models import Account

        router = APIRouter()


        def _load(id: int) -> Account:
            return Account(id=id, name="Sea view", secret="hidden")


        def _find(id: int) -> Optional["Account"]:
            return _load(id) if id else None


        @router.get("/one")
        async def one(id: int = 1):
            account = _load(id)
            return account


        @router.get("/many")
        async def many():
            return [_load(id) for id in (1, 2)]


        @router.get("/perhaps")
        async def perhaps(id: int = 0):
            return _find(id)


        @router.get("/checked")
        async def checked(id: int = 1):
            account = _find(id)
            if account is None:
                raise HTTPException(status_code=404)
            return account


        @router.get("/listed", response_model=list[Account])
        async def listed():
            return [_load(1)]


        @router.get("/either")
        async def either(plain: bool = True) -> Response | dict:
            return PlainTextResponse("plain") if plain else {"plain": False}


        @router.get("/mixed")
        async def mixed(id: int = 0):
            if not id:
                return JSONResponse({"detail": "no"}, status_code=418)
            return _load(id)


        @router.delete("/gone", status_code=status.HTTP_204_NO_CONTENT)
        async def gone() -> None:
            return None
    """,
    "app/main.py": """
        from fastapi import FastAPI

        from app.endpoints import router

        app = FastAPI()
        app.include_router(router)
    """,
}
ASK = """
import json
from fastapi.testclient import TestClient
from app.main import app

client = TestClient(app)
paths = [p for p in app.openapi()["paths"] if p != "/gone"]
answers = {path: client.get(path) for path in paths}
print(json.dumps({p: a.json() if "json" in a.headers["content-type"] else a.text
                  for p, a in answers.items()}))
"""


def fixed() -> dict[str, str]:
    sources = {p: SourceFile.from_text(p, dedent(text)) for p, text in FILES.items()}
    rules = [rule for rule in map(rule_named, ("TSL101", "TSL102")) if rule is not None]
    texts = {}
    for path, source in sources.items():
        project = Project.of(sources.values())
        result = fix(source, project, Settings(), rules, wants(False))
        assert not result.problem
        texts[path] = result.text
    return texts


def answers(folder: Path, texts: dict[str, str]) -> dict[str, object]:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(dedent(text), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    return said


@pytest.mark.slow
def test_a_service_that_could_not_start_starts_and_answers(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="FastAPIError"):
        answers(tmp_path / "before", FILES)
    account = {"id": 1, "name": "Sea view"}
    assert answers(tmp_path / "after", fixed()) == {
        "/one": account,
        "/many": [account, {"id": 2, "name": "Sea view"}],
        "/perhaps": None,
        "/checked": account,
        "/listed": [account],
        "/either": "plain",
        "/mixed": {"detail": "no"},
    }
