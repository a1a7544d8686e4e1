"""Write numbers into templates, with their check digits. Pure.

In a template `#` is a digit and `@` one of twenty letters, the last place first.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.locales import Numbering
from limerun.dataset.randomness import Numbers

_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTVXZ", np.uint8)
_ZERO = ord("0")


def write(template: str, numbers: Numbers) -> pa.StringArray:
    """Return each number in the template, which is ASCII; what is too much is cut."""
    pattern = np.frombuffer(template.encode("ascii"), np.uint8)
    cells = np.tile(pattern, (len(numbers), 1))
    left = numbers.astype(np.uint64)
    if len(left) and left.max() < 2**32:
        left = left.astype(np.uint32)  # divides faster
    for at in range(len(template) - 1, -1, -1):
        if template[at] == "#":
            left, digit = np.divmod(left, 10)
            cells[:, at] = digit + _ZERO
        elif template[at] == "@":
            left, letter = np.divmod(left, 20)
            cells[:, at] = _LETTERS[letter]
    return texts_of(cells)


def texts_of(cells: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> pa.StringArray:
    """Return a row of bytes as a text, for each row."""
    count, width = cells.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(cells))
    )


def zero_padded(numbers: Numbers, width: int) -> pa.StringArray:
    """Return numbers of at most `width` digits, with zeros before them."""
    return write("#" * width, numbers)


def numbered(numbering: Numbering, numbers: Numbers) -> pa.StringArray:
    """Return numbers from 0 on as the locale writes them, with check digits."""
    bodies = numbers + numbering.first
    if numbering.check == "luhn":
        bodies = bodies * 10 + _luhn(bodies)
    elif numbering.check == "mod11":
        bodies = _mod11(bodies, numbering.weights)
    elif numbering.check == "iso7064":
        bodies = bodies * 10 + _iso7064(bodies)
    return write(numbering.template, bodies)


def _luhn(bodies: Numbers) -> Numbers:
    total, left, factor = np.zeros_like(bodies), bodies, 2
    while left.any():
        left, digit = np.divmod(left, 10)
        product = digit * factor
        total += product // 10 + product % 10
        factor = 3 - factor
    return -total % 10


def _mod11(bodies: Numbers, weights: Sequence[int]) -> Numbers:
    """Return bodies with one more digit, and the check digit after that.

    A check digit of ten cannot be written. The digit before it weighs two, so that
    the next one up never gives ten again.
    """
    longer = bodies * 10 + bodies % 10
    check = _eleven(longer, weights)
    longer = np.where(check == 10, longer - longer % 10 + (longer + 1) % 10, longer)
    return longer * 10 + _eleven(longer, weights)


def _eleven(bodies: Numbers, weights: Sequence[int]) -> Numbers:
    total, left = np.zeros_like(bodies), bodies
    for weight in reversed(weights):
        left, digit = np.divmod(left, 10)
        total += digit * weight
    return -total % 11


def _iso7064(bodies: Numbers) -> Numbers:
    """Return the check digit of ISO 7064, MOD 11,10, over eight digits."""
    product = np.full_like(bodies, 10)
    for place in range(7, -1, -1):
        total = (bodies // 10**place + product) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return (11 - product) % 10
