"""What of a source must not be found in a copy: its values, and the words in them.

- Every value of the columns that are neither kept nor saturated: in its own column at
  any length, elsewhere from four letters and digits on.
- Of texts with several words, also each word of four letters or more, the letters of
  a word that ends in digits (anna77), and numbers of seven digits or more. Not the
  words of free text (with more than three spaces on average): those are everybody's;
  the names in them are found as values of the columns that hold names.
- Of texts of more than eight words, runs of eight, one from every fourth word on: so
  eleven words of a note that follow each other are found in whatever was added.
- Not a word, nor a run, that stands in 5 % of its column's values or more, and in at least 20: it
  is their form ("example.com" in addresses), and counted as such.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from limerun.exports.duckdb_engine import RowAppender
from limerun.exports.proof.cells import read_cells
from limerun.exports.proof.decoding import text_variants
from limerun.exports.proof.forms import LONGEST_RUN, Forms, Phrases
from limerun.exports.proof.scope import TEXTS, JudgedColumn
from limerun.exports.proof.word_hashes import (
    SHORTEST,
    Cut,
    CutTexts,
    Hashes,
    Wanted,
    cut_texts,
    text_bytes,
)
from limerun.exports.tables import Export
from limerun.exports.text_folding import Places

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TELLING_DIGITS = 7
LENGTHS = 64
"""In letters and digits; what is longer counts as one less than this."""
FREE_TEXT_SPACES = 3.0
KEPT_TABLE = "limerun_kept"
_BITS_EACH = 16
_FEWEST_BITS, _MOST_BITS = 20, 29
"""Powers of two: from 128 kB to 64 MB."""


def no_numbers() -> Places:
    """Return a count of numbers, by their length and first digit, of none."""
    return np.zeros((LENGTHS, 10), np.int64)


def count_numbers(cut: Cut) -> Places:
    """Count the stretches of digits alone, by their length and first digit.

    Numbers of one length are not spread evenly over it: none that is written as such
    begins with a zero, and of amounts small first digits are the commonest.
    """
    first = cut.first[cut.digits].astype(np.int64) - ord("0")
    at = _capped(cut.lengths[cut.digits]) * 10 + first
    return np.bincount(at, minlength=LENGTHS * 10).reshape(LENGTHS, 10)


@dataclass(slots=True)
class Tally:
    """What was counted of a column's values while they were read."""

    values: int = 0
    spaces: int = 0
    digits: Places = field(default_factory=no_numbers)
    """How many values of digits alone there are, by their length and first digit."""

    @property
    def is_free_text(self) -> bool:
        """Whether its words are everybody's."""
        return self.spaces > FREE_TEXT_SPACES * self.values


class BloomFilter:
    """Contains every hash that was added, and seems to contain few others.

    With 16 bits to each hash, at most 1 of 16 others gets through; what gets through
    is looked up in full.
    """

    def __init__(self, expected: int) -> None:
        """Make room for the expected number of hashes; more give more false positives."""
        bits = (max(expected, 1) * _BITS_EACH - 1).bit_length()
        bits = min(max(bits, _FEWEST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._bits = np.zeros(1 << (bits - 3), np.uint8)

    def add(self, hashes: Hashes) -> None:
        """Put hashes in."""
        places, bits = self._places(hashes)
        # Where two fall into one byte, one of them is lost: until none is.
        while len(places):
            self._bits[places] |= bits
            lost = np.flatnonzero((self._bits[places] & bits) == 0)
            places, bits = places[lost], bits[lost]

    def may_hold(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return whether each hash may have been added."""
        places, bits = self._places(hashes)
        found: NDArray[np.bool_] = (self._bits[places] & bits) != 0
        return found

    def _places(self, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        at = hashes >> self._shift
        bits = np.left_shift(np.uint8(1), (at & np.uint64(7)).astype(np.uint8))
        return (at >> np.uint64(3)).astype(np.intp), bits


class Tokens:
    """The values and words of a source, as hashes: in DuckDB, and in a Bloom filter."""

    TABLE = "limerun_tokens"

    def __init__(self, connection: "DuckDBPyConnection", expected: int) -> None:
        """Make room for about so many values and words."""
        self.bloom_filter = BloomFilter(expected)
        self._seen: Wanted = np.zeros((LONGEST_RUN + 2, 2, LENGTHS), np.bool_)
        self.tallies: dict[int, Tally] = {}
        self._appender = RowAppender(
            connection,
            self.TABLE,
            "hash UBIGINT, source USMALLINT, whole BOOLEAN, digits BOOLEAN, "
            "length UTINYINT",
        )

    def add_column(self, export: Export, column: JudgedColumn) -> None:
        """Add all values of a column, and their words."""
        tally = self.tallies.setdefault(column.number, Tally())
        # A part of a phone number is nobody's.
        is_number = column.share is not None
        with_words = column.column.type in TEXTS and not is_number
        forms, phrases = Forms(), Phrases()
        for cells in read_cells(
            export.connection, column.table, column.column, column.figures.distinct
        ):
            for texts, _ in text_variants(
                cells.texts, column.column.type, with_names=False
            ):
                tally.spaces += _count_spaces(texts)
                for cut in cut_texts(texts):
                    self._add_wholes(column.number, cut, tally)
                    if with_words:
                        self._add_words(column.number, cut, forms)
                        self._add_runs(column.number, cut, phrases)
        words = forms.not_forms(tally.values)
        self._insert(column.number, words, np.zeros(len(words), np.bool_), SHORTEST)

    def finish(self) -> None:
        """Have everything in DuckDB."""
        self._appender.flush()

    def _add_wholes(self, number: int, texts: CutTexts, tally: Tally) -> None:
        wholes = texts.wholes()
        tally.values += len(wholes.hashes)
        tally.digits += count_numbers(wholes)
        words = np.minimum(
            texts.words_per_cell[texts.cells_of(wholes)], LONGEST_RUN + 1
        )
        self._want(words, wholes)
        self._insert(number, wholes.hashes, wholes.digits, wholes.lengths, whole=True)

    def _add_words(self, number: int, texts: CutTexts, forms: Forms) -> None:
        values = len(texts.words_per_cell)
        for cut in texts.words():
            new = cut.taken(forms.new_words(cut.hashes, values))
            new = new.taken(~new.digits | (new.lengths >= TELLING_DIGITS))
            if len(new.hashes):
                self._want(np.ones(len(new.hashes), np.int64), new)
                self._insert(number, new.hashes, new.digits, new.lengths)

    def _add_runs(self, number: int, texts: CutTexts, phrases: Phrases) -> None:
        """Add the runs of long texts: as values, since a run is not everybody's."""
        runs = phrases.telling(texts)
        if len(runs.hashes):
            self._want(np.full(len(runs.hashes), LONGEST_RUN, np.int64), runs)
            self._insert(number, runs.hashes, runs.digits, runs.lengths, whole=True)

    def _want(self, words: Places, cut: Cut) -> None:
        at = (words * 2 + cut.digits) * LENGTHS + _capped(cut.lengths)
        counts = np.bincount(at, minlength=self._seen.size)
        self._seen |= counts[: self._seen.size].reshape(self._seen.shape) > 0

    @property
    def wanted(self) -> Wanted:
        """Which runs of words are looked for inside of others.

        By the words in a run, by digits alone (1) or not (0), and by length.
        """
        wanted = self._seen[: LONGEST_RUN + 1].copy()
        # What is several words in a value may be written as one, and numbers in any
        # number of parts.
        wanted[1] = wanted.any(axis=0)
        wanted[1:, 1] = wanted[1, 1]
        wanted[:, :, :SHORTEST] = False
        return wanted

    def _insert(
        self,
        number: int,
        hashes: Hashes,
        digits: NDArray[np.bool_],
        lengths: Places | int,
        *,
        whole: bool = False,
    ) -> None:
        self.bloom_filter.add(hashes)
        count = len(hashes)
        self._appender.add(
            hashes,
            np.full(count, number, np.uint16),
            np.full(count, whole),
            digits,
            np.broadcast_to(np.minimum(lengths, 255), count).astype(np.uint8),
        )


def _capped(lengths: Places) -> Places:
    return np.minimum(lengths, LENGTHS - 1)


def _count_spaces(texts: pa.Array) -> int:
    data, _ = text_bytes(texts)
    return int((data == ord(" ")).sum())


def add_kept(export: Export, columns: Iterable[JudgedColumn]) -> None:
    """Put every value of the columns that are kept into a table, as its hash.

    As a whole only: whoever keeps the cities has said that "Lund" may be read, also
    in a note; whoever keeps the notes has not said so of the names in them.
    """
    appender = RowAppender(
        export.connection, KEPT_TABLE, "hash UBIGINT, source USMALLINT"
    )
    for column in columns:
        for cells in read_cells(
            export.connection, column.table, column.column, column.figures.distinct
        ):
            for texts in cut_texts(cells.texts):
                hashes = np.unique(texts.wholes().hashes)
                appender.add(hashes, np.full(len(hashes), column.number, np.uint16))
    appender.flush()
