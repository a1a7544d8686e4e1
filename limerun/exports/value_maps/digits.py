"""Read the digits of texts as numbers, and write other numbers in their place. Pure.

All digits of a text form one number, whatever is between them. After a plus sign, the
first two digits are a country code and do not change.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.exports.text_folding import Bytes, Offsets
from limerun.exports.value_maps.texts import FlatTexts, flatten_texts, string_array

MOST_DIGITS = 18
_ZERO, _NINE, _PLUS = ord("0"), ord("9"), ord("+")
_LEAST_AFTER_CODE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitGroup:
    """The texts with the same number of digits."""

    digits: int
    rows: Offsets
    """The indices of the texts."""
    positions: npt.NDArray[np.int64]
    """The byte positions of the digits, one row for each text."""
    numbers: Offsets


class Digits:
    """The digits of some texts without null."""

    def __init__(self, texts: pa.StringArray) -> None:
        flat = flatten_texts(texts)
        self._data: Bytes = flat.data
        self._replaced: Bytes | None = None
        self._offsets = flat.offsets
        found = (flat.data >= _ZERO) & (flat.data <= _NINE)
        self._found = np.flatnonzero(found)
        before = _counted_before(found, self._found, flat.offsets)
        self._first = before[:-1]
        self.counts: Offsets = np.diff(before)
        self._skip_codes(flat)

    def _skip_codes(self, flat: FlatTexts) -> None:
        starts = flat.offsets[:-1]
        long_enough = np.flatnonzero(self.counts >= _LEAST_AFTER_CODE)
        coded = long_enough[flat.data[starts[long_enough]] == _PLUS]
        self._first[coded] += 2
        self.counts[coded] -= 2

    def groups(self) -> Iterator[DigitGroup]:
        """Yield the texts by their number of digits; too many digits are left out."""
        for count in np.flatnonzero(np.bincount(self.counts)).tolist():
            if 0 < count <= MOST_DIGITS:
                rows = np.flatnonzero(self.counts == count)
                if len(rows) * count == len(self._found):
                    positions = self._found.reshape(len(rows), count)
                else:
                    positions = self._found[
                        self._first[rows][:, None] + np.arange(count)
                    ]
                numbers = np.zeros(len(rows), np.int64)
                for at in range(count):
                    numbers *= 10
                    numbers += self._data[positions[:, at]] - _ZERO
                yield DigitGroup(
                    digits=count, rows=rows, positions=positions, numbers=numbers
                )

    def replace_numbers(self, group: DigitGroup, numbers: Offsets) -> None:
        """Replace the numbers of a group with others that have as many digits."""
        if self._replaced is None:
            self._replaced = self._data.copy()
        left: npt.NDArray[np.int64 | np.uint32] = numbers
        if len(numbers) and numbers.max() < 2**32:
            left = numbers.astype(np.uint32)  # divides several times as fast
        for at in range(group.digits - 1, -1, -1):
            left, digit = np.divmod(left, 10)
            self._replaced[group.positions[:, at]] = digit + _ZERO

    def texts(self) -> pa.StringArray:
        """Return the texts with the replaced numbers."""
        data = self._data if self._replaced is None else self._replaced
        return string_array(data, self._offsets)


def _counted_before(
    found: npt.NDArray[np.bool_], positions: Offsets, offsets: Offsets
) -> Offsets:
    """Return the number of digits before each text, and in total."""
    count = len(offsets) - 1
    width = len(found) // count if count else 0
    if width and len(found) == width * count and offsets[1] == width:
        rows = found.reshape(count, width)
        if (np.diff(offsets) == width).all() and (rows == rows[0]).all():
            return np.arange(count + 1) * int(rows[0].sum())
    return np.searchsorted(positions, offsets)
