"""Names of roles whose holders look after every tenant."""

from __future__ import annotations

import re

from turnstay_lint.project.settings import Settings

_ROLE = re.compile(r"(^|_)(super_?|sys|global_?)?(admin|administrator|superuser|super_user|staff)$")
_OF_ONE_TENANT = re.compile(r"company|tenant|organi[sz]ation|org_|project|team|workspace|group")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def names_role(name: str, settings: Settings) -> bool:
    """Tell whether a name is of such a role: ``is_admin``, ``ADMIN``, ``GlobalAdmin``."""
    plain = _WORDS.sub("_", name).lower()
    tenant = _WORDS.sub("_", settings.tenant_model.rpartition(".")[2]).lower()
    if tenant in plain or _OF_ONE_TENANT.search(plain):
        return False
    return _ROLE.search(plain) is not None
