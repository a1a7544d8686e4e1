"""How words are spelt: made up, with marks on their letters, in capitals. Pure."""

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
    """Return a run of letters and other signs as what is no word and words, by turns."""
    return ["", run, ""] if run.isalpha() else _WORDS.split(run)


def plain(word: str) -> str:
    """Return a word as an address would have it; one of other letters as it is."""
    return fold(word) or word


def pseudoword(bits: int, length: int) -> str:
    """Return a word that can be spoken: vowels and consonants by turns.

    Args:
        bits: Random, 512 of them.
        length: Of the word, up to 120 letters.
    """
    bits, vowel = divmod(bits, 4)
    letters = []
    for at in range(length):
        among = _VOWELS if (at + (vowel == 0)) % 2 else _CONSONANTS
        bits, which = divmod(bits, len(among))
        letters.append(among[which])
    return "".join(letters)


def accented_variants(word: str) -> Iterator[str]:
    """Yield the ways to spell a word of a to z with one mark on a vowel."""
    for at, letter in enumerate(word):
        for instead in _MARKED.get(letter, ""):
            yield word[:at] + instead + word[at + 1 :]


def match_case(model: str, word: str) -> str:
    """Return a word in small letters with capitals where the model has them."""
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
