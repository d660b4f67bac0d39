"""Which ORM classes endpoints answer with though they have no response model.

FastAPI then serialises whatever such an object holds: a relationship that is loaded from now on is
answered too, and two sides that are loaded both go round in a circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnstay_lint.project.endpoints.routes import routes
from turnstay_lint.project.meanings import meant
from turnstay_lint.project.models.access import returned_model
from turnstay_lint.project.models.models import orm_class
from turnstay_lint.project.models.relationship_loading import relations
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import FunctionSummary, ModuleSummary

_ANYTHING = frozenset({"?", "typing.Any", "builtins.object", "builtins.dict", "builtins.list"})


@project_fact
def bare_answers(project: Project) -> Mapping[str, str]:
    """Return a route for each ORM class that one may serialise as it is, by the class's name.

    What is loaded along with such an object is serialised with it.
    """
    found: dict[str, str] = {}
    known = routes(project)
    for module in project.modules.values():
        if is_apart(module.path):
            continue
        for function in module.functions.values():
            if function.answers and function.returns.name in _ANYTHING:
                name = f"{module.name}.{function.name}"
                label = known[name][0].label if name in known else function.name
                for model in _models(project, module, function):
                    found.setdefault(model, label)
    for model, label in tuple(found.items()):
        for further in relations(project).reach(model):
            found.setdefault(further, label)
    return found


def _models(project: Project, module: ModuleSummary, function: FunctionSummary) -> Iterator[str]:
    for answer in sorted(function.answers):
        model = orm_class(project, answer, module.name) if not answer.startswith("<") else None
        if model is not None:
            yield model.name
        for name in meant(project, module, function, answer):
            symbol = project.find(name, module.name)
            if symbol is not None and isinstance(symbol.definition, FunctionSummary):
                returned = returned_model(project, symbol.definition.returns, symbol.module.name)
                if returned is not None:
                    yield returned[0]
