"""Routers and routes: where they are mounted, what they take, and what they answer."""
