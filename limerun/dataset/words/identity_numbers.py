"""Write personal identity numbers of people who do not exist, by country. Pure.

Check digits are valid. The date of birth and the gender match the person, if the
country's numbers contain them. Each number is from a range that the country does not
assign to anyone, as far as is known:

- Sweden, personnummer: birth numbers 980 to 999 before 1990, then 238 and 239, as in
  the Tax Agency's published list of test numbers. It is not documented that no living
  person has another number in these ranges. Samordningsnummer, with 60 added to the
  day, use the same birth numbers.
- Norway, fødselsnummer: 80 added to the month, as in the Tax Administration's synthetic
  population (Tenor). This range is reserved. D-numbers also have 40 added to the day.
- Finland, henkilötunnus: individual numbers 900 to 999, which the Digital and
  Population Data Services Agency reserves for temporary use.
- Denmark, CPR: 60 added to the day, as in the replacement numbers of hospitals; the
  register does not assign them. No range for tests is documented.
- The Netherlands, BSN: numbers that start with 9, like those of the government's test
  persons. It is not documented that nobody else has one.
- Germany, Steuer-ID: a leading 0, which the Federal Central Tax Office reserves for
  tests.
- United States, SSN: 900 to 999, which the Social Security Administration never
  assigns, with 01 to 49 in the middle, which the tax office's ITINs do not use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.dataset.words.check_digits import Cells, iso7064, luhn, weighed
from limerun.dataset.words.identity_formats import FIRST_DAY_OF_1990
from limerun.dataset.words.number_templates import texts_of, write
from limerun.dataset.words.randomness import Numbers

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """The data of people that identity numbers contain."""

    days: Numbers
    """Dates of birth, in days since 1970."""
    men: Flags
    foreign: Flags
    """True if the number is for a person who is not in the population register."""
    serials: Numbers
    """The number of each person among those with the same birthdate and gender."""

    def dates(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return the years, months and days of birth."""
        days = self.days.astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        number = months.astype(np.int64) + 1970 * 12
        return number // 12, number % 12 + 1, (days - months).astype(np.int64) + 1


def write_numbers(
    country: str, persons: Persons, room: int | None = None
) -> pa.StringArray:
    """Write the identity numbers of some people.

    Args:
        country: A key of `identity_formats.IDENTITIES`.
        persons: The people.
        room: Maximum number of characters; None means unlimited.
    """
    return _WRITERS[country](persons, room)


# --- Sweden ---------------------------------------------------------------------------


def _swedish(persons: Persons, room: int | None) -> pa.StringArray:
    years, months, days = persons.dates()
    early = persons.days < FIRST_DAY_OF_1990
    # The last digit of a birth number is odd for men.
    birth = np.where(early, 980 + 2 * persons.serials, 238) + persons.men
    days = days + 60 * persons.foreign
    short = (years % 100 * 10_000 + months * 100 + days) * 1_000 + birth
    short = short * 10 + luhn(short)
    if room is not None and room < 12:
        return write("######-####" if room == 11 else "##########", short)
    whole = years // 100 * 10**10 + short
    return write("########-####" if room != 12 else "############", whole)


# --- Norway ---------------------------------------------------------------------------

_FIRST_CHECK = (3, 7, 6, 1, 8, 9, 4, 5)
_SECOND_CHECK = (5, 4, 3, 2, 7, 6, 5, 4)
"""Weights of the digits before the last digit of the individual number."""


def _norwegian(persons: Persons, room: int | None) -> pa.StringArray:
    years, months, days = persons.dates()
    # Individual numbers 000 to 499 are for people born before 2000, 500 to 999 since.
    tens = persons.serials // 3 + np.where(years >= 2000, 50, 0)
    stem = (days + 40 * persons.foreign) * 10_000 + (months + 80) * 100 + years % 100
    stem = stem * 100 + tens
    first_sum = weighed(stem, _FIRST_CHECK)
    second_sum = weighed(stem, _SECOND_CHECK)

    def ending(digit: Numbers) -> tuple[Numbers, Flags]:
        first = -(first_sum + 2 * digit) % 11
        second = -(second_sum + 3 * digit + 2 * first) % 11
        return (digit * 10 + first) * 10 + second, (first < 10) & (second < 10)

    # At most two of the five digits of a gender result in a check digit of ten.
    digits = [2 * half + persons.men.astype(np.int64) for half in range(5)]
    endings = _nth_valid(map(ending, digits), persons.serials % 3)
    return write("###########", stem * 1_000 + endings)


def _nth_valid(tried: Iterable[tuple[Numbers, Flags]], nth: Numbers) -> Numbers:
    """Return the n-th valid number of each row, counted from 0."""
    found = np.zeros_like(nth)
    for numbers, valid in tried:
        found = np.where(valid & (nth == 0), numbers, found)
        nth = nth - valid
    return found


# --- Finland --------------------------------------------------------------------------

_CHECK_SIGNS = np.frombuffer(b"0123456789ABCDEFHJKLMNPRSTUVWXY", np.uint8)


def _finnish(persons: Persons, room: int | None) -> pa.StringArray:
    years, months, days = persons.dates()
    individual = 900 + 2 * persons.serials + persons.men
    date = days * 10_000 + months * 100 + years % 100
    check = _CHECK_SIGNS[(date * 1_000 + individual) % 31]
    cells: Cells = np.empty((len(date), 11), np.uint8)
    digits = _cells(write("#########", date * 1_000 + individual), width=9)
    cells[:, :6], cells[:, 7:10] = digits[:, :6], digits[:, 6:]
    cells[:, 6] = np.where(years >= 2000, ord("A"), ord("-"))
    cells[:, 10] = check
    return texts_of(cells)


def _cells(texts: pa.StringArray, width: int) -> Cells:
    """Return the bytes of texts of the same width as a matrix, one row per text."""
    cells: Cells = np.frombuffer(texts.buffers()[2], np.uint8).reshape(-1, width)
    return cells


# --- Denmark --------------------------------------------------------------------------

_DANISH = (4, 3, 2, 7, 6, 5, 4, 3)


def _danish(persons: Persons, room: int | None) -> pa.StringArray:
    years, months, days = persons.dates()
    # The seventh digit depends on the century: 0 to 3 for births before 2000, 5 to 8
    # from 2000 to 2057.
    seventh = persons.serials // 40 + np.where(years >= 2000, 5, 0)
    stem = (days + 60) * 10_000 + months * 100 + years % 100
    stem = (stem * 10 + seventh) * 10 + persons.serials // 4 % 10
    total = weighed(stem, _DANISH)
    wanted = persons.men.astype(np.int64)

    def ending(digit: int) -> tuple[Numbers, Flags]:
        check = -(total + 2 * digit) % 11
        return digit * 10 + check, (check < 10) & (check % 2 == wanted)

    # The last digit is odd for men; at least four values of the digit before it fit.
    endings = _nth_valid(map(ending, range(10)), persons.serials % 4)
    found = stem * 100 + endings
    return write("######-####" if room is None or room >= 11 else "##########", found)


# --- the Netherlands, Germany, the United States: no data of the person ---------------

_DUTCH = (9, 8, 7, 6, 5, 4, 3, 2)


def _dutch(persons: Persons, room: int | None) -> pa.StringArray:
    stem = 9_000_000 + persons.serials
    body = stem * 10
    check = weighed(body, _DUTCH) % 11
    # The eighth digit has the weight two: one more turns a check digit of ten into one.
    body, check = body + (check == 10), np.where(check == 10, 1, check)
    return write("#########", body * 10 + check)


_ORDERS = 362_880
"""Number of permutations of the nine digits after a zero."""


def _german(persons: Persons, room: int | None) -> pa.StringArray:
    """Write ten digits, of which one occurs twice and one is missing, and a check digit."""
    pair, order = np.divmod(persons.serials, _ORDERS)
    digits = _orders()[order].astype(np.int64)
    first, second = _pairs()[pair].T
    rows = np.arange(len(digits))
    digits[rows, second] = digits[rows, first]
    number = digits @ (10 ** np.arange(9, -1, -1))
    return write("###########", number * 10 + iso7064(number, 10))


@lru_cache(maxsize=1)
def _orders() -> npt.NDArray[np.uint8]:
    """Return a zero and all permutations of the digits 1 to 9."""
    orders = np.zeros((1, 1), np.uint8)
    for digit in range(1, 10):
        count, width = orders.shape
        longer = np.empty((count * width, width + 1), np.uint8)
        for at in range(1, width + 1):
            part = longer[(at - 1) * count : at * count]
            part[:, :at], part[:, at] = orders[:, :at], digit
            part[:, at + 1 :] = orders[:, at:]
        orders = longer
    return orders


@lru_cache(maxsize=1)
def _pairs() -> npt.NDArray[np.int64]:
    """Return all pairs of the ten places, in order."""
    return np.array([(a, b) for a in range(10) for b in range(a + 1, 10)], np.int64)


_SERIALS = 9_999
_GROUPS = 49


def _american(persons: Persons, room: int | None) -> pa.StringArray:
    left, serial = np.divmod(persons.serials, _SERIALS)
    area, group = np.divmod(left, _GROUPS)
    number = (900 + area) * 10**6 + (group + 1) * 10**4 + serial + 1
    form = "###-##-####" if room is None or room >= 11 else "#########"
    return write(form, number)


_WRITERS = {
    "sv_SE": _swedish,
    "nb_NO": _norwegian,
    "fi_FI": _finnish,
    "da_DK": _danish,
    "nl_NL": _dutch,
    "de_DE": _german,
    "en_US": _american,
}
