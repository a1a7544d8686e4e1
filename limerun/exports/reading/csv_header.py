"""Decide from the first rows of a CSV file whether the first one names the columns."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from limerun.dataset.words.locales import LOCALES
from limerun.dataset.words.vocabulary import Vocabulary

Row = Sequence[str]

_NUMBER = re.compile(r"[-+]?\d[\d\s.,']*%?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED_NAME = re.compile(r"[^\W\d_]+(?:[\s_-]+[^\W\d_]+)*[\s_-]?\d")
_DIGITS = re.compile(r"\d+(?: \d+)*(?:[A-Z](?![^\W\d_]))?")
_WORD = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:\s+[^\W\d_]+)*")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_LONGEST = 200
_MOST = 0.6
"""The share of a column's values that must have a form, for it to be the column's form.
"""
_MOST_TITLES = 10
_LEAST_RUN = 3


def columns_of_values(rows: Sequence[Row]) -> list[int]:
    """Return the indices of values in a first row of data; empty: the row has names.

    A cell counts as a value if it has the form of the values below it, and as a name if
    it is a word above numbers, dates and similar values. Years and numbers in equal
    steps count as neither: they are the column names of pivot tables.
    """
    first, below = rows[0], rows[1:]
    columns = _columns(rows)
    addresses = [at for at, cell in enumerate(first) if _ADDRESS.search(cell)]
    if addresses:
        return addresses
    found = [*map(_judge, first, columns)]
    for at in _steps(first):
        found[at] = 0
    if sum(found) >= 0:
        words = map(_judge_words, first, columns)
        found = [judged or word for judged, word in zip(found, words, strict=True)]
    values = [at for at, judged in enumerate(found) if judged > 0]
    share = 4 if below else 2
    return values if sum(found) > 0 and len(values) * share >= len(first) else []


def _columns(rows: Sequence[Row]) -> list[list[str]]:
    """Return the values below each cell of the first row."""
    return [
        [row[at] for row in rows[1:] if at < len(row) and row[at].strip()]
        for at in range(len(rows[0]))
    ]


def _judge(cell: str, column: Sequence[str]) -> int:
    """Return 1 for a value, -1 for a column name, 0 if both are possible."""
    kind, of = _kind(cell), _kind_of(column)
    if not cell.strip() or (_YEAR.fullmatch(cell.strip()) and not _are_years(column)):
        return 0
    if not column:
        return int(bool(kind) and not _WORD.search(cell))
    if of and kind != of:
        return -1 if _WORD.search(cell) else 0
    if of:
        return 0 if _NUMBERED_NAME.fullmatch(cell.strip()) else 1
    return int(cell in column)


def _judge_words(cell: str, column: Sequence[str]) -> int:
    """Return 1 if a name of a person, place or company is above other texts."""
    listed = sum(map(_is_listed, column))
    return int(_is_listed(cell) and listed >= len(column) / 2)


def _is_listed(text: str) -> bool:
    words = _WORD.findall(text.lower())
    known, endings = _listed()
    return bool(words) and (
        all(word in known for word in words)
        or (len(words) > 1 and words[-1] in endings)
    )


@lru_cache(maxsize=1)
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words in names of people and places, and endings of company names."""
    known: set[str] = set()
    for locale in LOCALES:
        words = Vocabulary(locale)
        for pool in (words.first_names, words.last_names, words.cities):
            known.update(_WORD.findall(" ".join(pool.values).lower()))
    endings = " ".join(" ".join(each.suffixes) for each in LOCALES.values())
    return frozenset(known), frozenset(_WORD.findall(endings.lower()))


def _kind(value: str) -> str:
    """Return the pattern of a value with digits; "" for a text without digits.

    Adjacent words count as one, since names of streets have one or more. So do groups
    of digits with spaces between them: phone numbers have two or three. A capital after
    digits counts as a digit: it may be a check character.
    """
    text = value.strip()[:_LONGEST]
    if _NUMBER.fullmatch(text):
        return "number"
    if not re.search(r"\d", text):
        return ""
    return _WORDS.sub("a", _DIGITS.sub("9", text))


def _kind_of(column: Sequence[str]) -> str:
    """Return the pattern that most values of a column share; "" if there is none."""
    if not column:
        return ""
    [(kind, count)] = Counter(map(_kind, column)).most_common(1)
    return kind if count >= _MOST * len(column) else ""


def _are_years(column: Sequence[str]) -> bool:
    years = sum(_YEAR.fullmatch(value.strip()) is not None for value in column)
    return bool(column) and years >= _MOST * len(column)


def _steps(first: Row) -> list[int]:
    """Return the indices of cells that count up in equal steps, as in pivot tables.

    The row must also contain a word.
    """
    numbers = [(at, int(cell)) for at, cell in enumerate(first) if _is_count(cell)]
    places, counts = [at for at, _ in numbers], [number for _, number in numbers]
    steps = {b - a for a, b in pairwise(counts)}
    together = places == [*range(places[0], places[-1] + 1)] if places else False
    if len(numbers) < _LEAST_RUN or len(steps) > 1 or not together:
        return []
    return places if any(_WORD.search(cell) for cell in first) else []


def _is_count(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal() and len(cell) < 8


def titles_above(rows: Sequence[Row]) -> int:
    """Return the number of rows with titles above the row of names.

    Titles have fewer cells than the rows below them, which all have the same number. A
    title with as many cells or more is recognized by a row below that clearly has
    names.
    """
    [(width, _)] = Counter(map(len, rows)).most_common(1)
    if width < 2:
        return 0
    if len(rows) > 2 and width > 2 and _filled(rows[0]) == 1 < len(rows[0]):
        return 1 if all(cell.strip() for cell in rows[1]) else 0
    above = next(at for at, row in enumerate(rows) if len(row) == width)
    fitting = sum(len(row) == width for row in rows[above:])
    enough = fitting >= 2 and fitting >= 0.9 * (len(rows) - above)
    shorter = all(len(row) < width for row in rows[:above])
    if enough and shorter and 0 < above <= _MOST_TITLES:
        return above
    return _titles_beside_values(rows, width)


def _titles_beside_values(rows: Sequence[Row], width: int) -> int:
    """Return the number of title rows above a row that clearly has names."""
    for at, row in enumerate(rows[: _MOST_TITLES + 1]):
        if len(row) == width and _names_surely(rows[at:]):
            like_titles = (
                len(each) != width or _has_a_value(each) for each in rows[:at]
            )
            return at if any(like_titles) else 0
        if len(row) == width and _is_data(rows[at:]):
            return 0
    return 0


def _names_surely(rows: Sequence[Row]) -> bool:
    """Return whether the first row clearly has names: words above values, no value."""
    first = rows[0]
    if len(rows) < 3 or not all(cell.strip() for cell in first) or _has_a_value(first):
        return False
    judged = [*map(_judge, first, _columns(rows))]
    return len({*first}) == len(first) and min(judged) < 0 >= max(judged)


def _has_a_value(row: Row) -> bool:
    """Return whether a cell is a date, an amount or similar, so it is not a name."""
    return any(
        _kind(cell)
        and not _YEAR.fullmatch(cell.strip())
        and not _NUMBERED_NAME.fullmatch(cell.strip())
        for cell in row
    )


def _is_data(rows: Sequence[Row]) -> bool:
    """Return whether the cells of the first row have the patterns of those below."""
    kinds = [*map(_kind_of, _columns(rows))]
    pairs = zip(rows[0], kinds, strict=True)
    return any(kinds) and all(not of or _kind(cell) == of for cell, of in pairs)


def _filled(row: Row) -> int:
    """Return the number of cells up to the last one that is not blank."""
    return max((at for at, cell in enumerate(row, 1) if cell.strip()), default=0)
