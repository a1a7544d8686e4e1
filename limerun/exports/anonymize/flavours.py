"""What words are names of, and the vocabulary that offers others of their kind."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from limerun.dataset.locales import LOCALES
from limerun.dataset.pools import fold
from limerun.dataset.vocabulary import Vocabulary

FLAVOURS = (
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
"""What a word can be; if it is several, the first one."""
REPLACED = FLAVOURS[:8]
"""Those that a column can be said to hold; the others have rules of their own."""
LEGAL_FORMS = frozenset(
    word.lower()
    for locale in LOCALES.values()
    for suffix in locale.suffixes
    for word in re.findall(r"[^\W\d_]{2,}", suffix)
)
"""AB, GmbH, Oy: they tell nobody apart, and stay."""
_LEAST_CHOICE = 5

ByLength = Mapping[int, tuple[str, ...]]


@lru_cache(maxsize=4)
def offers(locale: str) -> Mapping[str, ByLength]:
    """Return a locale's words in small letters by flavour and length.

    First names also as `female` and `male`, where the language tells.
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
        {flavour: _by_length(values) for flavour, values in listed.items()}
    )


def _by_length(values: Iterable[str]) -> ByLength:
    """Return what is one word, by how long it is; few of a length are no choice."""
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
    """Return the names of women alone and of men alone, in small letters."""
    words = Vocabulary(locale)
    female = frozenset(name.lower() for name in words.female_names)
    male = frozenset(name.lower() for name in words.male_names)
    return female - male, male - female
