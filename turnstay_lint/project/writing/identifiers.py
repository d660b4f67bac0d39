"""How a model's name is said in variables, functions and files."""

from __future__ import annotations

import re


def snake_case(name: str) -> str:
    """Return a class's name as variables are called: ``PaymentIntent`` as ``payment_intent``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return spaced.lower().strip("_")


def plural(word: str) -> str:
    """Return the plural of a name, by the rules that most English words keep to."""
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"
