"""Names of tables and columns as SQL takes them: bare where they can be, else in quotes.

The words are those that PostgreSQL reserves, and the few that SQLite does besides.
https://www.postgresql.org/docs/current/sql-keywords-appendix.html
"""

from __future__ import annotations

from turnstay_lint.source.patterns import regex

_BARE = regex(r"[a-z_][a-z0-9_]*")
_WORDS = """
add all alter analyse analyze and any array as asc asymmetric authorization between binary
both case cast check collate collation column commit concurrently constraint create cross
current_catalog current_date current_role current_schema current_time current_timestamp
current_user default deferrable delete desc distinct do drop else end escape except exists
false fetch for foreign freeze from full grant group having if ilike in index initially inner
insert intersect into is isnull join lateral leading left like limit localtime localtimestamp
natural not nothing notnull null offset on only or order outer overlaps placing primary
references returning right select session_user set similar some symmetric system_user table
tablesample then to trailing transaction true union unique update user using values variadic
verbose when where window with
"""
_RESERVED = frozenset(_WORDS.split())


def sql_name(name: str, schema: str = "") -> str:
    """Return a name, with its schema before it, as a statement takes it."""
    return ".".join(_quoted(part) for part in (schema, name) if part)


def _quoted(name: str) -> str:
    if _BARE.fullmatch(name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'
