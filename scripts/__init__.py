"""What the project's own people run: stubs, pages, measurements."""
