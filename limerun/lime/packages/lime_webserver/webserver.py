"""What endpoints of packages are derived from."""

from typing import Any


class LimeResource:
    """An endpoint; the platform sets its application before a request."""

    application: Any = None
