"""Add keyed noise to amounts: each becomes a similar amount that the export lacks.

The same value always becomes the same other value, with as many decimals and the same
sign. Different values stay different, unless too many values near them are in use.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.words.number_templates import zero_padded
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.numbers import NumberSet
from limerun.exports.value_maps.permutations import Numbers, keyed_permutation
from limerun.exports.value_maps.texts import (
    Overrides,
    SortedLookup,
    is_in,
    is_repeated,
    map_in_chunks,
    sorted_unique,
)

_HALF_BITS = 32
_TURNS = 32
_WIDER_EACH = 8
MOST_DECIMALS = 6
_USUAL_DECIMALS = 2
_MOST_SCALED = 1e12
_MOST_DIGITS = 18
_HUGE = 1e18
_LARGEST = 2**63 - 1


class NoiseMap:
    """Maps whole numbers, such as cents, to other numbers near them."""

    def __init__(self, key: Key, share: float, largest: int) -> None:
        """Create a map that changes each number by up to this share of it."""
        self._share = share
        self._largest = largest
        self._one = keyed_permutation(key.derived("one"), 1 << _HALF_BITS)
        self._other = keyed_permutation(key.derived("other"), 1 << _HALF_BITS)
        self._overrides = Overrides()
        self.saturated = False

    def finish(self, own: Numbers, reserved: Numbers) -> None:
        """Find the numbers whose result is reserved, and shift them further.

        Both arrays are sorted; `reserved` includes `own`, the numbers that will be
        mapped.
        """
        moved, lookup = map_in_chunks(self, own), SortedLookup(reserved)
        ordered = np.sort(moved)
        same = ordered[1:] == ordered[:-1]
        unwanted = lookup.contains(ordered)
        unwanted[1:] |= same
        unwanted[:-1] |= same
        bad = SortedLookup(sorted_unique(ordered[unwanted])).contains(moved)
        left, given = own[bad], SortedLookup(ordered[~unwanted])
        drawn = self._draw(left)
        numbers = others = left[:0]
        for turn in range(1, _TURNS):
            if not len(left):
                break
            drawn = self._one(drawn)
            tried = self._moved(left, drawn, 1 << turn // _WIDER_EACH)
            good = ~(
                lookup.contains(tried) | given.contains(tried) | is_repeated(tried)
            )
            good &= ~is_in(tried, np.sort(others))
            numbers = np.append(numbers, left[good])
            others = np.append(others, tried[good])
            left, drawn = left[~good], drawn[~good]
        self.saturated = len(left) > 0
        self._overrides.add(numbers, others)

    def __call__(self, numbers: Numbers) -> Numbers:
        """Return replacement numbers near the original ones."""
        moved = self._moved(numbers, self._draw(numbers), 1)
        return self._overrides.applied(numbers, moved)

    def _draw(self, numbers: Numbers) -> Numbers:
        mask = (1 << _HALF_BITS) - 1
        upper = self._other((numbers >> _HALF_BITS) & mask)
        return self._one((numbers & mask) ^ upper)

    def factors(self, numbers: Numbers) -> npt.NDArray[np.float64]:
        """Return a noise factor for each floating-point value, given as its bits."""
        drawn = self._draw(numbers)
        by = (drawn >> 1) / (1 << _HALF_BITS - 1) * self._share
        factors: npt.NDArray[np.float64] = np.where(drawn & 1 == 1, 1 - by, 1 + by)
        return factors

    def _moved(self, numbers: Numbers, drawn: Numbers, wider: int) -> Numbers:
        sizes = np.abs(numbers)
        span = np.maximum((sizes * self._share).astype(np.int64), 1) * wider
        by = 1 + (drawn >> 1) % span
        down = (drawn & 1 == 1) & (sizes > by) | (sizes > self._largest - by)
        moved = np.where(down, sizes - by, sizes + by)
        signed: Numbers = np.where(numbers < 0, -moved, moved)
        return signed


class NoiseMaps:
    """The amounts of one domain: one map for each number of decimals."""

    def __init__(self, key: Key, share: float, largest: int) -> None:
        self._key, self._share, self._largest = key, share, largest
        self._seen: dict[int, NumberSet] = {}
        self._maps: dict[int, NoiseMap] = {}

    def learn(self, places: int, numbers: Numbers) -> None:
        """Learn numbers that will be replaced."""
        self._seen.setdefault(places, NumberSet()).add(numbers)

    def finish(self) -> None:
        """Build the maps; no result equals an amount of the domain in any notation."""
        seen = {places: numbers.sorted() for places, numbers in self._seen.items()}
        for places, own in seen.items():
            alike = [_rescaled(other, at, places) for at, other in seen.items()]
            reserved = (
                sorted_unique(np.concatenate(alike), in_runs=True)
                if len(alike) > 1
                else own
            )
            self.of(places).finish(own, reserved)
        self._seen = {}

    def of(self, places: int) -> NoiseMap:
        """Return the map for amounts with this number of decimals."""
        if places not in self._maps:
            key = self._key.derived(places)
            self._maps[places] = NoiseMap(key, self._share, self._largest)
        return self._maps[places]


def _rescaled(numbers: Numbers, before: int, after: int) -> Numbers:
    """Return the amounts that can be written with another number of decimals."""
    factor = 10 ** abs(max(after, 0) - max(before, 0))
    if after >= before:
        rescaled: Numbers = numbers[np.abs(numbers) <= _LARGEST // factor] * factor
    else:
        rescaled = numbers[numbers % factor == 0] // factor
    return rescaled


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Decimals with the same number of decimal places, without their points."""

    places: int
    rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    numbers: Numbers


def scaled_texts(texts: pa.StringArray) -> list[Scaled]:
    """Group decimal numbers in texts by their decimal places; -1 if with exponent."""
    points = pc.find_substring(texts, ".")
    lengths = pc.utf8_length(texts)
    places = pc.if_else(
        pc.less(points, 0), 0, pc.subtract(pc.subtract(lengths, points), 1)
    ).to_numpy()
    exponents = pc.match_substring_regex(texts, "[eE]").to_numpy(zero_copy_only=False)
    places = np.where(exponents, -1, places)
    found = []
    for count in (np.flatnonzero(np.bincount(places + 1)) - 1).tolist():
        rows = np.flatnonzero(places == count)
        mine = texts.take(pa.array(rows))
        if count < 0:
            values = mine.cast(pa.float64()).to_numpy()
            numbers = np.rint(np.clip(values, -_HUGE, _HUGE)).astype(np.int64)
        else:
            numbers = _whole(mine)
        found.append(Scaled(places=count, rows=rows, numbers=numbers))
    return found


def _whole(texts: pa.StringArray) -> Numbers:
    digits = pc.replace_substring(texts, ".", "", max_replacements=1)
    # Beyond 18 digits, the last digits are dropped: the noise is larger than they are.
    longest = pc.max(pc.utf8_length(digits)).as_py()
    if longest is not None and longest > _MOST_DIGITS:
        values = np.clip(digits.cast(pa.float64()).to_numpy(), -_HUGE, _HUGE)
        rounded: Numbers = values.astype(np.int64)
        return rounded
    whole: Numbers = digits.cast(pa.int64()).to_numpy()
    return whole


def decimal_texts(numbers: Numbers, places: int) -> pa.StringArray:
    """Write whole numbers as decimals with this number of places."""
    if places <= 0:
        return pa.array(numbers).cast(pa.string())
    before, after = np.divmod(np.abs(numbers), 10**places)
    whole = pc.binary_join_element_wise(
        pa.array(before).cast(pa.string()), zero_padded(after, places), "."
    )
    if not (numbers < 0).any():
        return whole
    negative = pc.binary_join_element_wise("-", whole, "")
    return pc.if_else(pa.array(numbers < 0), negative, whole)


def scaled_floats(values: npt.NDArray[np.float64]) -> list[Scaled]:
    """Group floating-point numbers by the decimal places that each needs.

    Numbers that need more than `MOST_DECIMALS`, or are too large, are left out.
    """
    left = np.flatnonzero(np.isfinite(values) & (np.abs(values) < _MOST_SCALED))
    found: dict[int, list[tuple[Numbers, Numbers]]] = {}
    for places in (_USUAL_DECIMALS, MOST_DECIMALS):
        numbers, fits = _scaled_to(values[left], places)
        rows, numbers = left[fits], numbers[fits]
        left = left[~fits]
        for fewer in range(places, 0, -1):
            if places == MOST_DECIMALS and fewer == _USUAL_DECIMALS:
                break
            shorter, digit = np.divmod(numbers, 10)
            needed = digit != 0
            found.setdefault(fewer, []).append((rows[needed], numbers[needed]))
            rows, numbers = rows[~needed], shorter[~needed]
        else:
            found.setdefault(0, []).append((rows, numbers))
    return [
        Scaled(
            places=places,
            rows=np.concatenate([rows for rows, _ in parts]),
            numbers=np.concatenate([numbers for _, numbers in parts]),
        )
        for places, parts in sorted(found.items())
        if any(len(rows) for rows, _ in parts)
    ]


def _scaled_to(
    values: npt.NDArray[np.float64], places: int
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Shift the decimal point of numbers; return also which ones this does not round."""
    scaled = values * 10.0**places
    whole = np.rint(scaled)
    fits: npt.NDArray[np.bool_] = np.abs(scaled - whole) <= np.maximum(
        np.abs(scaled) * 1e-12, 1e-9
    )
    return whole.astype(np.int64), fits
