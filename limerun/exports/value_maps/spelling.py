"""Spell words: pseudowords, accents, capitals. Pure."""

import re
from collections.abc import Iterator

from limerun.dataset.words.weighted_lists import fold

_CONSONANTS = "bdfghjklmnprstv"
_VOWELS = "aeiouy"
_MARKED = {
    "a": "åäá",
    "e": "éè",
    "i": "íï",
    "o": "öóô",
    "u": "üú",
    "y": "ý",
}
_WORDS = re.compile(r"((?:[^\W\d_][\u0300-\u036f]*)+)")


def split_words(run: str) -> list[str]:
    """Split a run of letters and other characters into alternating non-words and words."""
    return ["", run, ""] if run.isalpha() else _WORDS.split(run)


def plain(word: str) -> str:
    """Return a word as an address spells it; in other scripts unchanged."""
    return fold(word) or word


def pseudoword(bits: int, length: int) -> str:
    """Return a pronounceable word of up to 120 letters, chosen by 512 random bits."""
    bits, vowel = divmod(bits, 4)
    letters = []
    for at in range(length):
        among = _VOWELS if (at + (vowel == 0)) % 2 else _CONSONANTS
        bits, which = divmod(bits, len(among))
        letters.append(among[which])
    return "".join(letters)


def accented_variants(word: str) -> Iterator[str]:
    """Yield the spellings of an ASCII word with one accent on a vowel."""
    for at, letter in enumerate(word):
        for instead in _MARKED.get(letter, ""):
            yield word[:at] + instead + word[at + 1 :]


def match_case(model: str, word: str) -> str:
    """Give a lower-case word capitals in the positions where the model has them."""
    if model == model.lower():
        return word
    if model[1:] == model[1:].lower():
        return word[:1].upper() + word[1:]
    if model == model.upper():
        return word.upper()
    capitals = {at for at, letter in enumerate(model) if letter.isupper()}
    return "".join(
        letter.upper() if at in capitals else letter for at, letter in enumerate(word)
    )
