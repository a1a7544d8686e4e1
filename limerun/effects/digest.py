"""The fingerprint of one property: its text form, and how many rows two differ in. Pure.

Standard library only, because `judge` reads fingerprints too.
"""

import base64
import math
from dataclasses import dataclass
from typing import Self

BUCKETS = 32
LEVELS = 9
SHARE_BITS = 2
"""Three quarters of the hashes are in level 0, three quarters of the others in level 1,
and so on, so that one level suits any number of rows up to 2 million."""
SKETCH_BYTES = BUCKETS * LEVELS
EMPTY_SKETCH = bytes(SKETCH_BYTES)
_FULL = 0.85
"""If more of a level's buckets differ, its estimate is inaccurate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Sums of hashes over the rows, which do not depend on the order of the rows."""

    existing: int = 0
    """Of id and value, over the rows that existed before the run: the sum after the run
    less the sum before it."""
    created: int = 0
    """Of key and value, over created rows; the key is made of the row's other values."""
    keys: int = 0
    """Of the keys alone, over created rows."""
    values: int = 0
    """Of the values alone, over created rows."""
    sketch: bytes = EMPTY_SKETCH
    """Sums like `existing` and `created`, of 8 bits of each hash, in many buckets."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form.

        Raises:
            ValueError: The text is no fingerprint.
        """
        *sums, sketch = text.split(".")
        existing, created, keys, values = (int(each or "0", 16) for each in sums)
        data = base64.b64decode(sketch) if sketch else EMPTY_SKETCH
        if len(data) != SKETCH_BYTES:
            raise ValueError(f"a sketch has {SKETCH_BYTES} bytes, not {len(data)}")
        return cls(
            existing=existing, created=created, keys=keys, values=values, sketch=data
        )

    def __str__(self) -> str:
        sums = (self.existing, self.created, self.keys, self.values)
        parts = [f"{each:016x}" if each else "" for each in sums]
        is_empty = self.sketch == EMPTY_SKETCH
        parts.append("" if is_empty else base64.b64encode(self.sketch).decode())
        return ".".join(parts)


def rows_differing(base: bytes, new: bytes) -> int:
    """Estimate the number of rows in which two sketches differ (linear counting).

    The levels from the first one on that is not full contain a known share of the
    hashes. A row that differs is in two buckets: with its old and with its new value.
    """
    counts = [
        sum(base[at] != new[at] for at in range(level * BUCKETS, (level + 1) * BUCKETS))
        for level in range(LEVELS)
    ]
    usable = [level for level, count in enumerate(counts) if count <= _FULL * BUCKETS]
    first = min(usable, default=LEVELS - 1)
    hashes = sum(
        BUCKETS * math.log(BUCKETS / max(BUCKETS - count, 1))
        for count in counts[first:]
    )
    return max(1, round(hashes * (1 << SHARE_BITS * first) / 2))
