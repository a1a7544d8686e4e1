"""Texts with their words, numbers and hosts replaced, wherever in the export they are.

One lexicon maps a name in its column, in an e-mail address, in a note and in JSON to
the same other name. Each run of a text becomes one of its class by a one-to-one map,
so different texts stay different.
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.exports.anonymize.genders import Genders
from limerun.exports.anonymize.held import Held
from limerun.exports.anonymize.hosts import Hosts
from limerun.exports.anonymize.key import Key
from limerun.exports.anonymize.numbers import NumberMap
from limerun.exports.anonymize.permutations import keyed_permutation
from limerun.exports.anonymize.runs import HOST, NUMBER, WORD, cut
from limerun.exports.anonymize.spelling import in_case_of, words_in
from limerun.exports.anonymize.words import LONGEST, Words


class Lexicon:
    """The words, numbers and hosts of one domain, and what they become."""

    def __init__(self, key: Key, locale: str, numbers: NumberMap, held: Held) -> None:
        self.numbers = numbers
        self._held = held
        self._genders = Genders(locale)
        self._words = Words(key.derived("words"), locale, self._genders, held)
        self._hosts = Hosts(key.derived("hosts"))
        self._others: dict[str, str] = {}
        self._digits = keyed_permutation(key.derived("digits"), 10)(
            np.arange(10)
        ).tolist()

    def learn(self, texts: pa.StringArray, flavour: str) -> None:
        """See texts that will be mapped, none of them null."""
        runs = cut(texts)
        if flavour != "text":
            self._held.learn_joined(texts)
        words, _ = runs.of(WORD)
        self._words.learn(_small_words(words.unique().to_pylist()), flavour)
        hosts, _ = runs.of(HOST)
        self._hosts.learn(host[1:].lower() for host in hosts.unique().to_pylist())

    def learn_genders(self, rows: Iterable[tuple[str, str, int]]) -> None:
        """See names, the group that each stands in, and in how many rows."""
        self._genders.learn(
            (word.lower(), group, count)
            for name, group, count in rows
            for word in name.split()
        )

    def close(self) -> None:
        """Decide what each becomes, all having been seen; numbers are closed apart."""
        self._words.close()
        self._hosts.close(self._words)

    def is_name(self, text: str) -> bool:
        """Tell whether a column of names holds one of a text's words."""
        return any(self._words.is_name(word) for word in _small_words([text]))

    def __call__(self, texts: pa.StringArray) -> pa.StringArray:
        """Return texts with everything replaced; all were seen before."""
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
            return "@" + in_case_of(host, self._hosts(host.lower()))
        parts = words_in(run)
        parts[::2] = map(self._other_digits, parts[::2])
        for at in range(1, len(parts), 2):
            parts[at] = in_case_of(parts[at], self._words(parts[at].lower()))
        return "".join(parts)

    def _other_digits(self, text: str) -> str:
        """Return a text with other digits of scripts that have their own."""
        if text.isascii():
            return text
        digits = self._digits
        return "".join(
            chr(ord(sign) - int(sign) + digits[int(sign)]) if sign.isdecimal() else sign
            for sign in text
        )


def _small_words(runs: Iterable[str]) -> Iterable[str]:
    for run in runs:
        yield from (word.lower() for word in words_in(run)[1::2])
