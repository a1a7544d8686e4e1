"""Tables of SQLite as the pages of its file, made whole and out of order.

A table is leaf pages with its rows in order and, above them, pages that say where to
find which row. Leaf pages do not say where they lie; so they are made anywhere, and
placed as they come. The page with byte 2^30, which SQLite uses for locks, stays empty.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.cells_of_pages import cells_of
from limerun.dataset.formats.encoding import Blocks, Part
from limerun.storage import ID_COLUMN

PAGE = 4096
LOCK_BYTE = 2**30
_LOCK_PAGE = LOCK_BYTE // PAGE + 1
_LEAF, INTERIOR = 13, 5
"""The first byte of a page."""
_LEAF_HEADER, _INTERIOR_HEADER = 8, 12
_POINTER = 2
_CHILDREN = 1 + (PAGE - _INTERIOR_HEADER) // (_POINTER + 4 + 5)
"""Of a page: the number of one and its last row's, of at most five bytes."""


class LeafPages:
    """Rows as the leaf pages of a table; a part's note is the rows of each page."""

    grouped = True

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = [name for name in columns if name != ID_COLUMN]

    def head(self) -> bytes:
        """Return nothing: other tables may come before."""
        return b""

    def part(self, blocks: Blocks, *, first: bool) -> Part:
        """Return rows as pages, the last of them perhaps not full.

        Raises:
            RowTooLong: A row does not fit a page.
        """
        cells, sizes = [], []
        for block in blocks:
            made = self._cells(block)
            _, ends, data = made.buffers()
            places = np.frombuffer(ends, np.int32)[: len(made) + 1]
            cells.append(memoryview(data).cast("B")[: int(places[-1])])
            sizes.append(np.diff(places))
        pages, counts = _paged(cells, np.concatenate(sizes))
        note = counts.astype("<u2").tobytes()
        return Part(chunks=[pages], size=len(pages), note=note)

    def _cells(self, block: Mapping[str, pa.Array]) -> pa.Array:
        ids = block[ID_COLUMN].to_numpy()
        return cells_of(ids, (block[name] for name in self._columns))

    def spans(self, offset: int, size: int) -> Sequence[tuple[int, int]]:
        """Return where so many bytes of pages go: around the page of the locks."""
        if offset + size <= LOCK_BYTE or offset >= LOCK_BYTE + PAGE:
            return ((offset, offset + size),)
        before = max(LOCK_BYTE - offset, 0)
        beyond = LOCK_BYTE + PAGE
        after = (beyond, beyond + size - before)
        return ((offset, LOCK_BYTE), after) if before else (after,)

    def tail(self, notes: Sequence[bytes], end: int) -> bytes:
        """Return nothing: see `tree`."""
        return b""


def _paged(
    cells: Sequence[memoryview], sizes: npt.NDArray[np.int32]
) -> tuple[memoryview, npt.NDArray[np.int64]]:
    """Return cells in pages, each as full as can be, and how many each has."""
    ends = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=ends[1:])
    firsts = np.array(_cut(ends), np.int64)
    counts = np.diff(firsts)
    pages = np.zeros((len(counts), PAGE), np.uint8)
    starts = PAGE - (ends[firsts[1:]] - ends[firsts[:-1]])
    pages[:, 0] = _LEAF
    pages[:, 3:5] = counts.astype(">u2").view(np.uint8).reshape(-1, 2)
    pages[:, 5:7] = starts.astype(">u2").view(np.uint8).reshape(-1, 2)
    words = pages.view(">u2").reshape(-1)
    before = np.arange(len(counts)) * (PAGE // _POINTER) + _LEAF_HEADER // _POINTER
    at = np.arange(len(sizes)) + np.repeat(before - firsts[:-1], counts)
    words[at] = ends[:-1] + np.repeat(starts - ends[firsts[:-1]], counts)
    _fill(pages, cells, ends[firsts].tolist(), starts.tolist())
    return pages.data.cast("B"), counts


def _cut(ends: npt.NDArray[np.int64]) -> list[int]:
    """Return which cell each page begins with, and how many cells there are."""
    # With each cell goes its pointer.
    taken = ends + _POINTER * np.arange(len(ends))
    following = np.searchsorted(taken, taken + (PAGE - _LEAF_HEADER), "right") - 1
    cuts = [0]
    while cuts[-1] < len(ends) - 1:
        cuts.append(following.item(cuts[-1]))
    return cuts


def _fill(
    pages: npt.NDArray[np.uint8],
    cells: Sequence[memoryview],
    ends: list[int],
    starts: list[int],
) -> None:
    """Put the cells into their pages; a page may have some of two blocks."""
    flat = pages.data.cast("B")
    waiting = iter(cells)
    block, first = memoryview(b""), 0
    for page, start in enumerate(starts):
        at = page * PAGE + start
        begin, end = ends[page], ends[page + 1]
        while end > first + len(block):
            left = block[begin - first :]
            flat[at : at + len(left)] = left
            at, begin = at + len(left), first + len(block)
            block, first = next(waiting), begin
        flat[at : (page + 1) * PAGE] = block[begin - first : end - first]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Pages of a table, in order, that have the same distance from its rows."""

    numbers: npt.NDArray[np.int64]
    lasts: npt.NDArray[np.int64]
    """The largest id of each."""


def leaves_of(notes: Iterable[bytes], first: int) -> Level:
    """Return the leaf pages of a table by its parts' notes, from a first page on."""
    counts = np.frombuffer(b"".join(notes), "<u2")
    numbers = np.arange(first, first + len(counts), dtype=np.int64)
    numbers += numbers >= _LOCK_PAGE
    return Level(numbers=numbers, lasts=np.cumsum(counts, dtype=np.int64))


def tree(root: int, leaves: Level, first: int) -> Iterator[tuple[int, bytes]]:
    """Yield the pages above the leaves of a table with their numbers, the root last.

    Args:
        root: The table's own page, which SQLite has made empty.
        leaves: At least two.
        first: The first page that is free.
    """
    free = filter(_LOCK_PAGE.__ne__, count(first))
    level = leaves
    while len(level.numbers) > _CHILDREN:
        firsts = _shared(len(level.numbers))
        above = []
        for start, end in pairwise(firsts):
            above.append(next(free))
            yield above[-1], _interior(level, start, end)
        lasts = level.lasts[np.array(firsts[1:]) - 1]
        level = Level(numbers=np.array(above, np.int64), lasts=lasts)
    yield root, _interior(level, 0, len(level.numbers))


def _shared(children: int) -> list[int]:
    """Return where groups start, and the end: as even as can be, so none is of one."""
    groups = -(-children // _CHILDREN)
    return [children * group // groups for group in range(groups + 1)]


def _interior(level: Level, start: int, end: int) -> bytes:
    """Return the page above some pages of a level."""
    numbers, lasts = level.numbers[start:end].tolist(), level.lasts[start:end].tolist()
    last = numbers.pop()
    cells = [
        struct.pack(">I", page) + _varint(most)
        for page, most in zip(numbers, lasts, strict=False)
    ]
    content = b"".join(cells)
    top = place = PAGE - len(content)
    pointers = bytearray()
    for cell in cells:
        pointers += struct.pack(">H", place)
        place += len(cell)
    head = struct.pack(">BHHHBI", INTERIOR, 0, len(cells), top, 0, last) + pointers
    return head.ljust(top, b"\0") + content


def _varint(number: int) -> bytes:
    groups = [number & 127]
    while number := number >> 7:
        groups.append(number & 127 | 128)
    return bytes(reversed(groups))
