"""Profile the texts of a column: addresses, numbers, codes, sentences."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from limerun.dataset.words.check_digits import CHECKS, is_checked
from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.exports.value_maps.digits import Digits
from limerun.storage import name_in_sql

_SAMPLE = 2_000
_LEAST_SAMPLE = 20
_MOSTLY_RIGHT = 0.97
_LEAST_DIGITS = 7
_TESTS = {
    "emails": r"regexp_full_match(value, '\s*[^@\s]+@[^@\s]+\s*')",
    "numbers": r"regexp_full_match(value, '\pL{0,3}[^0-9\pL]{0,3}[0-9][0-9 ()/.+-]*[^0-9]{0,2}')",
    "codes": r"regexp_full_match(value, '[a-z0-9_.:/-]+|[A-Z0-9_.:/-]+')",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextProfile:
    """Shares of a column's values, from 0 to 1, and other figures."""

    emails: float
    numbers: float
    """Share of numbers with few other characters: phones, ids, postcodes."""
    codes: float
    """Share of words that are only in lower case or only in upper case."""
    addresses: bool
    """True if any value contains an @."""
    spaces: float
    """The average number of spaces per value."""
    endings: int
    """Different letters next to the digits: 1 for phones, many for codes such as 1234
    AB."""
    check: str | None
    """The kind of check digit, if the numbers have one."""


def profile_texts(
    export: Export, table: ExportTable, column: ExportColumn
) -> TextProfile:
    """Profile all texts of a column; there is at least one."""
    name, relation = name_in_sql(column.name), parts_in_sql(table.parts)
    values = f"(SELECT {name} AS value FROM {relation} WHERE {name} IS NOT NULL)"
    shares = ", ".join(f"avg({test}::INTEGER)" for test in _TESTS.values())
    emails, numbers, codes, addresses, spaces, endings = one_row(
        export.connection,
        f"SELECT {shares}, bool_or(contains(value, '@')), "
        f"avg(length(value) - length(replace(value, ' ', ''))), "
        f"count(DISTINCT regexp_replace(value, '[^\\pL]', '', 'g')) FROM {values}",
    )
    check = None
    if numbers == 1:
        sample = export.connection.execute(
            f"SELECT DISTINCT value FROM {values} LIMIT {_SAMPLE}"
        ).fetchall()
        check = _check_of(pa.array([value for [value] in sample], pa.string()))
    return TextProfile(
        emails=emails,
        numbers=numbers,
        codes=codes,
        addresses=addresses,
        spaces=spaces,
        endings=endings,
        check=check,
    )


def _check_of(texts: pa.StringArray) -> str | None:
    """Return the check digit that nearly all numbers have; a tenth do by chance."""
    groups = list(Digits(texts).groups())
    if len(texts) < _LEAST_SAMPLE or any(of.digits < _LEAST_DIGITS for of in groups):
        return None
    for name, check in CHECKS.items():
        right = [is_checked(check, of.numbers, of.digits) for of in groups]
        if right and np.concatenate(right).mean() >= _MOSTLY_RIGHT:
            return name
    return None
