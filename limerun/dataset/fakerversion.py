"""Which words there are, told by Faker's version: read from its file, not imported."""

import importlib.util
import re
from pathlib import Path


def faker_version() -> str:
    """Return Faker's version; its words change with it."""
    spec = importlib.util.find_spec("faker")
    if spec is None or spec.origin is None:
        return "none"
    text = Path(spec.origin).read_text(encoding="utf-8")
    found = re.search(r"""VERSION\s*=\s*["']([^"']+)""", text)
    return found[1] if found else "unknown"
