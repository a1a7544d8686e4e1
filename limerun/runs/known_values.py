"""Find values of a dataset in text: whole words, in upper or lower case."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate
from typing import Any

SHORTEST_ALONE = 6
"""A shorter value is reported only together with another value of the same row."""
_SHORTEST = 2
_RARE = 3
"""The same applies to a name that more rows have than this."""
_APART = 3
"""Most characters between two frequent values of one row: ", " and a quote."""
_ROW_BITS = 40
_WORD = re.compile(r"[^\W_]+")
_Hits = Callable[[str], Iterator[tuple[int, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownColumn:
    """A column with personal values."""

    table: str
    name: str
    kind: str
    alone: bool
    """True if a value alone identifies a person, however many rows have it."""
    if_rare: bool = False
    """True if a value alone identifies a person, but only if few rows have it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The place in the dataset of a personal value that a text contains."""

    column: KnownColumn
    row: int
    with_column: KnownColumn | None = None
    """The column of the second value, if only both together identify a person."""

    @property
    def place(self) -> tuple[str, int]:
        """Its table and row."""
        return self.column.table, self.row

    @property
    def name(self) -> str:
        """Its place in the dataset, such as `person[1234].email`."""
        other = f" and {self.with_column.name}" if self.with_column else ""
        return f"{self.column.table}[{self.row}].{self.column.name}{other}"


class KnownValues:
    """The values that are searched for, with the rows that have them."""

    def __init__(
        self, words: frozenset[str] | None = None, *, pure_python: bool = False
    ) -> None:
        """Begin without values.

        Args:
            words: Add only values that begin with one of these; None: add all.
            pure_python: Search without pyahocorasick even if it is installed.
        """
        self._words = words
        self._columns: list[KnownColumn] = []
        self._rows: dict[str, list[int]] = {}
        self._pure_python = pure_python
        self._hits: _Hits | None = None
        self._pairs: dict[tuple[str, str], tuple[int, int] | None] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, column: KnownColumn, values: Iterator[tuple[int, object]]) -> None:
        """Add a column's values, each with the number of its row."""
        code = len(self._columns) << _ROW_BITS
        self._columns.append(column)
        rows, words = self._rows, self._words
        for row, value in values:
            if value is None:
                continue
            text = str(value).strip().casefold()
            if len(text) < _SHORTEST:
                continue
            first = _WORD.search(text) if words is not None else None
            if words is None or (first is not None and first[0] in words):
                rows.setdefault(text, []).append(code | row)
        self._hits = None

    def search(self, lines: Sequence[str]) -> Iterator[tuple[int, Found]]:
        """Yield the values that lines contain, each with the number of its line.

        Many lines are searched at once, because most contain no value.

        Args:
            lines: Texts, case-folded.
        """
        if self._hits is None:
            self._hits = self._prepared()
        text = "\n".join(lines)
        ends: list[int] = []
        by_line: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for end, value in self._hits(text):
            start = end - len(value)
            if self._is_whole(text, start, end, value):
                ends = ends or [*accumulate(len(line) + 1 for line in lines)]
                by_line[bisect_right(ends, start)].append((start, end, value))
        for number, hits in by_line.items():
            for found in self._found_in(hits):
                yield number, found

    def _found_in(self, hits: Sequence[tuple[int, int, str]]) -> list[Found]:
        """Return the values in one line that identify a person."""
        found: list[Found] = []
        together: list[tuple[int, int, str]] = []
        covered: list[tuple[int, int]] = []
        for start, end, value in hits:
            code = self._code_alone(value)
            if code is None:
                together.append((start, end, value))
            else:
                covered.append((start, end))
                found.append(Found(self._column(code), code & ((1 << _ROW_BITS) - 1)))
        if len(together) > 1:
            free = [
                each
                for each in together
                if not any(s <= each[0] and each[1] <= e for s, e in covered)
            ]
            found += self._found_together(free)
        return found

    def _prepared(self) -> _Hits:
        if not self._rows:
            return lambda _: iter(())
        if not self._pure_python:
            try:
                library: Any = import_module("ahocorasick")
            except ImportError:
                pass
            else:
                automaton = library.Automaton()
                for value in self._rows:
                    automaton.add_word(value, value)
                automaton.make_automaton()
                return lambda text: (
                    (end + 1, value) for end, value in automaton.iter(text)
                )
        return _TokenSearch(self._rows)

    def _column(self, code: int) -> KnownColumn:
        return self._columns[code >> _ROW_BITS]

    def _is_whole(self, text: str, start: int, end: int, value: str) -> bool:
        """Return whether a value is a whole word or address, not a part of one."""
        before, after = text[start - 1 : start], text[end : end + 2]
        if before.isalnum() or after[:1].isalnum():
            return False
        if "@" not in value:
            return True
        is_domain = after[:1] == "." and after[1:].isalnum()
        return before not in (*"._+-",) and after[:1] != "-" and not is_domain

    def _code_alone(self, value: str) -> int | None:
        """Return the first row of a value that identifies a person alone, or None."""
        if len(value) < SHORTEST_ALONE:
            return None
        codes = self._rows[value]
        for code in codes:
            column = self._column(code)
            if column.alone or (column.if_rare and len(codes) <= _RARE):
                return code
        return None

    def _found_together(self, hits: Sequence[tuple[int, int, str]]) -> Iterator[Found]:
        """Yield the rows of which a text contains two values.

        Two values that many rows have must be next to each other: in a long line, they
        may belong to one row by chance.
        """
        seen: set[int] = set()
        for at, (start, end, value) in enumerate(hits):
            for later_start, later_end, other in hits[at + 1 :]:
                if value == other or (later_start < end and start < later_end):
                    continue
                gap = max(later_start - end, start - later_end)
                rare = min(len(self._rows[value]), len(self._rows[other])) <= _RARE
                if gap > _APART and not rare:
                    continue
                pair = self._same_row(value, other)
                if pair is not None and pair[0] not in seen:
                    seen.add(pair[0])
                    row = pair[0] & ((1 << _ROW_BITS) - 1)
                    yield Found(self._column(pair[0]), row, self._column(pair[1]))

    def _same_row(self, value: str, other: str) -> tuple[int, int] | None:
        """Return the codes of two values in the first row that has both."""
        key = value, other
        if key not in self._pairs:
            if len(self._pairs) > 100_000:
                self._pairs.clear()
            self._pairs[key] = self._first_common(value, other)
        return self._pairs[key]

    def _first_common(self, value: str, other: str) -> tuple[int, int] | None:
        rows: dict[tuple[str, int], int] = {}
        for code in self._rows[value]:
            rows.setdefault(self._row_of(code), code)
        for code in self._rows[other]:
            first = rows.get(self._row_of(code))
            if first is not None and first >> _ROW_BITS != code >> _ROW_BITS:
                return first, code
        return None

    def _row_of(self, code: int) -> tuple[str, int]:
        return self._column(code).table, code & ((1 << _ROW_BITS) - 1)


class _TokenSearch:
    """Searches word by word; slower than pyahocorasick, with the same result."""

    def __init__(self, values: dict[str, list[int]]) -> None:
        self._by_words: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for value in values:
            words = [*_WORD.finditer(value)]
            if words:
                joined = " ".join(word[0] for word in words)
                self._by_words[joined].append((value, words[0].start()))
                self._lengths[words[0][0]].add(len(words))

    def __call__(self, text: str) -> Iterator[tuple[int, str]]:
        words = [*_WORD.finditer(text)]
        for at, word in enumerate(words):
            for length in self._lengths.get(word[0], ()):
                joined = " ".join(each[0] for each in words[at : at + length])
                for value, offset in self._by_words.get(joined, ()):
                    start = word.start() - offset
                    if start >= 0 and text.startswith(value, start):
                        yield start + len(value), value


def words_of(text: str) -> list[str]:
    """Return the words of a text, split in the same way as values."""
    return _WORD.findall(text)
