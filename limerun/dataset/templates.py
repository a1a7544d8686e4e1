"""Write numbers into templates, with their check digits. Pure.

In a template `#` is a digit and `@` one of twenty letters, the last place first.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.locales import Numbering
from limerun.dataset.randomness import Numbers

_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTVXZ", np.uint8)
_ZERO = ord("0")
_AT_ONCE = 4
"""Digits that are looked up together: their tables stay in the processor's cache."""
_CHUNK = 10**_AT_ONCE

Cells = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


@lru_cache(maxsize=1)
def _digits() -> Cells:
    """Return the digits of all numbers of four places."""
    numbers = np.arange(_CHUNK)[:, None]
    places = 10 ** np.arange(_AT_ONCE - 1, -1, -1)
    return (numbers // places % 10).astype(np.uint8)


def write(template: str, numbers: Numbers) -> pa.StringArray:
    """Return each number in the template, which is ASCII; what is too much is cut."""
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
        digits = _digits()[chunk]
        for at, place in enumerate(places, 1):
            cells[:, place] = digits[:, _AT_ONCE - at] + _ZERO
    return texts_of(cells)


def _groups(template: str) -> Iterator[tuple[str, list[int]]]:
    """Yield the places of digits and letters, from the last: a few digits at once."""
    places: list[int] = []
    for at in range(len(template) - 1, -1, -1):
        if template[at] == "#":
            places.append(at)
        if places and (template[at] == "@" or len(places) == _AT_ONCE):
            yield "#", places
            places = []
        if template[at] == "@":
            yield "@", [at]
    if places:
        yield "#", places


def texts_of(cells: Cells) -> pa.StringArray:
    """Return a row of bytes as a text, for each row."""
    count, width = cells.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(cells))
    )


def zero_padded(numbers: Numbers, width: int) -> pa.StringArray:
    """Return numbers of at most `width` digits, with zeros before them."""
    return write("#" * width, numbers)


def numbered(
    numbering: Numbering, numbers: Numbers, room: int | None = None
) -> pa.StringArray:
    """Return numbers from 0 on as the locale writes them, with check digits.

    Args:
        numbering: The locale's way.
        numbers: Below its count.
        room: Characters that there are; None: as many as it takes.
    """
    bodies = numbers + numbering.first
    if numbering.check == "luhn":
        bodies = bodies * 10 + luhn(bodies)
    elif numbering.check == "mod11":
        bodies = _mod11(bodies, numbering.weights)
    elif numbering.check == "iso7064":
        bodies = bodies * 10 + iso7064(bodies, 8)
    return write(numbering.form(room), bodies)


def luhn(bodies: Numbers) -> Numbers:
    """Return the check digit by Luhn, for numbers of any length."""
    total, left = np.zeros_like(bodies), bodies
    while left.any():
        left, chunk = np.divmod(left, _CHUNK)
        total += _luhn_sums()[chunk]
    return -total % 10


@lru_cache(maxsize=1)
def _luhn_sums() -> Numbers:
    digits = _digits().astype(np.int64)
    doubled = digits[:, 1::2] * 2
    summed = doubled // 10 + doubled % 10 + digits[:, 0::2]
    sums: Numbers = summed.sum(axis=1)
    return sums


def weighed(bodies: Numbers, weights: Sequence[int]) -> Numbers:
    """Return the sum of each number's digits, each times its weight.

    Args:
        bodies: Numbers of as many digits as there are weights.
        weights: The first one is for the first digit.
    """
    total, left, end = np.zeros_like(bodies), bodies, len(weights)
    while end > 0:
        left, chunk = np.divmod(left, _CHUNK)
        total += _weighed_chunks(tuple(weights[max(end - _AT_ONCE, 0) : end]))[chunk]
        end -= _AT_ONCE
    return total


@lru_cache(maxsize=64)
def _weighed_chunks(weights: tuple[int, ...]) -> Numbers:
    digits = _digits()[:, _AT_ONCE - len(weights) :].astype(np.int64)
    sums: Numbers = digits @ np.array(weights, np.int64)
    return sums


def _mod11(bodies: Numbers, weights: Sequence[int]) -> Numbers:
    """Return bodies with one more digit, and the check digit after that.

    A check digit of ten cannot be written. The digit before it weighs two, so that
    the next one up never gives ten again.
    """
    longer = bodies * 10 + bodies % 10
    check = -weighed(longer, weights) % 11
    unwritable = check == 10
    longer = np.where(unwritable, longer - longer % 10 + (longer + 1) % 10, longer)
    # From 9 the next one up is 0: nine steps of two back.
    moved = np.where(longer % 10 == 0, 18, -2)
    check = np.where(unwritable, (10 + moved) % 11, check)
    return longer * 10 + check


def iso7064(bodies: Numbers, places: int) -> Numbers:
    """Return the check digit of ISO 7064, MOD 11,10, over so many digits."""
    products = np.full(len(bodies), 10, np.int64)
    end = places
    while end > 0:
        width = end % _AT_ONCE or _AT_ONCE
        end -= width
        chunk = bodies // 10**end % 10**width
        products = _iso7064_steps(width)[products, chunk]
    return (11 - products) % 10


@lru_cache(maxsize=4)
def _iso7064_steps(width: int) -> Numbers:
    """Return what a product becomes by so many digits, by product and digits."""
    products = np.repeat(np.arange(11)[:, None], 10**width, axis=1)
    numbers = np.arange(10**width)
    for place in range(width - 1, -1, -1):
        total = (numbers // 10**place + products) % 10
        products = np.where(total == 0, 10, total) * 2 % 11
    return products
