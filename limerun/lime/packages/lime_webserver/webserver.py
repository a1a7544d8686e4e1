"""The base class of endpoints."""

from typing import Any


class LimeResource:
    """An endpoint; the platform sets its application before a request."""

    application: Any = None
