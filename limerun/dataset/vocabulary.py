"""The words that values are put together from: Faker's lists, read once per locale."""

import importlib
import importlib.util
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.locales import LOCALES
from limerun.dataset.randomness import Shares, below, random_words
from limerun.dataset.words import POSITIONS, TRADES, WORDS

_DRAWS = 2_000
_SENTENCES = 2_048
_SPELT = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})


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
        self._weights = None if weights is None else tuple(weights)

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
    def shares(self) -> Shares | None:
        """How often each word is chosen; None: all are alike."""
        return None if self._weights is None else Shares(self._weights)


class Vocabulary:
    """One locale's words, each list read when it is first needed."""

    def __init__(self, locale: str) -> None:
        self.name = locale
        self.locale = LOCALES[locale]

    def _listed(self, part: str, *names: str) -> Any:
        """Return the first list of these names that a provider has, or None."""
        module = f"faker.providers.{part}.{self.locale.faker}"
        if importlib.util.find_spec(module) is None:
            return None
        provider = importlib.import_module(module).Provider
        found = (getattr(provider, name, None) for name in names)
        return next((words for words in found if words), None)

    def _drawn(self, what: str) -> Pool:
        """Return what Faker puts together itself, drawn so often and sorted."""
        from faker import Faker

        faker = Faker(self.locale.faker)
        faker.seed_instance(0)
        draw = getattr(faker, what)
        return Pool(sorted({str(draw()) for _ in range(_DRAWS)}))

    @cached_property
    def first_names(self) -> Pool:
        """First names of women and men."""
        return _pool(self._listed("person", "first_names"))

    @cached_property
    def last_names(self) -> Pool:
        """Last names, the common ones more often where Faker knows how often."""
        return _pool(self._listed("person", "last_names"))

    @cached_property
    def cities(self) -> Pool:
        """Cities and towns."""
        listed = self._listed("address", "cities")
        return self._drawn("city") if listed is None else _pool(listed)

    @cached_property
    def streets(self) -> Pool:
        """Streets without house numbers."""
        return self._drawn("street_name")

    @cached_property
    def countries(self) -> Pool:
        """Countries: the locale's own four times as often as all others together."""
        home = self.locale.country
        listed = self._listed("address", "countries") or ()
        others = sorted({str(country) for country in listed} - {home})
        return Pool((home, *others), (4 * max(len(others), 1), *(1 for _ in others)))

    @cached_property
    def positions(self) -> Pool:
        """What people are at work."""
        if self.name in POSITIONS:
            return Pool(POSITIONS[self.name].split(","))
        return _pool(self._listed("job", "jobs"))

    @cached_property
    def suffixes(self) -> Pool:
        """What a firm's name ends with; the usual ones several times."""
        return Pool(self.locale.suffixes)

    @cached_property
    def middles(self) -> Pool:
        """What stands between a firm's owner and its suffix: its trade, or a partner.

        Three firms in four are known by their trade.
        """
        trades = [f" {trade} " for trade in TRADES[self.name].split()]
        partners = [f" & {name} " for name in self.last_names.values]
        weights = [3 * len(partners)] * len(trades) + [len(trades)] * len(partners)
        return Pool((*trades, *partners), weights)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        if self.name in WORDS:
            return tuple(WORDS[self.name].split())
        return tuple(str(word) for word in self._listed("lorem", "word_list"))

    @cached_property
    def sentences(self) -> Pool:
        """Sentences of four to eleven words; no sense in them."""
        return Pool(f"{text}." for text in self._phrases(1, 4, 8))

    @cached_property
    def subjects(self) -> Pool:
        """Phrases of two to four words, as in a subject line."""
        return Pool(self._phrases(2, 2, 3, shortest=5))

    def _phrases(self, key: int, least: int, more: int, shortest: int = 1) -> list[str]:
        listed = [word for word in self._words if len(word) >= shortest]
        rows = np.arange(_SENTENCES, dtype=np.uint64)
        counts = least + below(random_words(key, rows), more)
        places = np.arange(_SENTENCES * 16, dtype=np.uint64)
        chosen = below(random_words(key + 100, places), len(listed))
        phrases = []
        for row, count in enumerate(counts.tolist()):
            words = [listed[at] for at in chosen[16 * row : 16 * row + count]]
            text = " ".join(words)
            phrases.append(text[:1].upper() + text[1:])
        return phrases


def _pool(words: Mapping[str, float] | Iterable[str]) -> Pool:
    """Return a provider's list: a mapping has a weight for each word."""
    if not isinstance(words, Mapping):
        return Pool(sorted({str(word) for word in words}))
    names = sorted(words)
    # A millionth of the commonest is kept apart from nothing.
    largest = max(words.values())
    weights = (max(round(words[name] / largest * 1_000_000), 1) for name in names)
    return Pool(names, weights)
