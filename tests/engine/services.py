"""Small services on disk for the tests of the engine and of the front ends."""

from pathlib import Path
from textwrap import dedent

LAZY = """
from sqlalchemy.orm import relationship


class Account:
    company = relationship("Company")
"""
"""A file in which TSL306 finds one thing, on line 6, and can fix it."""

FIXED = LAZY.replace('("Company")', '("Company", lazy="selectin")')


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files by their paths from a folder, their text unindented; returns the folder."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    return folder
