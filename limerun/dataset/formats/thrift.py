"""Thrift's compact protocol, read into plain fields and written back. Pure.

As much of it as a Parquet file's footer needs: no maps.
"""

from dataclasses import dataclass
from typing import Any

TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, STRUCT = 1, 2, 3, 7, 8, 9, 12
_WHOLE = frozenset({4, 5, 6})
"""16, 32 and 64 bits: written alike."""


@dataclass(slots=True)
class Field:
    """A field of a struct."""

    type: int
    value: Any


@dataclass(slots=True)
class Items:
    """A list, all of one type."""

    type: int
    values: list[Any]


Struct = dict[int, Field]
"""Fields by their numbers, in order."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _taken(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _varint(self) -> int:
        shift = result = 0
        while True:
            byte = self._byte()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7

    def _whole(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)

    def struct(self) -> Struct:
        """Read fields up to the end of their struct."""
        fields: Struct = {}
        last = 0
        while byte := self._byte():
            step, type = byte >> 4, byte & 15
            last = last + step if step else self._whole()
            fields[last] = Field(
                type, type == TRUE if type in (TRUE, FALSE) else self._value(type)
            )
        return fields

    def _value(self, type: int) -> Any:
        if type in _WHOLE:
            return self._whole()
        if type == BINARY:
            return self._taken(self._varint())
        if type == STRUCT:
            return self.struct()
        if type == LIST:
            return self._items()
        if type in (TRUE, FALSE, BYTE):  # in a list, a truth is a byte
            return self._taken(1)
        assert type == DOUBLE, f"thrift type {type}"
        return self._taken(8)

    def _items(self) -> Items:
        byte = self._byte()
        count, type = byte >> 4, byte & 15
        if count == 15:
            count = self._varint()
        return Items(type, [self._value(type) for _ in range(count)])


class _Writer:
    def __init__(self) -> None:
        self.data = bytearray()

    def _varint(self, number: int) -> None:
        while number >= 0x80:
            self.data.append(number & 0x7F | 0x80)
            number >>= 7
        self.data.append(number)

    def _whole(self, number: int) -> None:
        self._varint(number << 1 if number >= 0 else (-number << 1) - 1)

    def struct(self, fields: Struct) -> None:
        """Write fields and their end."""
        last = 0
        for number, field in fields.items():
            type = field.type
            if type in (TRUE, FALSE):
                type = TRUE if field.value else FALSE
            if 0 < number - last < 16:
                self.data.append((number - last) << 4 | type)
            else:
                self.data.append(type)
                self._whole(number)
            last = number
            if type not in (TRUE, FALSE):
                self._value(type, field.value)
        self.data.append(0)

    def _value(self, type: int, value: Any) -> None:
        if type in _WHOLE:
            self._whole(value)
        elif type == BINARY:
            self._varint(len(value))
            self.data += value
        elif type == STRUCT:
            self.struct(value)
        elif type == LIST:
            self._items(value)
        else:
            self.data += value

    def _items(self, items: Items) -> None:
        count = len(items.values)
        self.data.append(min(count, 15) << 4 | items.type)
        if count >= 15:
            self._varint(count)
        for value in items.values:
            self._value(items.type, value)


def read_struct(data: bytes) -> Struct:
    """Return the fields of a struct as Thrift's compact protocol writes them."""
    return _Reader(data).struct()


def write_struct(fields: Struct) -> bytes:
    """Return the bytes of a struct, what `read_struct` reads."""
    writer = _Writer()
    writer.struct(fields)
    return bytes(writer.data)
