"""Replace the words, numbers and hosts in texts consistently across an export.

One lexicon maps a name in its column, in an e-mail address, in a note and in JSON to
the same other name. Each run of a text becomes a run of the same class by a one-to-one
map, so different texts stay different.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa

from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.name_kinds import Genders
from limerun.exports.value_maps.numbers import NumberMap
from limerun.exports.value_maps.permutations import keyed_permutation
from limerun.exports.value_maps.reserved_words import ReservedWords
from limerun.exports.value_maps.runs import HOST, NUMBER, WORD, cut
from limerun.exports.value_maps.spelling import (
    match_case,
    plain,
    pseudoword,
    split_words,
)
from limerun.exports.value_maps.word_map import LONGEST, WordMap

RESERVED = ".test"
"""Domains reserved by RFC 6761: mail to an address there reaches nobody."""
_EACH_LENGTH = 12


class Hosts:
    """Maps hosts in small letters to reserved ones, of the same length if possible."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._seen: set[str] = set()
        self._targets: dict[str, str] = {}

    def learn(self, hosts: Iterable[str]) -> None:
        """Learn hosts that will be replaced."""
        self._seen.update(hosts)

    def finish(self, other_word: Callable[[str], str]) -> None:
        """Choose the new hosts, after all were learned.

        A company's host is named like the company, so words are mapped by `other_word`.
        """
        taken = {plain(host) for host in self._seen}
        for host in sorted(self._seen):
            for candidate in self._candidates(host, other_word):
                if plain(candidate) not in taken:
                    taken.add(plain(candidate))
                    self._targets[host] = candidate
                    break
        self._seen = set()

    def _candidates(self, host: str, other_word: Callable[[str], str]) -> Iterator[str]:
        label = (host.rpartition(".")[0] or host).rpartition(".")[2]
        other = other_word(label)
        if other != label and len(label) > 1:
            yield plain(other) + RESERVED
        length = min(max(len(host) - len(RESERVED), 1), 60)
        turn = 0
        while True:
            bits = self._key.digest(f"{turn} {host}")
            yield pseudoword(bits, length + turn // _EACH_LENGTH) + RESERVED
            turn += 1

    def __call__(self, host: str) -> str:
        """Return the new host for a learned host in small letters."""
        return self._targets[host]


class Lexicon:
    """Maps the words, numbers and hosts of one domain."""

    def __init__(
        self, key: Key, locale: str, numbers: NumberMap, reserved: ReservedWords
    ) -> None:
        self.numbers = numbers
        self._reserved = reserved
        self._genders = Genders(locale)
        self._words = WordMap(key.derived("words"), locale, self._genders, reserved)
        self._hosts = Hosts(key.derived("hosts"))
        self._others: dict[str, str] = {}
        self._digits = keyed_permutation(key.derived("digits"), 10)(
            np.arange(10)
        ).tolist()

    def learn(self, texts: pa.StringArray, name_kind: str) -> None:
        """Learn texts that will be replaced; they contain no null."""
        runs = cut(texts)
        if name_kind != "text":
            self._reserved.learn_joined(texts)
        words, _ = runs.of(WORD)
        self._words.learn(_small_words(words.unique().to_pylist()), name_kind)
        hosts, _ = runs.of(HOST)
        self._hosts.learn(host[1:].lower() for host in hosts.unique().to_pylist())

    def learn_genders(self, rows: Iterable[tuple[str, str, int]]) -> None:
        """Learn names, with the gender group and number of rows of each."""
        self._genders.learn(
            (word.lower(), group, count)
            for name, group, count in rows
            for word in name.split()
        )

    def finish(self) -> None:
        """Build the maps, after all texts were learned; the number map is separate."""
        self._words.finish()
        self._hosts.finish(self._words)

    def is_name(self, text: str) -> bool:
        """Return whether a column of names contains one of the words in a text."""
        return any(self._words.is_name(word) for word in _small_words([text]))

    def __call__(self, texts: pa.StringArray) -> pa.StringArray:
        """Replace all parts of texts; all texts were learned before."""
        runs = cut(texts)
        numbers, _ = runs.of(NUMBER)
        if len(numbers):
            runs = runs.with_numbers(self.numbers(numbers))
        words, mine = runs.of(WORD, HOST)
        coded = words.dictionary_encode()
        others = pa.array(map(self._other, coded.dictionary.to_pylist()), pa.string())
        return runs.joined(others, coded.indices.to_numpy(), mine)

    def _other(self, run: str) -> str:
        other = self._others.get(run)
        if other is None:
            other = self._made(run)
            if len(run) <= LONGEST:
                self._others[run] = other
        return other

    def _made(self, run: str) -> str:
        if run.startswith("@"):
            host = run[1:]
            return "@" + match_case(host, self._hosts(host.lower()))
        parts = split_words(run)
        parts[::2] = map(self._other_digits, parts[::2])
        for at in range(1, len(parts), 2):
            parts[at] = match_case(parts[at], self._words(parts[at].lower()))
        return "".join(parts)

    def _other_digits(self, text: str) -> str:
        """Replace digits of scripts that have their own digits."""
        if text.isascii():
            return text
        digits = self._digits
        return "".join(
            chr(ord(sign) - int(sign) + digits[int(sign)]) if sign.isdecimal() else sign
            for sign in text
        )


def _small_words(runs: Iterable[str]) -> Iterable[str]:
    for run in runs:
        yield from (word.lower() for word in split_words(run)[1::2])
