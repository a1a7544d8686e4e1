"""Messages are read completely from a pipe, whatever else is written to it."""

import json
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.watcher.lines import LineReader, write_message

MESSAGES = st.lists(
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3).map(
        lambda content: {**content, "event": "sample"}
    ),
    max_size=5,
)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for fd in ends:
        os.close(fd)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=MESSAGES, size=st.integers(1, 50))
def test_messages_are_read_whole_however_the_stream_is_split(
    pipe: tuple[int, int], messages: list[dict[str, int]], size: int
) -> None:
    read, write = pipe
    reader = LineReader(read)
    data = b"".join(json.dumps(message).encode() + b"\n" for message in messages)
    found = []
    for at in range(0, len(data), size):
        os.write(write, data[at : at + size])
        found += reader.read()
    assert found == messages


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(garbage=st.binary(max_size=60))
def test_garbage_never_hides_the_next_message(
    pipe: tuple[int, int], garbage: bytes
) -> None:
    read, write = pipe
    reader = LineReader(read)
    os.write(write, garbage + b"\n")
    write_message(write, {"event": "done", "threads": 0})
    assert reader.read()[-1] == {"event": "done", "threads": 0}


def test_other_output_is_stored_up_to_a_limit(
    pipe: tuple[int, int],
) -> None:
    read, write = pipe
    reader = LineReader(read)
    for number in range(1_000):
        os.write(write, b"line %d\n" % number)
        assert reader.read() == []
    assert len(reader.other) < 1_000
    assert reader.other[-1] == "line 999"


def test_the_end_of_the_pipe_is_not_a_message() -> None:
    read, write = os.pipe()
    os.close(write)
    reader = LineReader(read)
    assert reader.read() == []
    assert reader.ended
    os.close(read)
