"""``python -m turnstay_lint`` is the same command as ``turnstay-lint``."""

from turnstay_lint.frontends.cli import main

if __name__ == "__main__":
    main()
