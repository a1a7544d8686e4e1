"""No message of a watcher is lost between readers, and silence ends the reading."""

import json
import os
from collections.abc import Iterator

import pytest

from limerun.engine import channels
from limerun.engine.channels import WatcherPipe


@pytest.fixture
def pipe_ends() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(read)


def write(fd: int, *events: str) -> None:
    lines = "".join(json.dumps({"event": event}) + "\n" for event in events)
    os.write(fd, lines.encode())


def test_messages_that_arrive_together_are_all_delivered(
    pipe_ends: tuple[int, int],
) -> None:
    pipe = WatcherPipe(pipe_ends[0])
    write(pipe_ends[1], "loaded", "ready", "baseline")
    os.close(pipe_ends[1])
    for message in pipe.messages():
        if message["event"] == "loaded":
            break
    assert [message["event"] for message in pipe.messages()] == ["ready", "baseline"]


def test_a_silent_watcher_ends_the_stream_of_messages(
    pipe_ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "SILENT_SECONDS", 0)
    write(pipe_ends[1], "alive")
    pipe = WatcherPipe(pipe_ends[0])
    assert [message["event"] for message in pipe.messages()] == ["alive"]
    os.close(pipe_ends[1])


def test_a_watcher_that_is_stopping_gets_less_time(
    pipe_ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "STOPPING_SECONDS", 0)
    pipe = WatcherPipe(pipe_ends[0])
    pipe.stopping = True
    assert list(pipe.messages()) == []
    os.close(pipe_ends[1])
