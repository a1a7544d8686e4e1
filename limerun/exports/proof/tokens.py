"""Collect the tokens of a source: the values and words that its copy must not contain.

- Every value of the columns that are neither kept nor saturated. In its own column it
  is searched for at any length, elsewhere from four letters and digits on.
- In texts of several words also each word of four letters or more, the letters of words
  that end in digits (anna77), and numbers of seven digits or more. Words of free text
  (more than three spaces on average) are left out, since everybody uses them; the names
  in it are found as values of the columns that contain names.
- In texts of more than eight words, n-grams of eight words, one from every fourth word
  on. This finds any eleven consecutive words of a note.
- Words and n-grams in at least 5 % of a column's values, and in at least 20, are
  boilerplate ("example.com" in addresses) and left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from limerun.exports.duckdb_engine import RowAppender
from limerun.exports.proof.boilerplate import (
    LONGEST_NGRAM,
    FrequentPhrases,
    FrequentWords,
)
from limerun.exports.proof.cells import read_cells
from limerun.exports.proof.decoding import text_variants
from limerun.exports.proof.scope import TEXTS, JudgedColumn
from limerun.exports.proof.word_hashes import (
    SHORTEST,
    Hashes,
    Spans,
    TokenizedTexts,
    Wanted,
    tokenize_texts,
)
from limerun.exports.tables import Export
from limerun.exports.text_folding import Offsets, text_bytes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

IDENTIFYING_DIGITS = 7
LENGTHS = 64
"""Lengths (letters and digits) that are counted separately; longer texts count as the
last."""
FREE_TEXT_SPACES = 3.0
KEPT_TABLE = "limerun_kept"
_BITS_EACH = 16
_FEWEST_BITS, _MOST_BITS = 20, 29
"""Size of the Bloom filter in bits, as a power of two: from 128 kB to 64 MB."""


def no_numbers() -> Offsets:
    """Return counts of numbers by length and first digit, all zero."""
    return np.zeros((LENGTHS, 10), np.int64)


def count_numbers(spans: Spans) -> Offsets:
    """Count the spans of digits only, by length and first digit.

    Numbers of one length are not evenly distributed: ids do not begin with zero, and in
    amounts small first digits are the most frequent.
    """
    first = spans.first[spans.digits].astype(np.int64) - ord("0")
    at = _capped(spans.lengths[spans.digits]) * 10 + first
    return np.bincount(at, minlength=LENGTHS * 10).reshape(LENGTHS, 10)


@dataclass(slots=True)
class Tally:
    """Counts of a column's values, updated while the values are read."""

    values: int = 0
    spaces: int = 0
    digits: Offsets = field(default_factory=no_numbers)
    """The number of values of digits only, by length and first digit."""

    @property
    def is_free_text(self) -> bool:
        """True if the column contains free text, whose words identify nobody."""
        return self.spaces > FREE_TEXT_SPACES * self.values


class BloomFilter:
    """A set of hashes that uses little memory: false positives are possible.

    With 16 bits for each hash, at most 1 of 16 other hashes gets through. These are
    then looked up in DuckDB.
    """

    def __init__(self, expected: int) -> None:
        """Reserve memory for the expected number of hashes; more give false positives."""
        bits = (max(expected, 1) * _BITS_EACH - 1).bit_length()
        bits = min(max(bits, _FEWEST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._bits = np.zeros(1 << (bits - 3), np.uint8)

    def add(self, hashes: Hashes) -> None:
        """Add hashes."""
        indices, bits = self._indices(hashes)
        # If two hashes share a byte, one write is lost: repeat until none is.
        while len(indices):
            self._bits[indices] |= bits
            lost = np.flatnonzero((self._bits[indices] & bits) == 0)
            indices, bits = indices[lost], bits[lost]

    def may_hold(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return whether each hash may have been added; False is certain."""
        indices, bits = self._indices(hashes)
        found: NDArray[np.bool_] = (self._bits[indices] & bits) != 0
        return found

    def _indices(self, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        at = hashes >> self._shift
        bits = np.left_shift(np.uint8(1), (at & np.uint64(7)).astype(np.uint8))
        return (at >> np.uint64(3)).astype(np.intp), bits


class Tokens:
    """The values and words of a source, as hashes: in DuckDB and in a Bloom filter."""

    TABLE = "limerun_tokens"

    def __init__(self, connection: "DuckDBPyConnection", expected: int) -> None:
        """Prepare for a number of values and words, which may be an estimate."""
        self.bloom_filter = BloomFilter(expected)
        self._seen: Wanted = np.zeros((LONGEST_NGRAM + 2, 2, LENGTHS), np.bool_)
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
        # Parts of numbers, such as area codes, do not identify anybody.
        is_number = column.share is not None
        with_words = column.column.type in TEXTS and not is_number
        forms, phrases = FrequentWords(), FrequentPhrases()
        for cells in read_cells(
            export.connection, column.table, column.column, column.figures.distinct
        ):
            for texts, _ in text_variants(
                cells.texts, column.column.type, with_names=False
            ):
                tally.spaces += _count_spaces(texts)
                for spans in tokenize_texts(texts):
                    self._add_wholes(column.number, spans, tally)
                    if with_words:
                        self._add_words(column.number, spans, forms)
                        self._add_ngrams(column.number, spans, phrases)
        words = forms.rare_words(tally.values)
        self._insert(column.number, words, np.zeros(len(words), np.bool_), SHORTEST)

    def finish(self) -> None:
        """Write all tokens to DuckDB."""
        self._appender.flush()

    def _add_wholes(self, number: int, texts: TokenizedTexts, tally: Tally) -> None:
        whole = texts.whole_texts()
        tally.values += len(whole.hashes)
        tally.digits += count_numbers(whole)
        words = np.minimum(
            texts.words_per_cell[texts.cells_of(whole)], LONGEST_NGRAM + 1
        )
        self._want(words, whole)
        self._insert(number, whole.hashes, whole.digits, whole.lengths, whole=True)

    def _add_words(
        self, number: int, texts: TokenizedTexts, forms: FrequentWords
    ) -> None:
        values = len(texts.words_per_cell)
        for spans in texts.words():
            new = spans.select(forms.identifying_words(spans.hashes, values))
            new = new.select(~new.digits | (new.lengths >= IDENTIFYING_DIGITS))
            if len(new.hashes):
                self._want(np.ones(len(new.hashes), np.int64), new)
                self._insert(number, new.hashes, new.digits, new.lengths)

    def _add_ngrams(
        self, number: int, texts: TokenizedTexts, phrases: FrequentPhrases
    ) -> None:
        """Add the n-grams of long texts as whole values: they can identify somebody."""
        ngrams = phrases.identifying_ngrams(texts)
        if len(ngrams.hashes):
            self._want(np.full(len(ngrams.hashes), LONGEST_NGRAM, np.int64), ngrams)
            self._insert(
                number, ngrams.hashes, ngrams.digits, ngrams.lengths, whole=True
            )

    def _want(self, words: Offsets, spans: Spans) -> None:
        at = (words * 2 + spans.digits) * LENGTHS + _capped(spans.lengths)
        counts = np.bincount(at, minlength=self._seen.size)
        self._seen |= counts[: self._seen.size].reshape(self._seen.shape) > 0

    @property
    def wanted(self) -> Wanted:
        """Masks of the n-grams to search for inside other texts.

        Indexed by the number of words, by digits only (1) or not (0), and by length.
        """
        wanted = self._seen[: LONGEST_NGRAM + 1].copy()
        # The copy may write several words as one word, or split a number into parts.
        wanted[1] = wanted.any(axis=0)
        wanted[1:, 1] = wanted[1, 1]
        wanted[:, :, :SHORTEST] = False
        return wanted

    def _insert(
        self,
        number: int,
        hashes: Hashes,
        digits: NDArray[np.bool_],
        lengths: Offsets | int,
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


def _capped(lengths: Offsets) -> Offsets:
    return np.minimum(lengths, LENGTHS - 1)


def _count_spaces(texts: pa.Array) -> int:
    """Return the number of spaces in texts."""
    data, _ = text_bytes(texts)
    return int((data == ord(" ")).sum())


def add_kept_values(export: Export, columns: Iterable[JudgedColumn]) -> None:
    """Write the hash of every value of the kept columns to a table.

    Whole values only: a user who keeps the cities accepts "Lund" in a note too, but a
    user who keeps the notes does not accept the names in them elsewhere.
    """
    appender = RowAppender(
        export.connection, KEPT_TABLE, "hash UBIGINT, source USMALLINT"
    )
    for column in columns:
        for cells in read_cells(
            export.connection, column.table, column.column, column.figures.distinct
        ):
            for texts in tokenize_texts(cells.texts):
                hashes = np.unique(texts.whole_texts().hashes)
                appender.add(hashes, np.full(len(hashes), column.number, np.uint16))
    appender.flush()
