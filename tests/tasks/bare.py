"""A task that imports almost nothing."""

import sys


def names_the_modules() -> list[str]:
    return sorted(name for name in sys.modules if name != __name__)
