"""Who may call a route: guards, dependencies, permissions, and what turns strangers away."""
