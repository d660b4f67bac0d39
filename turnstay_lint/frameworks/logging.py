"""Loggers of a file, and calls that note an exception where its people look."""

from __future__ import annotations

import ast

from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, Scope

_MAKERS = frozenset(
    {
        "logging.getLogger", "structlog.get_logger", "structlog.getLogger",
        "structlog.stdlib.get_logger", "loguru.logger.bind",
    }
)  # fmt: skip
_USUAL = ("logger", "log", "LOGGER", "_logger", "LOG")
_NOTING = frozenset(
    {
        "capture_exception", "critical", "debug", "error", "exception", "fatal", "info", "log",
        "notify", "print_exc", "record_exception", "report_exception", "warn", "warning",
    }
)  # fmt: skip
LOGURU = "loguru.logger"


def logger_of(module: Scope) -> str:
    """Return the name of the logger that a module has, empty where it has none."""
    for name, bindings in module.bindings.items():
        for binding in bindings:
            if binding.kind is Binds.IMPORT and binding.target == LOGURU:
                return name
            value = binding.value
            if isinstance(value, ast.Call) and resolve(value.func, module) in _MAKERS:
                return name
    return next((name for name in _USUAL if name in module.bindings), "")


def notes_something(call: ast.Call) -> bool:
    """Tell whether a call is called as those that log, or report to those who watch."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if isinstance(call.func, ast.Name):
        name = call.func.id
    return name in _NOTING


def notes_exception_itself(call: ast.Call) -> bool:
    """Tell whether a call notes the exception being handled without being given it."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if isinstance(call.func, ast.Name):
        name = call.func.id
    said = next((k.value for k in call.keywords if k.arg == "exc_info"), None)
    asked = said is not None and not (isinstance(said, ast.Constant) and not said.value)
    return asked or name in ("exception", "print_exc", "capture_exception")
