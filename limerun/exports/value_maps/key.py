"""The secret key of a copy: random and never stored, or read from a file."""

import hashlib
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from limerun.errors import ExportError

_LEAST_BYTES = 16
_MOST_BYTES = 1_000_000


class Key:
    """A secret, from which a separate secret is derived for each use."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.blake2b(secret, digest_size=64, person=b"limerun/key")

    def derived(self, *uses: object) -> "Key":
        """Return the key for one use; it reveals nothing about other keys."""
        text = "\0".join(map(str, uses)).encode("utf-8", "surrogatepass")
        return Key(self._hashed(b"derive\0" + text, 64))

    def _hashed(self, data: bytes, size: int) -> bytes:
        key = self._secret.digest()
        return hashlib.blake2b(data, digest_size=size, key=key).digest()

    def digest(self, text: str) -> int:
        """Return 512 bits that depend on a text and the key."""
        return int.from_bytes(self._hashed(text.encode("utf-8", "surrogatepass"), 64))

    def words(self, values: Iterable[bytes]) -> npt.NDArray[np.uint64]:
        """Return 64 bits for each value."""
        begun = hashlib.blake2b(digest_size=8, key=self._secret.digest())

        def hashed(value: bytes) -> bytes:
            one = begun.copy()
            one.update(value)
            return one.digest()

        return np.frombuffer(b"".join(map(hashed, values)), "<u8").astype(np.uint64)

    def stream(self, size: int) -> bytes:
        """Return pseudorandom bytes."""
        return hashlib.shake_256(b"stream\0" + self._secret.digest()).digest(size)

    def shuffled(self, count: int) -> npt.NDArray[np.int64]:
        """Return the numbers below a count in an order that depends on the key."""
        return np.argsort(np.frombuffer(self.stream(8 * count), "<u8"), kind="stable")


def random_key() -> Key:
    """Return a random key; it is lost when the run ends."""
    return Key(secrets.token_bytes(64))


def read_key(path: Path) -> Key:
    """Return the key in a file.

    Raises:
        ExportError: The file cannot be read, is too short, or others may read it.
    """
    make = f"(umask 077; head -c 32 /dev/urandom > '{path}')"
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            secret = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise ExportError(f"{path}: no such key file; make one: {make}") from error
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror}") from error
    if stat.S_ISREG(mode) and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ExportError(
            f"{path}: other users may read or change the key, and whoever has it can "
            f"reverse the copy; run: chmod 600 '{path}'"
        )
    if not _LEAST_BYTES <= len(secret) <= _MOST_BYTES:
        raise ExportError(
            f"{path}: the key has {len(secret):,} bytes; it must have {_LEAST_BYTES} "
            f"to {_MOST_BYTES:,}. Make one: {make}"
        )
    return Key(secret)
