"""Return annotations whose names stand for something else, or for nothing that was read."""

import pytest

from tests.harness import Check

SCHEMAS = """
    from typing import Annotated, Union

    from pydantic import BaseModel, Field


    class FolderResponse(BaseModel):
        type: str


    class FileResponse(BaseModel):
        type: str


    Plain = FolderResponse | FileResponse
    Item = Annotated[FolderResponse | FileResponse, Field(discriminator="type")]
    Older = Annotated[Union[FolderResponse, FileResponse], Field(discriminator="type")]
    Number = Annotated[int | None, Field(gt=1)]
    """
check = Check(
    "TSL101",
    path="app/api/endpoints/folders.py",
    others={"app/schemas/responses.py": SCHEMAS},
)
SOURCE = """
from fastapi import APIRouter

from app.schemas.responses import {name}

router = APIRouter()


@«router.get("/folder")»
async def get_folder() -> {said}:
    return find()
"""


@pytest.mark.parametrize("name", ["Plain", "Item", "Older"])
@pytest.mark.parametrize("shape", ["{}", "list[{}]", "{} | None"])
def test_a_union_of_schemas_that_has_a_name(name: str, shape: str) -> None:
    said = shape.format(name)
    source = SOURCE.format(name=name, said=said)
    after = source.replace(
        '«router.get("/folder")»', f'router.get("/folder", response_model={said})'
    )
    check.flags(source, after=after)


def test_a_name_for_what_is_no_schema() -> None:
    source = SOURCE.format(name="Number", said="Number")
    check.flags(source, after=None, reason="is no schema")


@pytest.mark.parametrize("module", ["app.schemas.unread", "kubernetes.client"])
def test_a_class_of_a_module_that_was_not_read_may_be_a_schema(module: str) -> None:
    source = SOURCE.format(name="Item", said="Item").replace("app.schemas.responses", module)
    check.flags(source, after=None, reason=f"Item lies in {module}, of which nothing is known")


def test_a_class_that_is_known_to_be_no_schema() -> None:
    source = SOURCE.format(name="Item", said="Path").replace(
        "from app.schemas.responses import Item", "from pathlib import Path"
    )
    check.flags(source, after=None, reason="its return annotation Path is no schema")


@pytest.mark.parametrize("path", ["app/tests/test_folders.py", "tests/conftest.py"])
def test_a_route_of_a_test(path: str) -> None:
    source = SOURCE.format(name="Item", said="Item").replace("«", "").replace("»", "")
    check.with_(path=path).clean(source)
