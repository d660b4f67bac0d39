"""Projects that are written down file by file, and what is found in them."""

from textwrap import dedent

from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile


def service(files: dict[str, str], settings: Settings | None = None) -> Project:
    """A service of these files by path."""
    sources = (SourceFile.from_text(path, dedent(text)) for path, text in files.items())
    return Project(map(summarise, sources), settings or Settings(resolve_installed=False))


def found(project: Project, dotted: str, near: str = "app.main") -> str:
    symbol = project.find(dotted, near)
    return symbol.name if symbol is not None else ""
