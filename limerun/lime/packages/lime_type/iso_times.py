"""Times as ISO 8601 texts, alike under every Python."""

import re
from datetime import datetime, timezone

UTC = timezone.utc
"""As `datetime.UTC`, which Python 3.10 does not have."""


def parse_iso(text: str) -> datetime:
    """Return the time of an ISO 8601 text, also under Python 3.10.

    That version knows no "Z", no offset without a colon, and only 3 or 6 decimals.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        found = ISO_TIME.fullmatch(text)
        if found is None:
            raise
        start, decimals, zulu, hours, minutes = found.groups()
        offset = "+00:00" if zulu else f"{hours}:{minutes or '00'}" if hours else ""
        return datetime.fromisoformat(f"{start}.{decimals or '0':0<6.6}{offset}")


ISO_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d+))?"
    r"(?:([Zz])|([+-]\d\d):?(\d\d)?)?"
)
