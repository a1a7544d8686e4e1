"""What a format has to say: its head, its parts, its tail. Parts are made apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

Blocks = Iterable[Mapping[str, pa.Array]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows as bytes, wherever in the file they will be."""

    chunks: Sequence[bytes | memoryview]
    size: int
    note: bytes = b""
    """What the tail must know of this part."""


class Encoding(Protocol):
    """How rows become the bytes of a file.

    A file is its head, its parts one after another, and its tail.
    """

    grouped: bool
    """Whether bytes depend on which rows make a part."""

    def head(self) -> bytes:
        """Return what comes before the first row."""

    def part(self, blocks: Blocks, *, first: bool) -> Part:
        """Return rows as bytes; `first`: they are the file's first ones."""

    def spans(self, offset: int, size: int) -> Sequence[tuple[int, int]]:
        """Return where so many bytes of a part go, from an offset on: from, to."""

    def tail(self, notes: Sequence[bytes], end: int) -> bytes:
        """Return what comes after the last row, which ends at a place."""


def unbroken(offset: int, size: int) -> Sequence[tuple[int, int]]:
    """Return a part's place where nothing lies between its bytes."""
    return ((offset, offset + size),)


def placed(
    part: Part, spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, memoryview]]:
    """Yield where in the file each piece of a part goes."""
    left = iter(spans)
    at, end = next(left)
    for whole in part.chunks:
        chunk = memoryview(whole)
        while len(chunk):
            if at == end:
                at, end = next(left)
            taken = chunk[: end - at]
            yield at, taken
            at += len(taken)
            chunk = chunk[len(taken) :]
