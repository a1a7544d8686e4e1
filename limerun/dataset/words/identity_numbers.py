"""Write personal identity numbers of people who do not exist, by country. Pure.

Check digits are right, and what a number says of its person is right too: the day
of birth and the gender, where the country's numbers say them. But each is from a
range that the country does not give to anyone, as far as that is known:

- Sweden, personnummer: birth numbers 980 to 999 before 1990, then 238 and 239, as in
  the list of test numbers that the Tax Agency publishes. The list is documented; that
  no living person has another number of these ranges is not. Samordningsnummer, with
  60 added to the day, take the same birth numbers.
- Norway, fødselsnummer: 80 added to the month, the mark of the Tax Administration's
  synthetic population (Tenor). Reserved. D-numbers have 40 added to the day too.
- Finland, henkilötunnus: individual numbers 900 to 999, which the Digital and
  Population Data Services Agency keeps for temporary use and never gives for good.
- Denmark, CPR: 60 added to the day, as in the replacement numbers that hospitals
  write; the register itself gives none such. No range is documented for tests.
- The Netherlands, BSN: numbers that begin with 9. The government's test persons have
  such numbers; that none was ever given to others is not documented.
- Germany, Steuer-ID: a leading 0, which the Federal Central Tax Office keeps for tests.
- United States, SSN: 900 to 999, which the Social Security Administration never
  gives, with 01 to 49 in the middle, which the tax office's own ITINs do not have.
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
    """What identity numbers contain about some people."""

    days: Numbers
    """Of birth, since 1970."""
    men: Flags
    foreign: Flags
    """Whether the number is of those for people who are not in the register."""
    serials: Numbers
    """What tells apart those of the same day and gender."""

    def dates(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return the years, months and days of birth."""
        days = self.days.astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        number = months.astype(np.int64) + 1970 * 12
        return number // 12, number % 12 + 1, (days - months).astype(np.int64) + 1


def write_numbers(
    country: str, persons: Persons, room: int | None = None
) -> pa.StringArray:
    """Return the persons' identity numbers.

    Args:
        country: A key of `identity_formats.IDENTITIES`.
        persons: Whose numbers they are.
        room: Characters that there are; None: as many as it takes.
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
"""Of the digits before the last of the individual number."""


def _norwegian(persons: Persons, room: int | None) -> pa.StringArray:
    years, months, days = persons.dates()
    # 000 to 499 were born before 2000, 500 to 999 since.
    tens = persons.serials // 3 + np.where(years >= 2000, 50, 0)
    stem = (days + 40 * persons.foreign) * 10_000 + (months + 80) * 100 + years % 100
    stem = stem * 100 + tens
    first_sum = weighed(stem, _FIRST_CHECK)
    second_sum = weighed(stem, _SECOND_CHECK)

    def ending(digit: Numbers) -> tuple[Numbers, Flags]:
        first = -(first_sum + 2 * digit) % 11
        second = -(second_sum + 3 * digit + 2 * first) % 11
        return (digit * 10 + first) * 10 + second, (first < 10) & (second < 10)

    # Of the five digits of a gender, at most two give a check digit of ten.
    digits = [2 * half + persons.men.astype(np.int64) for half in range(5)]
    endings = _nth_valid(map(ending, digits), persons.serials % 3)
    return write("###########", stem * 1_000 + endings)


def _nth_valid(tried: Iterable[tuple[Numbers, Flags]], nth: Numbers) -> Numbers:
    """Return the n-th, from 0, of each row's numbers that are valid."""
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
    """Return the bytes of texts that all have this many, a row for each."""
    cells: Cells = np.frombuffer(texts.buffers()[2], np.uint8).reshape(-1, width)
    return cells


# --- Denmark --------------------------------------------------------------------------

_DANISH = (4, 3, 2, 7, 6, 5, 4, 3)


def _danish(persons: Persons, room: int | None) -> pa.StringArray:
    years, months, days = persons.dates()
    # The seventh digit tells the century: 0 to 3 were born before 2000; 5 to 8 from
    # 2000 to 2057.
    seventh = persons.serials // 40 + np.where(years >= 2000, 5, 0)
    stem = (days + 60) * 10_000 + months * 100 + years % 100
    stem = (stem * 10 + seventh) * 10 + persons.serials // 4 % 10
    total = weighed(stem, _DANISH)
    wanted = persons.men.astype(np.int64)

    def ending(digit: int) -> tuple[Numbers, Flags]:
        check = -(total + 2 * digit) % 11
        return digit * 10 + check, (check < 10) & (check % 2 == wanted)

    # The last digit is odd for men; of its ten values, at least four fit.
    endings = _nth_valid(map(ending, range(10)), persons.serials % 4)
    found = stem * 100 + endings
    return write("######-####" if room is None or room >= 11 else "##########", found)


# --- the Netherlands, Germany, the United States: nothing of the person ---------------

_DUTCH = (9, 8, 7, 6, 5, 4, 3, 2)


def _dutch(persons: Persons, room: int | None) -> pa.StringArray:
    stem = 9_000_000 + persons.serials
    body = stem * 10
    check = weighed(body, _DUTCH) % 11
    # The eighth digit weighs two: one more makes a check digit of ten into one.
    body, check = body + (check == 10), np.where(check == 10, 1, check)
    return write("#########", body * 10 + check)


_ORDERS = 362_880
"""Of the nine digits after a zero."""


def _german(persons: Persons, room: int | None) -> pa.StringArray:
    """Write ten digits, of which one comes twice and another never, and a check digit."""
    pair, order = np.divmod(persons.serials, _ORDERS)
    digits = _orders()[order].astype(np.int64)
    first, second = _pairs()[pair].T
    rows = np.arange(len(digits))
    digits[rows, second] = digits[rows, first]
    number = digits @ (10 ** np.arange(9, -1, -1))
    return write("###########", number * 10 + iso7064(number, 10))


@lru_cache(maxsize=1)
def _orders() -> npt.NDArray[np.uint8]:
    """Return a zero and the digits 1 to 9 in every order."""
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
    """Return every two of the ten places, in order."""
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
