"""The handbook's conventions, and how a service of its own names reads them."""
