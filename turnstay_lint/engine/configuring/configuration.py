"""What a service asks for: which rules, which files, how severe, how it names its things.

Everything is read from ``[tool.turnstay-lint]`` in the nearest ``pyproject.toml`` that has such a
table, so that each service of a repository can have its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from turnstay_lint.engine.configuring import tables
from turnstay_lint.engine.configuring.alembic_ini import file_template
from turnstay_lint.engine.configuring.misunderstanding import OUTPUT_FORMATS, ConfigurationError
from turnstay_lint.engine.configuring.selection import chosen, codes_of, mending
from turnstay_lint.findings import Severity
from turnstay_lint.project.settings import Settings
from turnstay_lint.rules.rule import Rule

__all__ = ["Configuration", "ConfigurationError", "configuration_for", "configuration_from"]

_TABLE = "turnstay-lint"


class Configuration(Struct, frozen=True):
    """What one service asks for. Patterns are relative to ``folder``.

    ``select`` empty stands for the rules that are on by default, ``exclude`` None for the folders
    that are left out by default.
    """

    settings: Settings = field(default_factory=Settings)
    folder: Path = Path()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    output_format: str = "full"
    fixable: tuple[str, ...] = ("ALL",)
    unfixable: tuple[str, ...] = ()
    extend_safe_fixes: tuple[str, ...] = ()
    extend_unsafe_fixes: tuple[str, ...] = ()

    def with_options(
        self,
        select: Iterable[str],
        ignore: Iterable[str],
        fixable: Iterable[str] = (),
        unfixable: Iterable[str] = (),
    ) -> Configuration:
        """Return what the command line makes of this.

        Its ``--select`` starts afresh, and so does its ``--fixable``.
        """
        made = replace(self, ignore=(*self.ignore, *ignore))
        if select:
            made = replace(made, select=tuple(select), extend_select=(), ignore=tuple(ignore))
        if fixable:
            return replace(made, fixable=tuple(fixable), unfixable=tuple(unfixable))
        return replace(made, unfixable=(*self.unfixable, *unfixable))

    def looking_back(self, since: str, fix_history: bool) -> Configuration:
        """Return this with what the command line says of history, where it says something."""
        named = {"since": since} if since else {}
        asked = {"fix_history": True} if fix_history else {}
        return replace(self, settings=replace(self.settings, **named, **asked))

    def named_by(self, template: str) -> Configuration:
        """Return this with the names of revisions that Alembic's own configuration gives."""
        if not template or self.settings.file_template:
            return self
        return replace(self, settings=replace(self.settings, file_template=template))

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that are on, with the severity and the fixes that were asked for.

        Raises ConfigurationError for a word that speaks of no rule.
        """
        on = chosen(self.select, self.extend_select, self.ignore, self.severity)
        classes = self.extend_safe_fixes, self.extend_unsafe_fixes
        return mending(on, self.fixable, self.unfixable, *classes)

    def rules_for(self, path: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Return those of ``rules`` that ``per-file-ignores`` leaves on for an absolute path."""
        off: set[str] = set()
        for pattern, words in self.per_file_ignores.items():
            if self.matches(path, (pattern,)):
                for word in words:
                    off |= codes_of(word, "per-file-ignores")
        return tuple(rule for rule in rules if rule.code not in off) if off else rules

    def matches(self, path: str, patterns: tuple[str, ...]) -> bool:
        """Tell whether an absolute path, or its last part, is meant by one of ``patterns``."""
        if not patterns:
            return False
        found = _compiled(patterns)
        below = path.removeprefix(f"{self.folder}/")
        return bool(found.match(below) or found.match(path.rpartition("/")[2]))


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    cleaned = (pattern.removeprefix("./").rstrip("/") for pattern in patterns)
    return re.compile("|".join(translate(pattern) for pattern in cleaned))


def configuration_for(path: Path) -> Configuration:
    """Return the configuration of an absolute path: the nearest table above it, else the defaults.

    Raises ConfigurationError for a table that cannot be meant.
    """
    folder = path if path.is_dir() else path.parent
    black: int | None = None
    template = ""
    for above in (folder, *folder.parents):
        tools = _tools(above / "pyproject.toml")
        black = black or _black_line_length(tools)
        template = template or file_template(above)
        if _TABLE in tools:
            made = _read(tools[_TABLE], above / "pyproject.toml", above, black)
            return made.named_by(template)
    settings = Settings(line_length=black) if black else Settings()
    return Configuration(settings=settings, folder=folder).named_by(template)


def configuration_from(file: Path, folder: Path) -> Configuration:
    """Return what ``--config`` names; its patterns are relative to ``folder``.

    A file that is no ``pyproject.toml`` may hold the keys without a table around them. Raises
    ConfigurationError when there is no such file, or nothing for this tool in it.
    """
    held = tables.document(file)
    tools = held.get("tool", {})
    if isinstance(tools, dict) and _TABLE in tools:
        return _read(tools[_TABLE], file, folder, _black_line_length(tools))
    if file.name == "pyproject.toml":
        raise ConfigurationError(f"{file}: there is no [tool.{_TABLE}]")
    return _read(held, file, folder, None)


def _tools(file: Path) -> dict[str, Any]:
    """Read what a pyproject.toml says of this tool and of black; parsed only if it names one."""
    try:
        text = file.read_bytes()
    except OSError:
        return {}
    if b"turnstay-lint" not in text and b"tool.black" not in text:
        return {}
    try:
        tools = tables.document(file).get("tool", {})
    except ConfigurationError:
        if b"turnstay-lint" in text:
            raise
        return {}
    return tools if isinstance(tools, dict) else {}


def _black_line_length(tools: Mapping[str, Any]) -> int | None:
    black = tools.get("black")
    length = black.get("line-length") if isinstance(black, dict) else None
    return length if type(length) is int and length > 0 else None


def _read(table: object, file: Path, folder: Path, black: int | None) -> Configuration:
    """Make a configuration of a table, every key of which must be known and well-typed."""
    where = f"{file}: [tool.{_TABLE}]"
    settings = asdict(Settings())
    special: dict[str, Any] = {"per_file_ignores": None, "severity": None, "output_format": None}
    names = Configuration.__struct_fields__
    own = {name: () for name in names if name not in ("settings", "folder")}
    given = tables.fields_of(table, {**settings, **own, **special}, where)
    if "per_file_ignores" in given:
        lists = tables.lists(given["per_file_ignores"], f"{where} per-file-ignores")
        given["per_file_ignores"] = lists
    if "severity" in given:
        given["severity"] = _severities(given["severity"], f"{where} severity")
    if "output_format" in given:
        tables.choice(given["output_format"], OUTPUT_FORMATS, f"{where} output-format")
    named = {name: given.pop(name) for name in settings if name in given}
    if black and "line_length" not in named:
        named["line_length"] = black
    made = Configuration(Settings(**named), folder, **given)  # type: ignore[arg-type]
    _hold_to_known_rules(made, where)
    return made


def _severities(value: object, where: str) -> dict[str, Severity]:
    words = tables.typed(value, {}, where)
    assert isinstance(words, dict)
    levels = [severity.value for severity in Severity]
    return {
        word: Severity(tables.choice(level, levels, f"{where} {word}"))
        for word, level in words.items()
    }


def _hold_to_known_rules(made: Configuration, where: str) -> None:
    try:
        made.rules()
        for words in made.per_file_ignores.values():
            for word in words:
                codes_of(word, "per-file-ignores")
    except ConfigurationError as error:
        raise ConfigurationError(f"{where} {error}") from None
