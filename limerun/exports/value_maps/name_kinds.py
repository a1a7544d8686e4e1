"""Define the kinds of words, with a vocabulary for each, and genders of first names."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from limerun.dataset.words.locales import LOCALES
from limerun.dataset.words.vocabulary import Vocabulary
from limerun.dataset.words.weighted_lists import fold

NAME_KINDS = (
    "firstname",
    "lastname",
    "company",
    "city",
    "street",
    "country",
    "position",
    "word",
    "email",
    "text",
)
"""The kinds of words; if several kinds fit a word, the first one counts."""
REPLACED = NAME_KINDS[:8]
"""The kinds that the rule replace takes; the others have their own rules."""
LEGAL_FORMS = frozenset(
    word.lower()
    for locale in LOCALES.values()
    for suffix in locale.suffixes
    for word in re.findall(r"[^\W\d_]{2,}", suffix)
)
"""Company forms such as AB, GmbH and Oy: they do not identify anybody, so they stay."""
_LEAST_CHOICE = 5

ByLength = Mapping[int, tuple[str, ...]]


@lru_cache(maxsize=4)
def vocabulary_by_length(locale: str) -> Mapping[str, ByLength]:
    """Return a locale's words in small letters by kind and length.

    First names are also listed as `female` and `male`, where the language has both
    lists.
    """
    words = Vocabulary(locale)
    listed = {
        "firstname": words.first_names.values,
        "female": words.female_names,
        "male": words.male_names,
        "lastname": words.last_names.values,
        "company": words.last_names.values,
        "city": words.cities.values,
        "street": words.streets.values,
        "country": words.countries.values,
    }
    return MappingProxyType(
        {name_kind: _by_length(values) for name_kind, values in listed.items()}
    )


def _by_length(values: Iterable[str]) -> ByLength:
    """Group single words by length; lengths with few words are left out."""
    found: dict[int, set[str]] = defaultdict(set)
    for value in values:
        if value.isalpha():
            found[len(fold(value))].add(value.lower())
    return {
        length: tuple(sorted(words))
        for length, words in found.items()
        if len(words) >= _LEAST_CHOICE
    }


def gender_lists(locale: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the first names of only women and of only men, in small letters."""
    words = Vocabulary(locale)
    female = frozenset(name.lower() for name in words.female_names)
    male = frozenset(name.lower() for name in words.male_names)
    return female - male, male - female


class Genders:
    """Learns the gender of first names from the rows, whatever codes the rows use.

    A group of rows counts as female or male according to the majority of its names that
    the language lists for only one gender. So the group's code does not matter.
    """

    def __init__(self, locale: str) -> None:
        self._female, self._male = gender_lists(locale)
        self._group_counts: dict[str, Counter[str]] = {}
        self._groups: dict[str, Counter[str]] = {}

    def learn(self, named: Iterable[tuple[str, str, int]]) -> None:
        """Learn lower-case names, with the group and the number of rows of each."""
        for name, group, rows in named:
            self._group_counts.setdefault(name, Counter())[group] += rows
            listed = self._listed(name)
            if listed:
                self._groups.setdefault(group, Counter())[listed] += rows

    def _listed(self, name: str) -> str | None:
        if name in self._female:
            return "female"
        return "male" if name in self._male else None

    def gender_of(self, names: Sequence[str]) -> str | None:
        """Return "female" or "male" for the spellings of a name; None if unknown."""
        for name in names:
            if name in self._group_counts:
                group = max(
                    sorted(self._group_counts[name].items()), key=lambda one: one[1]
                )[0]
                counted = self._groups.get(group)
                if counted:
                    return max(sorted(counted.items()), key=lambda one: one[1])[0]
        return next(filter(None, map(self._listed, names)), None)
