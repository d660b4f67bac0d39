"""How a router is included as its neighbours are: under what name, with which keywords."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import Struct

from turnstay_lint.findings import Elsewhere
from turnstay_lint.project.endpoints.registration import Sibling

_MATTERING = ("prefix", "dependencies")
"""Keywords that change where a router answers and to whom, so that none may be guessed."""


class NoPlace(Exception):
    """Nothing shows how the router is to be included; the message is for the user."""


class IncludeRouter(Struct, frozen=True):
    """Include a router behind the call that includes ``after``, in ``function`` or the module.

    ``imported`` is what is imported from ``package``, as ``alias``; with an ``attribute`` the
    router is that of what is imported. ``keywords`` are code.
    """

    parent: str
    function: str
    after: str
    package: str
    imported: str
    alias: str
    attribute: str
    keywords: tuple[str, ...]


def included_beside(module: str, variable: str, siblings: Sequence[Sibling]) -> Elsewhere:
    """Return the part of a change set that includes a router as its neighbours are.

    Raises NoPlace where there are none, or where they differ in what matters.
    """
    if not siblings:
        raise NoPlace("no router of its folder is included anywhere: say where it belongs")
    last = siblings[-1]
    path, function, parent = last.place
    package, _, stem = module.rpartition(".")
    keywords = _keywords(stem, siblings)
    given = last.call.args[0]
    if isinstance(given, ast.Attribute):
        plan = IncludeRouter(parent, function, last.child, package, stem, "", variable, keywords)
    else:
        local = given.id if isinstance(given, ast.Name) else ""
        alias = local.replace(last.stem, stem) if last.stem in local else f"{stem}_router"
        plan = IncludeRouter(parent, function, last.child, module, variable, alias, "", keywords)
    return Elsewhere(path, plan, f"{module}.{variable}")


def _keywords(stem: str, siblings: Sequence[Sibling]) -> tuple[str, ...]:
    said = [_templates(sibling) for sibling in siblings]
    found = []
    for name in dict.fromkeys(name for templates in said for name in templates):
        first, *others = (templates.get(name, []) for templates in said)
        shared = [t for t in first if all(t in templates for templates in others)]
        if shared:
            found.append(f"{name}={_filled(shared[0], stem)}")
        elif name in _MATTERING or name == "**":
            raise NoPlace(f"its neighbours are included with {name}= of their own: choose one")
    return tuple(found)


def _templates(sibling: Sibling) -> dict[str, list[str]]:
    """Return what a call's keywords may mean for another module, the neighbour's name left open.

    ``["refunds"]`` may have the name as it is or as it is spoken, or always be just that.
    """
    source, found = sibling.source, {}
    for keyword in sibling.call.keywords:
        start, end = source.lines.offsets(source.span(keyword.value))
        code = " ".join(source.text[start:end].split())
        opened = (
            code.replace(f"{before}{form}{quote}", f"{before}\0{number}{quote}")
            for number, form in enumerate(_forms(sibling.stem))
            for quote in "\"'"
            for before in (quote, f"{quote}/")
        )
        found[keyword.arg or "**"] = [*(template for template in opened if "\0" in template), code]
    return found


def _filled(template: str, stem: str) -> str:
    for number, form in enumerate(_forms(stem)):
        template = template.replace(f"\0{number}", form)
    return template


def _forms(stem: str) -> tuple[str, ...]:
    words = stem.split("_")
    spoken = " ".join(words)
    return stem, spoken, "-".join(words), spoken.title(), spoken.capitalize()
