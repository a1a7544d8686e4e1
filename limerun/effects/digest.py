"""The fingerprint of one property: its text form, and how many rows two differ in. Pure.

Standard library only, because `judge` reads fingerprints too.
"""

import base64
import math
from dataclasses import dataclass
from typing import Self

BUCKETS = 64
LEVELS = 3
SHARE_BITS = 4
"""A row is in level 0 with probability 15/16; the rest goes on to the next level."""
SKETCH_BYTES = BUCKETS * LEVELS
_EMPTY = bytes(SKETCH_BYTES)
_SATURATED = 0.85
"""Above this share of buckets that differ, the estimate of a level gets inaccurate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Sums of hashes over the rows, which do not depend on the order of the rows."""

    existing: int
    """Of id and value, over the rows that existed before the run: the sum after the run
    less the sum before it."""
    created: int
    """Of key and value, over created rows; the key are the row's other values."""
    keys: int
    """Of the keys alone, over created rows."""
    values: int
    """Of the values alone, over created rows."""
    sketch: bytes = _EMPTY
    """The change of the property by the run in 192 small sums: three levels with 64
    buckets of rows. Two sketches differ in about as many buckets as there are rows
    that differ."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form.

        Raises:
            ValueError: The text is no fingerprint.
        """
        *sums, sketch = text.split(".")
        existing, created, keys, values = (int(each or "0", 16) for each in sums)
        data = base64.b64decode(sketch) if sketch else _EMPTY
        if len(data) != SKETCH_BYTES:
            raise ValueError(f"a sketch has {SKETCH_BYTES} bytes, not {len(data)}")
        return cls(
            existing=existing, created=created, keys=keys, values=values, sketch=data
        )

    def __str__(self) -> str:
        sums = (self.existing, self.created, self.keys, self.values)
        parts = [f"{each:016x}" if each else "" for each in sums]
        sketch = self.sketch != _EMPTY
        parts.append(base64.b64encode(self.sketch).decode() if sketch else "")
        return ".".join(parts)

    def is_same(self, other: "Fingerprint") -> bool:
        """Return whether the property has the same values in the same rows."""
        mine = (self.existing, self.created, self.keys, self.values)
        return mine == (other.existing, other.created, other.keys, other.values)


def rows_differing(base: bytes, new: bytes) -> tuple[int, bool]:
    """Estimate the number of rows in which two sketches differ (linear counting).

    Returns:
        The estimate, and whether the true number may be much larger.
    """
    shares = [(1 - 1 / 16) / 16**level for level in range(LEVELS - 1)]
    shares.append(1 / 16 ** (LEVELS - 1))
    rows = 0.0
    for level, share in enumerate(shares):
        start = level * BUCKETS
        differing = sum(base[at] != new[at] for at in range(start, start + BUCKETS))
        full = differing > _SATURATED * BUCKETS
        rows = -BUCKETS * math.log(1 - min(differing, BUCKETS - 1) / BUCKETS) / share
        if not full:
            return round(rows), False
    return round(rows), True
