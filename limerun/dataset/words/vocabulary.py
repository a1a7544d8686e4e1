"""Load the words that values consist of: Faker's lists, once per locale."""

import hashlib
import importlib
import importlib.util
import json
from collections import Counter
from functools import cached_property
from typing import Any

import numpy as np

from limerun.dataset.words.business_words import PLACES, POSITIONS, TRADES, WORDS
from limerun.dataset.words.locales import LOCALES
from limerun.dataset.words.randomness import Permutation, below, random_words
from limerun.dataset.words.weighted_lists import (
    MOST_WORDS,
    Names,
    Pool,
    doubles,
    more,
    names_of,
    pool_of,
)

_LONGER = ("first_names", "last_names", "cities")
_ENOUGH_NAMES = 1_000
_ENOUGH_CITIES = 300
_DRAWS = 2_000
_SENTENCES = 2_048


class Vocabulary:
    """The words of one locale; each list is loaded on first use."""

    def __init__(self, locale: str) -> None:
        self.name = locale
        self.locale = LOCALES[locale]
        self._longer: dict[tuple[str, int], Pool] = {}

    def digest(self) -> str:
        """Return the SHA-256 of the lists that were used so far."""
        lists = {
            name: (pool.values, pool.weights)
            for name, pool in vars(self).items()
            if isinstance(pool, Pool)
        }
        text = json.dumps(lists, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _listed(self, part: str, *names: str) -> Any:
        """Return the first of these lists that a Faker provider has, or None."""
        module = f"faker.providers.{part}.{self.locale.faker}"
        if importlib.util.find_spec(module) is None:
            return None
        provider = importlib.import_module(module).Provider
        found = (getattr(provider, name, None) for name in names)
        return next((words for words in found if words), None)

    def _drawn(self, what: str) -> Pool:
        """Return a sorted sample of values that Faker composes."""
        from faker import Faker

        faker = Faker(self.locale.faker)
        faker.seed_instance(0)
        draw = getattr(faker, what)
        return Pool(sorted({str(draw()) for _ in range(_DRAWS)}))

    @cached_property
    def first_names(self) -> Names:
        """First names, women's before men's, both halves equally likely."""
        return names_of(
            self._listed("person", "first_names_female"),
            self._listed("person", "first_names_male"),
        )

    @cached_property
    def female_names(self) -> tuple[str, ...]:
        """First names of women."""
        return pool_of(self._listed("person", "first_names_female")).values

    @cached_property
    def male_names(self) -> tuple[str, ...]:
        """First names of men."""
        return pool_of(self._listed("person", "first_names_male")).values

    @cached_property
    def last_names(self) -> Pool:
        """Last names, weighted if Faker has weights.

        If there are few, one in ten is a double name.
        """
        names = pool_of(self._listed("person", "last_names"))
        return self._with_doubles(names, _ENOUGH_NAMES)

    def _with_doubles(self, names: Pool, least: int) -> Pool:
        between = "-" if self.locale.hyphened else " "
        return more(names, doubles(names, between, least - len(names)), each=9)

    @cached_property
    def cities(self) -> Pool:
        """Cities and towns; if there are few, a third are invented."""
        listed = self._listed("address", "cities")
        if listed is None:
            return self._drawn("city")
        cities = pool_of(listed)
        few = _ENOUGH_CITIES - len(cities)
        return more(cities, self._made_up(cities)[: max(few, 0)], each=2)

    def _made_up(self, cities: Pool) -> list[str]:
        """Return invented place names that differ from the cities."""
        stems, ends = (part.split() for part in PLACES[self.name])
        order = Permutation(0, len(stems) * len(ends))
        places = order(np.arange(order.size, dtype=np.uint64)).tolist()
        made = (stems[at // len(ends)] + ends[at % len(ends)] for at in places)
        known = {*cities.values}
        return [name for name in dict.fromkeys(made) if name not in known]

    def longer(self, what: str, least: int) -> Pool:
        """Return a pool of different words, extended if it has too few.

        Args:
            what: "first_names", "last_names" or "cities"; others cannot be extended.
            least: The wanted number of words; there may be fewer.
        """
        pool: Pool = getattr(self, what)
        if what == "subjects":
            return self._different_subjects
        if len(pool) >= least or what not in _LONGER:
            return pool
        if (what, least) not in self._longer:
            self._longer[what, least] = self._made_longer(what, pool, least)
        return self._longer[what, least]

    def _made_longer(self, what: str, pool: Pool, least: int) -> Pool:
        missing = min(least, MOST_WORDS) - len(pool)
        if what == "cities":
            return more(pool, self._made_up(pool)[:missing], each=2)
        if what == "last_names":
            return self._with_doubles(pool, len(pool) + missing)
        assert isinstance(pool, Names)
        halves = [Pool(pool.values[: pool.women]), Pool(pool.values[pool.women :])]
        women, men = (
            [*half.values, *doubles(half, "-", -(-missing // 2))] for half in halves
        )
        return Names((*women, *men), women=len(women))

    @cached_property
    def streets(self) -> Pool:
        """Streets without house numbers."""
        return self._drawn("street_name")

    @cached_property
    def countries(self) -> Pool:
        """Countries; the locale's own is four times as likely as all others together."""
        home = self.locale.country
        listed = self._listed("address", "countries") or ()
        others = sorted({str(country) for country in listed} - {home})
        return Pool((home, *others), (4 * max(len(others), 1), *(1 for _ in others)))

    @cached_property
    def positions(self) -> Pool:
        """Job titles."""
        if self.name in POSITIONS:
            return Pool(POSITIONS[self.name].split(","))
        return pool_of(self._listed("job", "jobs"))

    @cached_property
    def suffixes(self) -> Pool:
        """The legal forms at the end of company names, weighted."""
        counts = Counter(self.locale.suffixes)
        return Pool(counts, counts.values())

    @cached_property
    def middles(self) -> Pool:
        """The middle parts of company names: a trade (three of four) or a partner."""
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
        """Sentences of four to eleven random words."""
        return Pool(f"{text}." for text in self._phrases(1, 4, 8))

    @cached_property
    def subjects(self) -> Pool:
        """Phrases of two to four random words."""
        return Pool(self._phrases(2, 2, 3, shortest=5))

    @cached_property
    def _different_subjects(self) -> Pool:
        """The subjects; a phrase that repeats an earlier one gets a number."""
        seen: Counter[str] = Counter()
        different = []
        for phrase in self.subjects.values:
            seen[phrase] += 1
            count = seen[phrase]
            different.append(phrase if count == 1 else f"{phrase} {count}")
        return Pool(different)

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
