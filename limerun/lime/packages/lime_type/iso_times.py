"""Parse ISO 8601 times in the same way under every Python version."""

import re
from datetime import datetime, timezone

UTC = timezone.utc
"""The same as `datetime.UTC`, which Python 3.10 does not have."""


def parse_iso(text: str) -> datetime:
    """Parse an ISO 8601 time, also under Python 3.10.

    Python 3.10 does not accept "Z", an offset without a colon, or a number of decimals
    other than 3 and 6.
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
