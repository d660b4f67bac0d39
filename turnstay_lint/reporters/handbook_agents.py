"""The handbook's conventions as a section of AGENTS.md, for assistants that write code."""

from __future__ import annotations

import re

from turnstay_lint.engine.handbook.tailoring import Tailored

BEGIN = "<!-- turnstay-lint handbook: written by `turnstay-lint handbook --format agents` -->"
END = "<!-- /turnstay-lint handbook -->"
_SECTION = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END) + "\n?", re.DOTALL)


def handbook_agents(handbook: Tailored, existing: str = "") -> str:
    """Return the whole file: what it holds already, with this section renewed or added."""
    section = _section(handbook)
    if _SECTION.search(existing):
        return _SECTION.sub(lambda _: section, existing, count=1)
    above = existing.rstrip("\n") + "\n\n" if existing.strip() else ""
    return above + section


def _section(handbook: Tailored) -> str:
    lines = [
        BEGIN,
        "",
        "## The service handbook",
        "",
        "Code of this service follows these conventions. `turnstay-lint` holds it to those that",
        "have a code; `turnstay-lint rule CODE` shows a bad and a good example. After a change,",
        "run `turnstay-lint --fix`, and mend what it leaves.",
    ]
    for section in handbook.sections:
        lines += ["", f"### {section.title}", ""]
        for convention in section.conventions:
            codes = [code for code in convention.rules if code in handbook.on]
            lines.append(f"- {convention.says}" + (f" ({', '.join(codes)})" if codes else ""))
    return "\n".join([*lines, "", END]) + "\n"
