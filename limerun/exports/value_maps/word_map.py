"""Map the words of an export one-to-one to words that are not in the export.

The new word has the same length if possible, and is of the same kind: first from the
locale's vocabulary, then a pseudoword. It depends only on the word and the key, unless
another word has it already. Words with the same spelling in an address have the same
spelling there afterwards: Åke and ake become Öbo and obo.
"""

from collections.abc import Container, Iterable, Iterator, Sequence

from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.name_kinds import (
    LEGAL_FORMS,
    NAME_KINDS,
    Genders,
    vocabulary_by_length,
)
from limerun.exports.value_maps.reserved_words import ReservedWords
from limerun.exports.value_maps.spelling import accented_variants, plain, pseudoword

LONGEST = 24
"""Longer words become pseudowords that depend only on the word and the key."""
_FROM_VOCABULARY = 3
_AS_LONG = 12
_EACH_LENGTH = 12
_LEAST_JOINED = 3
_MARKED_LETTERS = "åäöæøéü"


class WordMap:
    """Maps lower-case words to other words."""

    def __init__(
        self, key: Key, locale: str, genders: Genders, reserved: ReservedWords
    ) -> None:
        self._key = key
        self._reserved = reserved
        self._vocabulary = vocabulary_by_length(locale)
        self._genders = genders
        self._rank: dict[str, int] = {}
        self._targets: dict[str, str] = {}
        self._letters: dict[str, str] = {}
        self._names: set[str] = set()

    def learn(self, words: Iterable[str], name_kind: str) -> None:
        """Learn lower-case words that will be replaced."""
        rank, ranks = NAME_KINDS.index(name_kind), self._rank
        for word in words:
            known = ranks.get(word)
            if known is not None and known <= rank:
                continue
            if known is None:
                self._reserved.add(plain(word))
            if len(word) <= LONGEST:
                ranks[word] = rank

    def finish(self) -> None:
        """Choose the new words, after all words were learned."""
        families: dict[str, list[str]] = {}
        self._letters = _other_letters(self._key, self._rank)
        for word in sorted(self._rank):
            if len(word) > 1 and not self._stays(word):
                families.setdefault(plain(word), []).append(word)
        taken: set[str] = set()
        names = {
            family
            for family, words in families.items()
            if self._best_rank(words) <= NAME_KINDS.index("company")
        }
        self._names = names
        later = []
        for family, words in families.items():
            if self._best_rank(words) == NAME_KINDS.index("email"):
                later.append(family)
            else:
                self._assign(family, words, taken)
        for family in later:
            self._assign_joined(family, families[family], names, taken)
        self._rank = {}

    def _stays(self, word: str) -> bool:
        return word in LEGAL_FORMS and self._rank[word] == NAME_KINDS.index("company")

    def _best_rank(self, words: Sequence[str]) -> int:
        return min(self._rank[word] for word in words)

    def _assign(self, family: str, words: Sequence[str], taken: set[str]) -> None:
        name_kind = NAME_KINDS[self._best_rank(words)]
        if name_kind == "firstname":
            name_kind = self._genders.gender_of(words) or name_kind
        for candidate in self._candidates(family, name_kind):
            other = plain(candidate)
            if other in self._reserved or other in taken or other in LEGAL_FORMS:
                continue
            spelt = _spell(words, candidate)
            if spelt is not None:
                taken.add(other)
                self._targets.update(zip(words, spelt, strict=True))
                return

    def _assign_joined(
        self,
        family: str,
        words: Sequence[str],
        names: set[str],
        taken: set[str],
    ) -> None:
        """Map two names written as one word, as in annaberg@, name by name."""
        for first, last in _halves(family, names):
            other = plain(self._other_name(first)) + plain(self._other_name(last))
            if words == [family] and not (other in self._reserved or other in taken):
                taken.add(other)
                self._targets[family] = other
                return
        self._assign(family, words, taken)

    def _other_name(self, name: str) -> str:
        return self._letters.get(name) or self._targets.get(name, name)

    def _candidates(self, family: str, name_kind: str) -> Iterator[str]:
        length = len(family)
        offered = self._vocabulary.get(name_kind, {}).get(length, ())
        turn = 0
        while True:
            bits = self._key.digest(f"{turn} {family}")
            if turn < _FROM_VOCABULARY:
                if offered:
                    yield offered[bits % len(offered)]
            else:
                longer = max(turn - _AS_LONG, 0) // _EACH_LENGTH
                yield pseudoword(bits, max(length, 2) + longer)
            turn += 1

    def is_name(self, word: str) -> bool:
        """Return whether a lower-case word is the name of a person or company."""
        return plain(word) in self._names

    def __call__(self, word: str) -> str:
        """Return the replacement for a lower-case word."""
        known = self._targets.get(word)
        if known is not None:
            return known
        if len(word) == 1:
            return self._letters.get(word, word)
        if len(word) > LONGEST:
            return self._long(word)
        return word

    def _long(self, word: str) -> str:
        parts = [word[at : at + LONGEST] for at in range(0, len(word), LONGEST)]
        return "".join(
            pseudoword(self._key.digest(f"long {at} {word}"), len(part))
            for at, part in enumerate(parts)
        )


def _halves(family: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the ways to split a word into two names, or a letter and a name."""
    for at in range(_LEAST_JOINED, len(family) - _LEAST_JOINED + 1):
        if family[:at] in names and family[at:] in names:
            yield family[:at], family[at:]
    if len(family) > _LEAST_JOINED:
        if family[1:] in names:
            yield family[:1], family[1:]
        if family[:-1] in names:
            yield family[:-1], family[-1:]


def _spell(words: Sequence[str], candidate: str) -> list[str] | None:
    """Spell a candidate for each of several words that differ only in their accents.

    Returns:
        The spelling without accents for the word without, accented ones for the others;
        None if there are not enough.
    """
    bare = plain(candidate)
    marks = accented_variants(bare)
    if len(words) == 1:
        word = words[0]
        return [candidate] if not word.isascii() or candidate == bare else [bare]
    spelt = []
    for word in words:
        other = bare if word == bare or word.isascii() else next(marks, None)
        if other is None or other in spelt:
            return None
        spelt.append(other)
    return spelt


def _other_letters(key: Key, seen: Container[str]) -> dict[str, str]:
    """Return another letter for each single letter.

    Unused letters are taken if there are enough; otherwise all letters are permuted.
    """
    others: dict[str, str] = {}
    for letters in ("abcdefghijklmnopqrstuvwxyz", _MARKED_LETTERS):
        order = key.derived("letters", letters).shuffled(len(letters)).tolist()
        cycle = [letters[at] for at in order]
        used = [letter for letter in cycle if letter in seen]
        free = [letter for letter in cycle if letter not in seen]
        others |= dict(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        if len(used) <= len(free):
            others |= dict(zip(used, free, strict=False))
    return others
