"""What follows the at sign of addresses: hosts that are reserved for tests instead."""

from collections.abc import Callable, Iterable, Iterator

from limerun.exports.anonymize.key import Key
from limerun.exports.anonymize.spelling import made_up, plain

RESERVED = ".test"
"""By RFC 6761: no mail sent there reaches anyone."""
_EACH_LENGTH = 12


class Hosts:
    """Hosts in small letters, and in the end what each becomes: as long, if it can be."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._seen: set[str] = set()
        self._targets: dict[str, str] = {}

    def learn(self, hosts: Iterable[str]) -> None:
        """See hosts that will be mapped."""
        self._seen.update(hosts)

    def close(self, other_word: Callable[[str], str]) -> None:
        """Decide what each becomes, all having been seen.

        Args:
            other_word: What a word becomes: a firm's host is named as the firm is.
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
            yield made_up(bits, length + turn // _EACH_LENGTH) + RESERVED
            turn += 1

    def __call__(self, host: str) -> str:
        """Return what a host in small letters becomes; it was seen before."""
        return self._targets[host]
