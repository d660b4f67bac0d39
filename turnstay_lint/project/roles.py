"""Names of roles whose holders look after every tenant.

The administrator of one tenant is none of them, for ``names_role`` and ``tells_role``, which are
certain. ``may_...`` are asked where a rule is silent in doubt, and take any word for it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from turnstay_lint.project.settings import Settings
from turnstay_lint.source.patterns import regex

_MOST_TESTS = 4096
_ROLE = regex(r"(^|_)(super_?|sys|global_)?(admin|administrator|superuser|super_user)$")
_ASKED = regex(
    r"^((is|has)_(\w+_)?(super_?admin|sysadmin|admin|administrator|superuser|super_user|staff)"
    r"|(is|has)_(global|platform|system)_\w*(access|permission|right|role)s?|superuser)$"
)
_CONSTANT = regex(r"^(SUPER_?|GLOBAL_|SYS_?)?(ADMIN|ADMINISTRATOR|SUPERUSER|SUPER_USER)$")
_OF_ONE_TENANT = regex(r"company|tenant|organi[sz]ation|org_|project|team|workspace|group")
_HOLDERS = r"admin|super_?user|internal|operator"
_MAY_ASK = regex(
    rf"{_HOLDERS}|staff|\brole|_role|permission|privileg|\bsystem|is_owner"
    r"|all_(tenants|companies|organi[sz]ations|projects)|god_mode|root",
    re.IGNORECASE,
)
_MAY_SPEAK = regex(
    rf"{_HOLDERS}|\bstaff|_staff|system|service_?(account|key|token)|signature",
    re.IGNORECASE,
)
_ADMIN = regex(r"(^|[_\W])(full|global|instance|platform|super|sys|system)[_\W]?admin")
_WORDS = regex(r"(?<=[a-z0-9])(?=[A-Z])")


def names_role(name: str, settings: Settings) -> bool:
    """Tell whether a function is called after such a role: ``require_admin``, ``GlobalAdmin``."""
    plain = _role_in(name)
    return bool(plain) and not _is_of_one_tenant(plain, settings)


def tells_role(name: str, settings: Settings) -> bool:
    """Tell whether a name asks for such a role: ``is_admin``, ``ADMIN``.

    ``account.admin`` does not: that may be a person.
    """
    return _asks_for_role(name) and not _is_of_one_tenant(name.lower(), settings)


def demands_admin(permission: str, settings: Settings) -> bool:
    """Tell whether a permission is for those above all tenants: ``FULL_ADMIN_PANEL_ACCESS``.

    ``"User Admin"`` is not: a tenant has administrators of its own.
    """
    plain = _WORDS.sub("_", permission).lower()
    return _ADMIN.search(plain) is not None and not _is_of_one_tenant(plain, settings)


@lru_cache(maxsize=_MOST_TESTS)
def may_ask_for_role(test: str) -> bool:
    """Tell whether the code of a test may ask who is allowed to see more than the others."""
    return _MAY_ASK.search(test) is not None


def may_speak_for_any_tenant(name: str) -> bool:
    """Tell whether a dependency, or what it is given, may let only those pass who may do so."""
    return _MAY_SPEAK.search(name) is not None


def may_be_tenant(model: str) -> bool:
    """Tell whether a model is called as what other services have for a tenant."""
    plain = _WORDS.sub("_", model.rpartition(".")[2]).lower()
    return _OF_ONE_TENANT.search(f"{plain}_") is not None


@lru_cache(maxsize=4096)
def _role_in(name: str) -> str:
    """Return a name with its words apart where it ends with such a role, else an empty one."""
    plain = _WORDS.sub("_", name).lower()
    return plain if _ROLE.search(plain) is not None else ""


@lru_cache(maxsize=4096)
def _asks_for_role(name: str) -> bool:
    return _ASKED.match(name) is not None or _CONSTANT.match(name) is not None


def _is_of_one_tenant(plain: str, settings: Settings) -> bool:
    tenant = _WORDS.sub("_", settings.tenant_model.rpartition(".")[2]).lower()
    return tenant in plain or _OF_ONE_TENANT.search(plain) is not None
