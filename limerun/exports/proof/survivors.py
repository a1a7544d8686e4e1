"""Find the values of a source that survived in its copy, and count them.

Gather what must not be found, search the copy for it, and decide which finds count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from limerun.exports.proof.chance import UNLIKELY, beyond_chance
from limerun.exports.proof.scope import TEXTS, JudgedColumn
from limerun.exports.proof.search import CopyColumn, Search
from limerun.exports.proof.tokens import (
    KEPT_TABLE,
    LENGTHS,
    TELLING_DIGITS,
    Tally,
    Tokens,
    add_kept,
)
from limerun.exports.proof.word_hashes import SHORTEST
from limerun.exports.tables import Export
from limerun.progress import Progress
from limerun.records.proof import Survivor

_LETTERS = 26
_CROWDED = 0.01
_EXAMPLES = 3
_WORDS_EACH = 2
"""Words of a text that are not in others, about: room in the Bloom filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Find:
    """What was found of one column in another, all of one length and kind."""

    source: int
    found_in: int
    own: bool
    """In the same column of the copy."""
    whole: bool
    """As a value of its own that was a value there."""
    digits: bool
    length: int
    values: int
    first_row: int


class Finds:
    """What a search found, matched with the source's values and words."""

    TABLE = "limerun_finds"

    def __init__(
        self,
        export: Export,
        tokens: Tokens,
        search: Search,
        columns: Sequence[JudgedColumn],
        copies: Sequence[CopyColumn],
    ) -> None:
        """Match them; `columns` are the source's, `copies` the copy's, by number."""
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
        # Words of free text are everybody's; numbers in it are not.
        self._export.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.TABLE} AS "
            "WITH tokens AS (SELECT hash, source, bool_or(whole) AS is_value, "
            f"bool_or(digits) AS digits FROM {Tokens.TABLE} "
            f"SEMI JOIN {Search.TABLE} USING (hash) "
            f"WHERE whole OR source NOT IN {free} "
            f"OR (digits AND length >= {TELLING_DIGITS}) GROUP BY hash, source), "
            "matched AS (SELECT hits.*, tokens.source, tokens.digits, "
            f"({own}) AS own, hits.whole AND is_value AS is_whole "
            f"FROM {Search.TABLE} AS hits JOIN tokens USING (hash)) "
            "SELECT hash, found_in, row, any_value(held) AS held, "
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
        """Return SQL that is true where a column of both exports is meant."""
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
        """Return what was found, column by column; the worst first."""
        found = self._export.connection.execute(
            "SELECT best.source, found_in, best.own, best.whole, best.digits, length, "
            f"count(DISTINCT hash), min(row) FROM {self.TABLE} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        names = ("source", "found_in", "own", "whole", "digits", "length", "values")
        finds = [
            _Find(**dict(zip((*names, "first_row"), row, strict=True))) for row in found
        ]
        judged = [
            (self._is_counted(find), find) for find in finds if not self._is_known(find)
        ]
        survivors = [
            self._survivor_of(counted, [find for _, find in group])
            for (*_, counted), group in groupby(sorted(judged, key=_entry), _entry)
        ]
        return sorted(survivors, key=lambda one: (not one.counted, -one.rows, one.copy))

    def _is_known(self, find: _Find) -> bool:
        """Say whether a find is a number in its own column: those are compared as such."""
        type = self._columns[find.source].column.type
        same = type == self._copies[find.found_in].column.type
        return find.own and find.whole and same and type not in TEXTS

    def _is_counted(self, find: _Find) -> bool:
        """Say whether finds speak against the copy: chance does not explain them."""
        if find.own and find.whole:
            return find.length >= SHORTEST or not self._is_crowded(find)
        if not find.digits:
            return True
        return beyond_chance(find.values, self._by_chance(find), UNLIKELY)

    def _is_crowded(self, find: _Find) -> bool:
        """Say whether a column's values of a length leave a copy few others."""
        [[values]] = self._export.connection.execute(
            f"SELECT count(DISTINCT hash) FROM {Tokens.TABLE} WHERE whole "
            f"AND source = {find.source} AND length = {find.length}"
        ).fetchall()
        return bool(values >= _CROWDED * _LETTERS**find.length)

    def _by_chance(self, find: _Find) -> float:
        """Return how many numbers of another column would be a source's by chance."""
        if not find.digits or (find.own and find.whole):
            return 0.0
        numbers = self._search.numbers.get(find.found_in)
        if numbers is None:
            return 0.0
        length = min(find.length, LENGTHS - 1)
        values = self._tokens.tallies[find.source].digits[length]
        least = self._columns[find.source].share or 0.0
        shares = (
            min(max(least, int(held) / 10 ** (length - 1)), 1.0) for held in values
        )
        looked_at = map(int, numbers[length])
        return float(
            sum(share * of for share, of in zip(shares, looked_at, strict=True))
        )

    def _survivor_of(self, counted: bool, finds: Sequence[_Find]) -> Survivor:
        first = finds[0]
        lengths = ", ".join(f"({find.digits}, {find.length})" for find in finds)
        chosen = (
            f"FROM {self.TABLE} WHERE best.source = {first.source} "
            f"AND found_in = {first.found_in} AND best.whole = {first.whole} "
            f"AND (best.digits, length) IN ({lengths})"
        )
        [[rows]] = self._export.connection.execute(
            f"SELECT sum(held) FROM (SELECT row, any_value(held) AS held {chosen} "
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
            values=sum(find.values for find in finds),
            rows=int(rows),
            first_row=min(find.first_row for find in finds),
            by_chance=sum(map(self._by_chance, finds)),
            counted=counted,
            examples=tuple(masked(first, length) for first, length in examples),
        )


def _entry(judged: tuple[bool, _Find]) -> tuple[int, int, bool, bool]:
    """Return what is told in one entry: of one column, in one, as values or inside."""
    counted, find = judged
    return find.source, find.found_in, find.whole, counted


def masked(first: int, length: int) -> str:
    """Return what may be shown of a value: its first letter, and how long it is."""
    letter = chr(first) if first < 128 else "?"
    return f"{letter}...({length}{'+' if length >= 255 else ''})"


def find_survivors(
    source: Export,
    columns: Sequence[JudgedColumn],
    copied: Sequence[CopyColumn],
    progress: Progress,
) -> tuple[list[Survivor], Mapping[int, Tally]]:
    """Return what of a source was found in a copy, and what the source's columns are.

    Args:
        source: The source; the work is done in its DuckDB.
        columns: The columns of the source.
        copied: The columns of the copy.
        progress: Hears which column is read.
    """
    looked_for = [column for column in columns if column.judged == "set"]
    expected = sum(
        column.figures.distinct * (1 + _WORDS_EACH * (column.column.type in TEXTS))
        for column in looked_for
    )
    tokens = Tokens(source.connection, expected)
    try:
        for column in looked_for:
            tokens.add_column(source, column)
            rows = column.table.rows
            progress.rows_made(f"reading {column.name}", rows, rows)
        tokens.finish()
        add_kept(source, (column for column in columns if column.judged == "kept"))
        search = Search(source.connection, tokens)
        for copy in copied:
            search.look_through(copy)
            rows = copy.table.rows
            progress.rows_made(f"looking through {copy.name}", rows, rows)
        search.finish()
        return Finds(
            source, tokens, search, columns, copied
        ).survivors(), tokens.tallies
    finally:
        for table in (Tokens.TABLE, Search.TABLE, Finds.TABLE, KEPT_TABLE):
            source.connection.execute(f"DROP TABLE IF EXISTS {table}")
