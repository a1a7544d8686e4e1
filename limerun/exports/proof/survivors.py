"""Find the values of a source that survived in its copy, and count them.

Collect the tokens of the source, search the copy for them, and decide which matches
count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from limerun.exports.proof.chance import UNLIKELY, beyond_chance
from limerun.exports.proof.scope import TEXTS, JudgedColumn
from limerun.exports.proof.search import CopyColumn, Search
from limerun.exports.proof.tokens import (
    IDENTIFYING_DIGITS,
    KEPT_TABLE,
    LENGTHS,
    Tally,
    Tokens,
    add_kept_values,
)
from limerun.exports.proof.word_hashes import SHORTEST
from limerun.exports.tables import Export
from limerun.progress import Progress
from limerun.records.proof import Survivor

_LETTERS = 26
_CROWDED_SHARE = 0.01
_EXAMPLES = 3
_WORDS_EACH = 2
"""Estimated number of rare words of each text, to size the Bloom filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """Values of one column found in another column, all of the same length and kind."""

    source: int
    found_in: int
    own: bool
    """True if it was found in the same column of the copy."""
    whole: bool
    """True if a whole value of the source is a whole value of the copy."""
    digits: bool
    length: int
    values: int
    first_row: int


class Matches:
    """The matches of a search, joined with the tokens of the source."""

    TABLE = "limerun_matches"

    def __init__(
        self,
        export: Export,
        tokens: Tokens,
        search: Search,
        columns: Sequence[JudgedColumn],
        copies: Sequence[CopyColumn],
    ) -> None:
        """Join the matches; `columns` are the source's, `copies` the copy's."""
        self._export = export
        self._tokens = tokens
        self._search = search
        self._columns = columns
        self._copies = copies
        self._match()

    def _match(self) -> None:
        free = self._numbers_of(
            number
            for number, tally in self._tokens.tallies.items()
            if tally.is_free_text
        )
        own = self._same_columns(
            "found_in = {copy} AND source = {source}", self._columns
        )
        untouched = self._same_columns(
            "found_in = {copy} AND kept.source = {source}",
            [column for column in self._columns if column.judged == "kept"],
        )
        # Words of free text do not identify anybody; long numbers in it do.
        self._export.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.TABLE} AS "
            "WITH tokens AS (SELECT hash, source, bool_or(whole) AS is_value, "
            f"bool_or(digits) AS digits FROM {Tokens.TABLE} "
            f"SEMI JOIN {Search.TABLE} USING (hash) "
            f"WHERE whole OR source NOT IN {free} "
            f"OR (digits AND length >= {IDENTIFYING_DIGITS}) GROUP BY hash, source), "
            "matched AS (SELECT hits.*, tokens.source, tokens.digits, "
            f"({own}) AS own, hits.whole AND is_value AS is_whole "
            f"FROM {Search.TABLE} AS hits JOIN tokens USING (hash)) "
            "SELECT hash, found_in, row, any_value(row_count) AS row_count, "
            "any_value(first) AS first, any_value(length) AS length, "
            "arg_max(struct_pack(source := source, own := own, whole := is_whole, "
            "digits := digits), (is_whole::INTEGER * 2 + own::INTEGER) * 100000 - source) "
            "AS best "
            f"FROM matched WHERE (own AND is_whole) OR (length >= {SHORTEST} "
            f"AND NOT EXISTS (FROM {KEPT_TABLE} AS kept WHERE kept.hash = matched.hash) "
            f"AND NOT EXISTS (FROM {KEPT_TABLE} AS kept WHERE kept.hash = matched.cell "
            f"AND ({untouched}))) "
            "GROUP BY hash, found_in, row"
        )

    def _same_columns(self, condition: str, columns: Sequence[JudgedColumn]) -> str:
        """Return SQL that is true where source and copy column are the same."""
        numbers = {column.name: column.number for column in columns}
        same = (
            condition.format(copy=copy.number, source=numbers[copy.name])
            for copy in self._copies
            if copy.name in numbers
        )
        return " OR ".join((*same, "false"))

    @staticmethod
    def _numbers_of(numbers: Iterable[int]) -> str:
        return f"({', '.join(map(str, (-1, *numbers)))})"

    def survivors(self) -> list[Survivor]:
        """Return the survivors of each column, the most serious first."""
        found = self._export.connection.execute(
            "SELECT best.source, found_in, best.own, best.whole, best.digits, length, "
            f"count(DISTINCT hash), min(row) FROM {self.TABLE} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        names = ("source", "found_in", "own", "whole", "digits", "length", "values")
        matches = [
            _Match(**dict(zip((*names, "first_row"), row, strict=True)))
            for row in found
        ]
        judged = [
            (self._is_counted(match), match)
            for match in matches
            if not self._is_compared_elsewhere(match)
        ]
        survivors = [
            self._survivor_of(counted, [match for _, match in group])
            for (*_, counted), group in groupby(sorted(judged, key=_entry), _entry)
        ]
        return sorted(survivors, key=lambda one: (not one.counted, -one.rows, one.copy))

    def _is_compared_elsewhere(self, match: _Match) -> bool:
        """Return whether a match is a number in its own column, handled elsewhere."""
        type = self._columns[match.source].column.type
        same = type == self._copies[match.found_in].column.type
        return match.own and match.whole and same and type not in TEXTS

    def _is_counted(self, match: _Match) -> bool:
        """Return whether a match counts, because chance does not explain it."""
        if match.own and match.whole:
            return match.length >= SHORTEST or not self._is_crowded(match)
        if not match.digits:
            return True
        return beyond_chance(match.values, self._by_chance(match), UNLIKELY)

    def _is_crowded(self, match: _Match) -> bool:
        """Return whether 1 % of all possible values of this length are in use."""
        [[values]] = self._export.connection.execute(
            f"SELECT count(DISTINCT hash) FROM {Tokens.TABLE} WHERE whole "
            f"AND source = {match.source} AND length = {match.length}"
        ).fetchall()
        return bool(values >= _CROWDED_SHARE * _LETTERS**match.length)

    def _by_chance(self, match: _Match) -> float:
        """Return how many numbers of another column are expected to match by chance."""
        if not match.digits or (match.own and match.whole):
            return 0.0
        numbers = self._search.numbers.get(match.found_in)
        if numbers is None:
            return 0.0
        length = min(match.length, LENGTHS - 1)
        values = self._tokens.tallies[match.source].digits[length]
        minimum = self._columns[match.source].share or 0.0
        shares = (
            min(max(minimum, int(count) / 10 ** (length - 1)), 1.0) for count in values
        )
        looked_at = map(int, numbers[length])
        return float(
            sum(share * of for share, of in zip(shares, looked_at, strict=True))
        )

    def _survivor_of(self, counted: bool, matches: Sequence[_Match]) -> Survivor:
        first = matches[0]
        lengths = ", ".join(f"({match.digits}, {match.length})" for match in matches)
        chosen = (
            f"FROM {self.TABLE} WHERE best.source = {first.source} "
            f"AND found_in = {first.found_in} AND best.whole = {first.whole} "
            f"AND (best.digits, length) IN ({lengths})"
        )
        [[rows]] = self._export.connection.execute(
            f"SELECT sum(row_count) FROM (SELECT row, any_value(row_count) AS row_count {chosen} "
            "GROUP BY row)"
        ).fetchall()
        examples = self._export.connection.execute(
            f"SELECT first, length {chosen} GROUP BY hash, first, length "
            f"ORDER BY min(row), length, first LIMIT {_EXAMPLES}"
        ).fetchall()
        return Survivor(
            source=self._columns[first.source].name,
            copy=self._copies[first.found_in].name,
            where="value" if first.whole else "inside",
            values=sum(match.values for match in matches),
            rows=int(rows),
            first_row=min(match.first_row for match in matches),
            by_chance=sum(map(self._by_chance, matches)),
            counted=counted,
            examples=tuple(masked(first, length) for first, length in examples),
        )


def _entry(judged: tuple[bool, _Match]) -> tuple[int, int, bool, bool]:
    """Return the key by which matches are grouped into survivors."""
    counted, match = judged
    return match.source, match.found_in, match.whole, counted


def masked(first: int, length: int) -> str:
    """Return the part of a value that may be shown: its first letter and its length."""
    letter = chr(first) if first < 128 else "?"
    return f"{letter}...({length}{'+' if length >= 255 else ''})"


def find_survivors(
    source: Export,
    columns: Sequence[JudgedColumn],
    copied: Sequence[CopyColumn],
    progress: Progress,
) -> tuple[list[Survivor], Mapping[int, Tally]]:
    """Return the survivors, and what was counted in the source's columns."""
    searched = [column for column in columns if column.judged == "set"]
    expected = sum(
        column.figures.distinct * (1 + _WORDS_EACH * (column.column.type in TEXTS))
        for column in searched
    )
    tokens = Tokens(source.connection, expected)
    try:
        for column in searched:
            tokens.add_column(source, column)
            rows = column.table.rows
            progress.rows_made(f"reading {column.name}", rows, rows)
        tokens.finish()
        add_kept_values(
            source, (column for column in columns if column.judged == "kept")
        )
        search = Search(source.connection, tokens)
        for copy in copied:
            search.search_column(copy)
            rows = copy.table.rows
            progress.rows_made(f"searching {copy.name}", rows, rows)
        search.finish()
        return Matches(
            source, tokens, search, columns, copied
        ).survivors(), tokens.tallies
    finally:
        for table in (Tokens.TABLE, Search.TABLE, Matches.TABLE, KEPT_TABLE):
            source.connection.execute(f"DROP TABLE IF EXISTS {table}")
