"""Which Pydantic a service runs, told by what only one of them has."""

from __future__ import annotations

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.values import Call, Literal, Name, Value

_FIRST_ONLY = (
    "pydantic.BaseSettings", "pydantic.PyObject", "pydantic.env_settings", "pydantic.generics",
    "pydantic.fields.ModelField",
)  # fmt: skip
_ROOT = "pydantic.root_validator"


@project_fact
def runs_first_pydantic(project: Project) -> bool:
    """Tell whether a service cannot run under Pydantic 2: it has what that refuses to import."""
    for module in project.modules.values():
        if any(target.startswith(_FIRST_ONLY) for target in module.imports.values()):
            return True
        if _ROOT in module.imports.values() or "pydantic" in module.imports.values():
            for function in module.functions.values():
                if any(map(_is_refused, function.decorators)):
                    return True
    return False


def _is_refused(decorator: Value) -> bool:
    """A root validator that runs after errors is an error itself in Pydantic 2."""
    match decorator:
        case Name(name=name):
            return name == _ROOT
        case Call(name=name):
            told = (decorator.keyword("pre"), decorator.keyword("skip_on_failure"))
            return name == _ROOT and not any(said in (Literal(True),) for said in told)
    return False
