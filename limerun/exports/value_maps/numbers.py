"""Map the numbers of an export: those written in texts, and whole numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.words.check_digits import CHECKS, checked, is_checked
from limerun.errors import ExportError
from limerun.exports.value_maps.digits import DigitGroup, Digits
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.permutations import LARGEST, Numbers, keyed_permutation
from limerun.exports.value_maps.same_shape import scramble_texts
from limerun.exports.value_maps.texts import sorted_unique
from limerun.exports.value_maps.unused_numbers import (
    NumberRange,
    UnusedNumberMap,
    plain_range,
)

_MERGED_AT = 2_000_000
_NO_NUMBERS = np.empty(0, np.int64)
_FREE = 8
"""Minimum of free numbers for each number in use; with fewer, most draws would collide.
"""
_LEAST_CHECKED = 4
"""Minimum number of digits of a number with a check digit."""
_BITS = 36
_WIDEST_GAP = 5
_MOST_STEPS = 50_000_000
_AT_ONCE = 1 << 20


class OrderedMap:
    """Maps numbers from 0 on to larger numbers, in the same order.

    SQLite stores the rows of a table in the order of its integer primary key. If the
    order changed, the proof could not match the rows of the copy with those of the
    source. So the order stays. It reveals roughly how large a number was, but not which
    number it was. The key decides the gap after each number.
    """

    def __init__(self, key: Key, in_use: Numbers) -> None:
        """Build the map for the numbers in use, sorted; no result is one of them."""
        largest = int(in_use[-1])
        digits = len(str(largest))
        # In very large ranges, only one number in each step has a gap after it.
        self._step = largest // _MOST_STEPS + 1
        self._drawn = keyed_permutation(key, 1 << _BITS)
        self._from = in_use
        start = 10**digits + int(key.words([b"start"])[0] % np.uint64(10**digits))
        self._to = start + self._gap_sums(in_use // self._step) * self._step
        self._to += in_use % self._step

    def _gap_sums(self, steps: Numbers) -> Numbers:
        """Return the sum of the gaps before each step; steps are sorted."""
        gap_sums = np.empty(len(steps), np.int64)
        before, done = 0, 0
        end = int(steps[-1]) + 1
        for first in range(0, end, _AT_ONCE):
            drawn = self._drawn(np.arange(first, min(first + _AT_ONCE, end)))
            sums = before + np.cumsum(1 + drawn % _WIDEST_GAP)
            until = int(np.searchsorted(steps, first + _AT_ONCE))
            gap_sums[done:until] = sums[steps[done:until] - first]
            before, done = int(sums[-1]), until
        return gap_sums

    def __call__(self, numbers: Numbers) -> Numbers:
        """Return the larger numbers for learned numbers."""
        others: Numbers = self._to[np.searchsorted(self._from, numbers)]
        return others


class NumberSet:
    """Distinct numbers, in eight bytes each."""

    def __init__(self) -> None:
        self._merged = np.empty(0, np.int64)
        self._added: list[Numbers] = []
        self._waiting = 0

    def add(self, numbers: Numbers) -> None:
        """Add some numbers."""
        self._added.append(numbers)
        self._waiting += len(numbers)
        if self._waiting > max(_MERGED_AT, len(self._merged)):
            self.sorted()

    def sorted(self) -> Numbers:
        """Return all numbers in order."""
        if self._added:
            self._merged = sorted_unique(np.concatenate([self._merged, *self._added]))
            self._added, self._waiting = [], 0
        return self._merged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """A class of numbers that are mapped among themselves."""

    digits: int
    leading_zero: bool
    """True if the first digit is zero."""
    valid: bool
    """True if the check digit is valid; False if there is no check digit."""


class NumberMap:
    """Maps the digits of texts to as many other digits, whatever is between them.

    A leading zero stays, and other numbers do not get one. Numbers with a valid check
    digit become valid ones, and invalid ones stay invalid. A text without digits, or
    with more than 18, becomes one of the same shape.
    """

    def __init__(self, key: Key, check: str | None = None) -> None:
        self._key = key
        self._check = None if check is None else CHECKS[check]
        self._seen: dict[int, NumberSet] = {}
        self._maps: dict[_Class, UnusedNumberMap] = {}

    def learn(self, texts: pa.StringArray) -> None:
        """Learn texts without null; no result may be one of their numbers."""
        for group in Digits(texts).groups():
            self._seen.setdefault(group.digits, NumberSet()).add(group.numbers)

    def finish(self) -> None:
        """Build the maps, after all texts were learned."""
        for digits, seen in self._seen.items():
            in_use = seen.sorted()
            for number_class, mask in self._classes(in_use, digits):
                self._make(number_class, in_use[mask], in_use)
        self._seen = {}

    def _make(self, number_class: _Class, own: Numbers, in_use: Numbers) -> None:
        key = self._key.derived(
            number_class.digits, number_class.leading_zero, number_class.valid
        )
        # Results stay within their class, except those with invalid check digits.
        among = in_use if self._check else own
        self._maps[number_class] = UnusedNumberMap(
            key, self._range(number_class), own, among
        )

    def _classes(
        self, numbers: Numbers, digits: int
    ) -> Iterator[tuple[_Class, npt.NDArray[np.bool_]]]:
        """Yield the classes of some numbers, with a mask of each class."""
        led = numbers < _least(digits)
        valid = np.zeros(len(numbers), np.bool_)
        if self._check is not None and digits >= _LEAST_CHECKED:
            valid = is_checked(self._check, numbers, digits)
        for is_led in (False, True):
            for is_valid in (False, True):
                mask = (led == is_led) & (valid == is_valid)
                if mask.any():
                    yield (
                        _Class(digits=digits, leading_zero=is_led, valid=is_valid),
                        mask,
                    )

    def _range(self, number_class: _Class) -> NumberRange:
        check, digits = self._check, number_class.digits
        if check is None or digits < _LEAST_CHECKED:
            return _plain(digits, leading_zero=number_class.leading_zero)
        if number_class.valid:
            bodies = _plain(digits - 1, leading_zero=number_class.leading_zero)
            return NumberRange(
                size=bodies.size,
                to_index=lambda numbers: bodies.to_index(numbers // 10),
                from_index=lambda numbers: checked(
                    check, bodies.from_index(numbers), digits - 1
                ),
            )
        every = _plain(digits, leading_zero=number_class.leading_zero)

        def written(counted: Numbers) -> Numbers:
            numbers = every.from_index(counted)
            return np.where(is_checked(check, numbers, digits), -1, numbers)

        return NumberRange(size=every.size, to_index=every.to_index, from_index=written)

    def __call__(self, texts: pa.StringArray) -> pa.StringArray:
        """Replace the digits of texts, including numbers that were not learned."""
        digits = Digits(texts)
        kept = np.ones(len(texts), np.bool_)
        for group in digits.groups():
            digits.replace_numbers(group, self._mapped(group))
            kept[group.rows] = False
        written = digits.texts()
        if not kept.any():
            return written
        shapes = self._scrambled(written.filter(pa.array(kept)))
        return pc.replace_with_mask(written, pa.array(kept), shapes)

    def _mapped(self, group: DigitGroup) -> Numbers:
        results = np.empty_like(group.numbers)
        for number_class, mask in self._classes(group.numbers, group.digits):
            if number_class not in self._maps:
                self._make(number_class, _NO_NUMBERS, _NO_NUMBERS)
            results[mask] = self._maps[number_class](group.numbers[mask])
        return results

    def _scrambled(self, texts: pa.StringArray) -> pa.StringArray:
        key = self._key.derived("shape")
        return scramble_texts(
            texts, key.words(text.encode() for text in texts.to_pylist())
        )


def _least(digits: int) -> int:
    """Return the smallest number with this many digits and no leading zero."""
    return int(10 ** (digits - 1)) if digits > 1 else 0


def _plain(digits: int, *, leading_zero: bool) -> NumberRange:
    """Return the range of numbers with this many digits and maybe a leading zero."""
    least = _least(digits)
    return (
        plain_range(least) if leading_zero else plain_range(10**digits - least, least)
    )


class IntegerMap:
    """Maps whole numbers to numbers that are not in use; the sign stays.

    Results have at most as many digits as the largest number, or one more if too few
    numbers are free, and always fit the column.
    """

    def __init__(self, key: Key) -> None:
        self._key = key
        self._largest = LARGEST - 1
        self._in_order = False
        self._seen = NumberSet()
        self._map: UnusedNumberMap | OrderedMap | None = None

    def limit(self, largest: int) -> None:
        """Set the largest number that the column can store."""
        self._largest = min(self._largest, largest)

    def keep_order(self) -> None:
        """Keep the order of the numbers, because the table is stored in it."""
        self._in_order = True

    def learn(self, numbers: Numbers) -> None:
        """Learn numbers that will be replaced.

        Raises:
            ExportError: A number is too large.
        """
        sizes = np.abs(numbers)
        if len(sizes) and not 0 <= sizes.min() <= sizes.max() < LARGEST:
            raise ExportError(
                f"permute: a number is not below {LARGEST:,}; store the column as "
                "text, or use the rule clear"
            )
        self._seen.add(sizes)

    def finish(self) -> None:
        """Build the map, after all numbers were learned."""
        in_use = self._seen.sorted()
        if not len(in_use):
            return
        self._seen = NumberSet()
        if self._in_order:
            self._map = OrderedMap(self._key, in_use)
            return
        first = min(int(in_use[0]), 1)
        end = 10 ** len(str(int(in_use[-1])))
        while _FREE * len(in_use) > end - first:
            end *= 10
        size = max(min(end, self._largest + 1), int(in_use[-1]) + 1) - first
        self._map = UnusedNumberMap(self._key, plain_range(size, first), in_use, in_use)

    def __call__(self, numbers: Numbers) -> Numbers:
        """Return replacements for learned numbers."""
        if self._map is None:
            return numbers
        results = self._map(np.abs(numbers))
        return np.where(numbers < 0, -results, results)
