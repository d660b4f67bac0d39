"""One output format, one file: each has ``report(view)``, which yields the lines to print."""
