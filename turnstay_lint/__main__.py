"""``python -m turnstay_lint`` is the same command as ``turnstay-lint``."""

import os
import sys

if __name__ == "__main__":
    # Python would look for modules in the working folder first, and a service may have a
    # ``click.py`` there: what is checked is never imported.
    if sys.path[0] in ("", os.getcwd()) and not sys.flags.safe_path:  # noqa: PTH109
        del sys.path[0]

    from turnstay_lint.frontends.cli import main

    main()
