"""### What it does

Finds validators that are no class methods: a `@field_validator`, or a `@model_validator` that runs
before or around, without `@classmethod` below it, or with it above.

### Why

Such a validator gets the class and no object. With `@classmethod` above, Pydantic never sees it,
and nothing is validated; without it, type checkers take `cls` for an object (handbook 4, Request
Schema Pattern: `@field_validator(...)`, then `@classmethod`).

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field, field_validator


class BaseRequest(BaseModel):
    pass


class GuestCreateRequest(BaseRequest):
    phone_number: str = Field("")

    @field_validator("phone_number", mode="after")
    def validate_phone_number(cls, value):
        if value and not value.startswith("+"):
            raise ValueError("Phone number must start with international code")
        return value
```

### Good

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field, field_validator


class BaseRequest(BaseModel):
    pass


class GuestCreateRequest(BaseRequest):
    phone_number: str = Field("")

    @field_validator("phone_number", mode="after")
    @classmethod
    def validate_phone_number(cls, value):
        if value and not value.startswith("+"):
            raise ValueError("Phone number must start with international code")
        return value
```

### Fix safety

Safe: Pydantic makes a class method of it by itself where the first parameter is called `cls`. In
the wrong order the validator begins to run, as it was meant to. There is no fix where the first
parameter is called otherwise.

### Options

None.

### Known limits

`@model_validator(mode="after")` runs on the object, and a static method is one on purpose: both are
left alone, and so is a mode that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.project.constants import constant_of
from turnstay_lint.project.schemas.validators import Validator, validators
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.modern_validator import class_method_below
from turnstay_lint.rules.schemas.rewrite import Rewrite


def find_validators_without_classmethod(look: Look) -> Iterator[Finding]:
    """Yield the validators that get the class and are no class methods."""
    for validator in validators(look.project, look.source):
        if not _gets_the_class(look, validator):
            continue
        others = {name: place for place, name in validator.others()}
        own = validator.function.decorator_list.index(validator.decorator)
        above = others.get("classmethod")
        if "staticmethod" in others or (above is not None and above > own):
            continue
        said = "stands below @classmethod, so that it never runs"
        fix, reason = _added(look, validator) if above is None else _swapped(look, validator, above)
        yield look.finding(
            validator.decorator,
            f"@{validator.kind} " + ("has no @classmethod below it" if above is None else said),
            scope=validator.scope,
            help="Put @classmethod below it (handbook 4, Request Schema Pattern)",
            fix=fix,
            unfixable=reason,
        )


def _gets_the_class(look: Look, validator: Validator) -> bool:
    if validator.kind == "field_validator":
        return True
    mode = validator.keywords.get("mode")
    if validator.kind != "model_validator" or mode is None:
        return False
    outer = validator.scope.parent or validator.scope
    return constant_of(mode, outer, look.project) in ("before", "wrap")


def _added(look: Look, validator: Validator) -> tuple[Fix | None, str]:
    arguments = validator.function.args
    first = next(iter([*arguments.posonlyargs, *arguments.args]), None)
    if first is None or first.arg not in ("cls", "_cls", "klass"):
        return None, "its first parameter is not called cls, so that it may take no class"
    part = class_method_below(look.source, validator.decorator)
    return safe("Add @classmethod", Rewrite((part,))), ""


def _swapped(look: Look, validator: Validator, above: int) -> tuple[Fix | None, str]:
    class_method = validator.function.decorator_list[above]
    spans = [look.source.span(node) for node in (class_method, validator.decorator)]
    texts = [look.source.text[slice(*look.source.lines.offsets(span))] for span in spans]
    if any("#" in text for text in texts):
        return None, "a comment stands within the decorator"
    parts = (Replacement(spans[0], texts[1]), Replacement(spans[1], texts[0]))
    return safe("Put @classmethod below it", Rewrite(parts)), ""


RULE = Rule(
    code="TSL409",
    name="validator-without-classmethod",
    severity=Severity.WARNING,
    check=find_validators_without_classmethod,
    triggers=("field_validator", "model_validator"),
    uses_project=True,
)
