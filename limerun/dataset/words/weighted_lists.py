"""Words to choose among: lists with weights, and longer ones made out of them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from limerun.dataset.words.randomness import Permutation, WeightedChoice

MOST_WORDS = 100_000
"""Of a pool that was made longer; they are held in memory."""
_SPELT = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})

Words = Mapping[str, float] | Iterable[str]
"""A provider's list; a mapping has a weight for each word."""


def fold(text: str) -> str:
    """Return a text in the letters that an address may have: a to z and 0 to 9."""
    spelt = unicodedata.normalize("NFKD", text.lower().translate(_SPELT))
    return re.sub(r"[^a-z0-9]", "", spelt)


class Pool:
    """Words to choose among, each as likely as the others or by weight."""

    def __init__(
        self, values: Iterable[str], weights: Iterable[int] | None = None
    ) -> None:
        self.values = tuple(values)
        self.weights = None if weights is None else tuple(weights)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def array(self) -> pa.StringArray:
        """The words as Arrow has them."""
        return pa.array(self.values, pa.string())

    @cached_property
    def folded(self) -> pa.StringArray:
        """The words as an address may have them."""
        return pa.array([fold(value) or "x" for value in self.values], pa.string())

    @cached_property
    def shares(self) -> WeightedChoice | None:
        """How often each word is chosen; None: all are alike."""
        return None if self.weights is None else WeightedChoice(self.weights)


class Names(Pool):
    """First names, those of women before those of men."""

    def __init__(
        self, values: Iterable[str], weights: Iterable[int] | None = None, *, women: int
    ) -> None:
        super().__init__(values, weights)
        self.women = women
        """How many of them are women's."""


def pool_of(words: Words) -> Pool:
    """Return a provider's list, sorted."""
    if not isinstance(words, Mapping):
        return Pool(sorted({str(word) for word in words}))
    names = sorted(words)
    return Pool(names, _whole_weights([words[name] for name in names]))


def _whole_weights(weights: Sequence[float]) -> list[int]:
    # A millionth of the commonest is kept apart from nothing.
    largest = max(weights)
    return [max(round(weight / largest * 1_000_000), 1) for weight in weights]


def names_of(women: Words, men: Words) -> Names:
    """Return the names of both; one of both genders is the commoner one's."""
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
    """Return double names, none of them twice."""
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
    """Return a pool with more words, `each` times less often than its own together."""
    if not words:
        return pool
    own = pool.weights or (1,) * len(pool)
    scaled = [weight * each * len(words) for weight in own]
    return Pool((*pool.values, *words), (*scaled, *[sum(own)] * len(words)))
