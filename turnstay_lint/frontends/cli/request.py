"""What was asked on the command line."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from turnstay_lint.engine.keeping.replaying import Call
from turnstay_lint.engine.passes.remembered import Caching


class Request(Struct, frozen=True, kw_only=True, dict=True):
    """The options of a check; ``paths`` are absolute, ``stdin`` is what ``-`` stands for."""

    paths: tuple[Path, ...]
    stdin: Path | None = None
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    interactive: bool = False
    fix_only: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fixable: tuple[str, ...] = ()
    unfixable: tuple[str, ...] = ()
    since: str = ""
    fix_history: bool = False
    output_format: str | None = None
    statistics: bool = False
    show_fixes: bool = False
    config: Path | None = None
    isolated: bool = False
    cache_dir: Path | None = None
    no_cache: bool = False
    force_exclude: bool = False
    jobs: int | None = None
    exit_zero: bool = False
    exit_non_zero_on_fix: bool = False
    verbose: bool = False
    quiet: bool = False
    profile: bool = False

    @property
    def fixes(self) -> bool:
        """Tell whether files are to be changed, or the difference shown."""
        return self.fix or self.fix_only or self.diff

    def caching(self, call: Call | None) -> Caching | None:
        """Return where things are kept between runs, None where nothing is to be.

        To see whether a ``call`` can be answered again, files were stamped; fixes change them.
        """
        if self.no_cache:
            return None
        plans = self.fixes or self.show_fixes
        if call is None or self.fixes:
            return Caching(self.cache_dir, plans=plans)
        return Caching(self.cache_dir, plans=plans, stamps=call.stamps, begun=call.begun)
