"""JSON: an object a row, one a line, as JSON Lines or as one array."""

from collections.abc import Sequence
from typing import Any

from limerun.dataset.formats.cells import JSON, cells, encode_json, joined_bytes
from limerun.dataset.formats.encoding import Blocks, Part, unbroken
from limerun.dataset.wording import join


class JsonLinesFile:
    """Rows as objects, each on a line of its own."""

    grouped = False
    spans = staticmethod(unbroken)
    _end = "}\n"

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        """Return nothing."""
        return b""

    def part(self, blocks: Blocks, *, first: bool) -> Part:
        """Return rows as lines."""
        chunks = [joined_bytes(self._lines(block)) for block in blocks]
        return Part(chunks=chunks, size=sum(map(len, chunks)))

    def _lines(self, block: Any) -> Any:
        parts: list[Any] = []
        for name in self._columns:
            before = "{" if not parts else ","
            parts += (f"{before}{encode_json(name)}:", cells(block[name], JSON))
        return join(*parts, self._end)

    def tail(self, notes: Sequence[bytes], end: int) -> bytes:
        """Return nothing."""
        return b""


class JsonArrayFile(JsonLinesFile):
    """Rows as objects of one list, each on a line of its own."""

    _end = "},\n"

    def head(self) -> bytes:
        """Return the list's beginning."""
        return b"["

    def part(self, blocks: Blocks, *, first: bool) -> Part:
        """Return rows as lines, each part without the comma after its last one."""
        lines = super().part(blocks, first=first)
        if not lines.size:
            return lines
        before = b"\n" if first else b",\n"
        chunks = [chunk for chunk in lines.chunks if len(chunk)]
        chunks[-1] = chunks[-1][: -len(",\n")]
        return Part(chunks=[before, *chunks], size=lines.size - 2 + len(before))

    def tail(self, notes: Sequence[bytes], end: int) -> bytes:
        """Return the list's end."""
        return b"\n]\n" if end > len("[") else b"]\n"
