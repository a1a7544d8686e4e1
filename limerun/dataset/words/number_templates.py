"""Format numbers with templates and check digits. Pure.

In a template, `#` stands for a digit and `@` for one of twenty letters.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from limerun.dataset.words.check_digits import (
    DIGITS_AT_ONCE,
    Cells,
    four_digits,
    iso7064,
    luhn,
    mod11,
)
from limerun.dataset.words.locales import Numbering
from limerun.dataset.words.randomness import Numbers

_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTVXZ", np.uint8)
_ZERO = ord("0")


def write(template: str, numbers: Numbers) -> pa.StringArray:
    """Format numbers with an ASCII template, from the last place; extra digits are lost."""
    pattern = np.frombuffer(template.encode("ascii"), np.uint8)
    cells = np.tile(pattern, (len(numbers), 1))
    left = numbers.astype(np.uint64)
    if len(left) and left.max() < 2**32:
        left = left.astype(np.uint32)  # divides faster
    for sign, places in _groups(template):
        if sign == "@":
            left, letter = np.divmod(left, 20)
            cells[:, places[0]] = _LETTERS[letter]
            continue
        left, chunk = np.divmod(left, 10 ** len(places))
        digits = four_digits()[chunk]
        for at, place in enumerate(places, 1):
            cells[:, place] = digits[:, DIGITS_AT_ONCE - at] + _ZERO
    return texts_of(cells)


def _groups(template: str) -> Iterator[tuple[str, list[int]]]:
    """Yield the places of letters and of groups of digits, from the last."""
    places: list[int] = []
    for at in range(len(template) - 1, -1, -1):
        if template[at] == "#":
            places.append(at)
        if places and (template[at] == "@" or len(places) == DIGITS_AT_ONCE):
            yield "#", places
            places = []
        if template[at] == "@":
            yield "@", [at]
    if places:
        yield "#", places


def texts_of(cells: Cells) -> pa.StringArray:
    """Return each row of a matrix of bytes as a text."""
    count, width = cells.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(cells))
    )


def zero_padded(numbers: Numbers, width: int) -> pa.StringArray:
    """Format numbers of at most `width` digits with leading zeros."""
    return write("#" * width, numbers)


def numbered(
    numbering: Numbering, numbers: Numbers, room: int | None = None
) -> pa.StringArray:
    """Format numbers in a locale's numbering, with check digits.

    Args:
        numbering: The template and check digit.
        numbers: Numbers from 0 to below the numbering's count.
        room: Maximum number of characters; None means unlimited.
    """
    bodies = numbers + numbering.first
    if numbering.check == "luhn":
        bodies = bodies * 10 + luhn(bodies)
    elif numbering.check == "mod11":
        bodies = _with_mod11(bodies, numbering.weights)
    elif numbering.check == "iso7064":
        bodies = bodies * 10 + iso7064(bodies, 8)
    return write(numbering.form(room), bodies)


def _with_mod11(bodies: Numbers, weights: Sequence[int]) -> Numbers:
    """Append a digit and a MOD 11 check digit.

    A check digit of ten cannot be written. Then the digit before it, which has the
    weight two, is increased by one; that never results in ten again.
    """
    longer = bodies * 10 + bodies % 10
    check = mod11(longer, weights)
    unwritable = check == 10
    longer = np.where(unwritable, longer - longer % 10 + (longer + 1) % 10, longer)
    # After 9 comes 0: that is nine steps of two back.
    moved = np.where(longer % 10 == 0, 18, -2)
    check = np.where(unwritable, (10 + moved) % 11, check)
    return longer * 10 + check
