"""What runs inside a service's own process: it seeds, calls, and looks at the rows afterwards."""
