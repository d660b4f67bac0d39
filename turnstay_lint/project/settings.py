"""How a service names the things that the handbook speaks of, and how strict it wants to be.

Every name has the handbook's as its default. The engine reads these from
``[tool.turnstay-lint]``: the field ``tenant_column`` is the key ``tenant-column`` there.
"""

from __future__ import annotations

from msgspec import Struct, field


class Settings(Struct, frozen=True):
    """The names and options that rules consult; the engine's own settings are not here."""

    app: str = "app"
    """The service's root package (handbook 10)."""
    tenant_model: str = "Company"
    """The ORM class that a tenant is a row of (handbook 3)."""
    tenant_column: str = "company_id"
    """The column that says whose a row is (handbook 3)."""
    access_class: str = "CompanyAccess"
    """The tenant-scoped data access class (handbook 3)."""
    access_dependency: str = "get_company_access"
    """The dependency that gives the access class (handbook 5)."""
    session_dependency: str = "get_session"
    """The dependency that gives the database session (handbook 5)."""
    company_dependency: str = "get_company"
    """The dependency that gives the tenant (handbook 5)."""
    user_dependency: str = "get_user"
    """The dependency that gives the user (handbook 5)."""
    guards: tuple[str, ...] = ("get_token", "check_permissions*")
    """Dependencies that turn callers away (handbook 2), as patterns, besides those of the company
    and the access object, and what is seen to raise 401 or 403."""
    admin_guards: tuple[str, ...] = ("check_permissions_admin",)
    """Dependencies that let only administrators of the whole service pass (handbook 2)."""
    admin_paths: tuple[str, ...] = ("/admin",)
    """Path prefixes, below the API's own, of endpoints that see every tenant (handbook 2)."""
    public_paths: tuple[str, ...] = ("/public", "/webhooks", "/health")
    """Path prefixes of endpoints that no tenant calls (handbook 1)."""
    endpoint_folders: tuple[str, ...] = ("api/endpoints",)
    """Folders that endpoints belong in (handbook, New Endpoint Checklist)."""
    middleware_order: tuple[str, ...] = (
        "Exception*",
        "Logging*",
        "DatabaseSession*",
        "Authentication*",
        "Session*",
        "CORS*",
    )
    """Names of middleware in the order in which they are added (handbook 8), as patterns."""
    global_models: tuple[str, ...] = ()
    """ORM classes that belong to no tenant although they look so."""
    scope_via: dict[str, str] = field(default_factory=dict)
    """For an ORM class the foreign key by which its tenant is reached (``Refund = payment_id``)."""
    models_modules: tuple[str, ...] = ("models", "model", "orm")
    """Names of the modules and packages that hold the ORM classes (handbook 3)."""
    allowed_lazy: tuple[str, ...] = ()
    """Further values of ``lazy=`` that are accepted."""
    strict_lazy: bool = False
    """Accept ``lazy="selectin"`` alone, as the handbook's checklist has it."""
    return_annotation_is_response_model: bool = False
    """Let a return annotation stand for ``response_model=``."""
    side_effect_imports: tuple[str, ...] = ()
    """Modules imported for what their import does: never moved."""
    known_first_party: tuple[str, ...] = ()
    """Root packages that are the service's own besides those found in its tree."""
    known_third_party: tuple[str, ...] = ()
    """Root packages that are not the service's own though a folder has their name."""
    force_sort_within_sections: bool = False
    """Interleave ``import x`` and ``from x`` by module name, as isort's setting of that name."""
    line_length: int = 88
    """Width of a line, as black counts it; read from ``[tool.black]`` where that says it."""
    file_template: str = ""
    """How Alembic names the files of new revisions; read from `alembic.ini` where that says it."""
    start_after: str = ""
    """The revision up to which migrations are history and left alone (handbook 9)."""
    since: str = ""
    """A git revision: migrations whose files it has are history and left alone; also --since."""
    main_branch: str = ""
    """The git branch whose migrations are not fixed; empty for origin's, or main, or master."""
    fix_history: bool = False
    """Fix migrations as well that the main branch has; also --fix-history."""
    strict_file_names: bool = False
    """Hold endpoint files to the plural and utilities to `_utils.py`, which the handbook itself
    does not everywhere."""
    plurals: dict[str, str] = field(default_factory=dict)
    """Plurals of words that are not told right, by their singular (``canvas = "canvases"``); a word
    that has one form is its own."""
    resolve_installed: bool = True
    """Look into installed packages where a name of theirs matters, with astroid if it is there."""
