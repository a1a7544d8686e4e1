"""Segments: without effect outside a profile, and exact inside."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from limerun import segment, segments

Events = list[tuple[str, str]]


class Listener:
    def __init__(self) -> None:
        self.events: Events = []

    def enter(self, name: str) -> None:
        self.events.append(("enter", name))

    def leave(self, name: str) -> None:
        self.events.append(("leave", name))


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Events:
    listener = Listener()
    monkeypatch.setattr(segments, "listener", listener)
    return listener.events


def count(rows: int) -> Iterator[int]:
    yield from range(rows)


def test_a_segment_does_nothing_outside_a_measurement() -> None:
    def save() -> int:
        return 1

    assert segment("save")(save) is save
    with segment("fetch"):
        assert list(segment("fetch", [1, 2])) == [1, 2]


def test_a_block_is_a_segment_even_if_it_raises(events: Events) -> None:
    with pytest.raises(ValueError, match="half-way"), segment("save"):
        raise ValueError("half-way")
    assert events == [("enter", "save"), ("leave", "save")]


def test_segments_can_be_nested(events: Events) -> None:
    with segment("outer"), segment("inner"):
        pass
    assert events == [
        ("enter", "outer"),
        ("enter", "inner"),
        ("leave", "inner"),
        ("leave", "outer"),
    ]


def test_each_call_of_a_decorated_function_is_a_segment(events: Events) -> None:
    @segment("save")
    def save(number: int, *, twice: bool = False) -> int:
        """Save it."""
        return number * 2 if twice else number

    assert (save(1), save(2, twice=True)) == (1, 4)
    assert events == [("enter", "save"), ("leave", "save")] * 2
    assert inspect.signature(save).parameters.keys() == {"number", "twice"}
    assert save.__doc__ == "Save it."


def test_for_a_generator_only_the_time_to_produce_rows_counts(events: Events) -> None:
    rows = segment("fetch", count(2))
    assert events == []
    assert next(rows) == 0
    assert events == [("enter", "fetch"), ("leave", "fetch")]
    assert list(rows) == [1]
    assert len(events) == 2 * 3  # the third finds the end


def test_a_decorated_generator_is_timed_row_by_row(events: Events) -> None:
    made = segment("fetch")(count)
    for _ in made(2):
        events.append(("body", ""))
    assert events[:3] == [("enter", "fetch"), ("leave", "fetch"), ("body", "")]


def test_an_iterated_generator_can_be_closed(events: Events) -> None:
    closed = []

    def rows() -> Iterator[int]:
        try:
            yield 1
        finally:
            closed.append(True)

    made = segment("fetch", rows())
    next(made)
    made.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_a_decorated_coroutine_is_awaited_inside_its_segment(events: Events) -> None:
    @segment("send")
    async def send() -> int:
        events.append(("body", ""))
        return 1

    assert asyncio.run(send()) == 1
    assert events == [("enter", "send"), ("body", ""), ("leave", "send")]


def test_an_object_that_is_not_iterable_is_a_type_error(events: Events) -> None:
    with pytest.raises(TypeError):
        segment("fetch", None)  # type: ignore[call-overload]


def test_an_unknown_name_in_the_package_is_an_attribute_error() -> None:
    import limerun

    with pytest.raises(AttributeError, match="no attribute 'segmentt'"):
        limerun.segmentt  # type: ignore[attr-defined]  # noqa: B018
