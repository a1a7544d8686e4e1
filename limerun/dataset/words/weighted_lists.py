"""Lists of words with weights, and ways to extend them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from limerun.dataset.words.randomness import Permutation, WeightedChoice

MOST_WORDS = 100_000
"""Limit for an extended pool, which is kept in memory."""
_SPELT = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})

Words = Mapping[str, float] | Iterable[str]
"""A list of a Faker provider; a mapping has a weight for each word."""


def fold(text: str) -> str:
    """Reduce a text to the characters of addresses: a to z and 0 to 9."""
    spelt = unicodedata.normalize("NFKD", text.lower().translate(_SPELT))
    return re.sub(r"[^a-z0-9]", "", spelt)


class Pool:
    """Words to choose from, all equally likely or by weight."""

    def __init__(
        self, values: Iterable[str], weights: Iterable[int] | None = None
    ) -> None:
        self.values = tuple(values)
        self.weights = None if weights is None else tuple(weights)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def array(self) -> pa.StringArray:
        """The words as an Arrow array."""
        return pa.array(self.values, pa.string())

    @cached_property
    def folded(self) -> pa.StringArray:
        """The words, reduced to the characters of addresses."""
        return pa.array([fold(value) or "x" for value in self.values], pa.string())

    @cached_property
    def shares(self) -> WeightedChoice | None:
        """The weighted choice; None if all words are equally likely."""
        return None if self.weights is None else WeightedChoice(self.weights)


class Names(Pool):
    """First names, women's before men's."""

    def __init__(
        self, values: Iterable[str], weights: Iterable[int] | None = None, *, women: int
    ) -> None:
        super().__init__(values, weights)
        self.women = women
        """The number of women's names."""


def pool_of(words: Words) -> Pool:
    """Return a provider's list as a sorted pool."""
    if not isinstance(words, Mapping):
        return Pool(sorted({str(word) for word in words}))
    names = sorted(words)
    return Pool(names, _whole_weights([words[name] for name in names]))


def _whole_weights(weights: Sequence[float]) -> list[int]:
    # The smallest weight is a millionth of the largest.
    largest = max(weights)
    return [max(round(weight / largest * 1_000_000), 1) for weight in weights]


def names_of(women: Words, men: Words) -> Names:
    """Return a pool of both lists; a unisex name gets its more frequent gender."""
    her, his = (
        dict(zip(pool.values, pool.weights or [1] * len(pool), strict=True))
        for pool in (pool_of(women), pool_of(men))
    )
    hers = [name for name in her if her[name] >= his.get(name, 0)]
    others = [name for name in his if his[name] > her.get(name, 0)]
    # Each half weighs as much as the other.
    total_hers, total_his = sum(her[name] for name in hers), sum(his[n] for n in others)
    weights = [her[name] * total_his for name in hers]
    weights += [his[name] * total_hers for name in others]
    return Names((*hers, *others), weights, women=len(hers))


def doubles(names: Pool, between: str, wanted: int) -> list[str]:
    """Return distinct double names, at most `wanted`."""
    count = len(names)
    if wanted <= 0:
        return []
    order = Permutation(1, count * count)
    drawn = order(np.arange(min(2 * wanted + count, order.size), dtype=np.uint64))
    known, made = {*names.values}, dict[str, None]()
    for at in drawn.tolist():
        first, second = names.values[at // count], names.values[at % count]
        double = f"{first}{between}{second}"
        if first != second and double not in known:
            made[double] = None
    return [*made][:wanted]


def more(pool: Pool, words: Sequence[str], *, each: int) -> Pool:
    """Extend a pool with more words, which together are `each` times less frequent."""
    if not words:
        return pool
    own = pool.weights or (1,) * len(pool)
    scaled = [weight * each * len(words) for weight in own]
    return Pool((*pool.values, *words), (*scaled, *[sum(own)] * len(words)))
