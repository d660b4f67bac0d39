"""Relationships as models declare them, for the tests of TSL306."""

from tests.harness import Check

check = Check("TSL306", path="app/models.py")

HEAD = """
from sqlalchemy.orm import Mapped, backref, relationship

from app.core.database import Base

"""


def declared(line: str, head: str = HEAD) -> str:
    return f"{head}\nclass Company(Base):\n    {line}\n"
