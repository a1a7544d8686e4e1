"""Collect the words of an export, which the maps must not produce."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.exports.value_maps.runs import WORD, cut
from limerun.exports.value_maps.spelling import plain, split_words
from limerun.exports.value_maps.texts import flatten_texts

LONGEST_CHANCE = 9
"""Longer random words practically never equal a word of the export."""
_SHORTEST = 4
"""Shorter words identify nobody outside their own column."""

_FEW_WORDS = r"^\pL+([^\pL0-9]{1,3}\pL+){1,2}$"


class ReservedWords:
    """Words in small letters without accents."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._listed: pa.StringArray | None = None

    def add(self, word: str) -> None:
        """Add a word in small letters without accents."""
        self._words.add(word)

    def learn(self, texts: pa.StringArray) -> None:
        """Add the words of texts that are short enough to occur by chance."""
        runs = _searchable_words(texts).unique()
        for run in runs.to_pylist():
            self._words.update(plain(word.lower()) for word in split_words(run)[1::2])

    def learn_joined(self, texts: pa.StringArray) -> None:
        """Add values of a few words as one word: Saint-Denis may be written Saintdenis."""
        few = pc.match_substring_regex(texts, _FEW_WORDS)
        for text in texts.filter(few).unique().to_pylist():
            self._words.add(plain("".join(split_words(text)[1::2]).lower()))

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def finish(self) -> None:
        """Build the lookup for whole columns, after all words were added."""
        self._listed = pa.array(
            [word for word in self._words if _SHORTEST <= len(word) <= LONGEST_CHANCE],
            pa.string(),
        )

    def found_in(self, texts: Iterable[str]) -> list[bool]:
        """Return which texts contain a reserved word; fast if none does."""
        listed = list(texts)
        runs = _searchable_words(pa.array(listed, pa.string()))
        small = pc.utf8_lower(runs)
        assert self._listed is not None, "close() comes first"
        if (
            not pc.any(pc.is_in(small, value_set=self._listed)).as_py()
            and not pc.any(pc.invert(pc.string_is_ascii(small))).as_py()
        ):
            return [False] * len(listed)
        return [self._finds(text) for text in listed]

    def _finds(self, text: str) -> bool:
        words = (plain(word.lower()) for word in split_words(text)[1::2])
        return any(len(word) >= _SHORTEST and word in self._words for word in words)


def _searchable_words(texts: pa.StringArray) -> pa.StringArray:
    """Return the runs of letters that are neither too short nor too long."""
    runs, _ = cut(texts).of(WORD)
    lengths = np.diff(flatten_texts(runs).offsets)
    telling = (lengths >= _SHORTEST) & (lengths <= 2 * LONGEST_CHANCE)
    return runs.filter(pa.array(telling))
