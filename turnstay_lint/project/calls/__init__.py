"""Who calls a function, and with what: the way from an endpoint to a query."""
