"""Memory is extrapolated along a line; resizing of tables may add a step."""

import sys

import pytest

from limerun.measure.growth.memory_line import STEP, MemoryLine

MB = 1_000_000
SIZES = [1_000 * 2**k for k in range(7)]
TOP = SIZES[-1]


def line_of(sizes: list[int], rows: list[int] = SIZES) -> MemoryLine:
    return MemoryLine(rows, sizes)


def test_memory_of_retained_rows_is_predicted_along_a_line() -> None:
    line = line_of([4 * MB + 500 * n for n in SIZES])
    found = line(TOP * 32)
    assert found.likely == pytest.approx(4 * MB + 500 * TOP * 32)
    assert found.low <= found.likely <= found.high <= 1.2 * found.likely
    assert line.terms == pytest.approx({"1": 4 * MB, "n": 500})


def test_memory_of_a_streaming_task_is_predicted_to_stay_flat() -> None:
    line = line_of([3 * MB + (40_000 if at % 2 else 0) for at, _ in enumerate(SIZES)])
    assert not line.grows
    assert line(TOP * 1000).high < 6 * MB


def test_growth_of_a_few_megabytes_may_come_from_a_cache_that_is_full() -> None:
    small = line_of([MB + 30 * n for n in SIZES])(TOP * 32)
    large = line_of([MB + 300 * n for n in SIZES])(TOP * 32)
    assert small.low < MB + 30 * TOP
    assert large.low > MB + 300 * TOP * 16


@pytest.mark.parametrize("times", [3, 10, 30])
def test_between_doublings_the_range_allows_for_the_resizing_of_a_table(
    times: int,
) -> None:
    line = line_of([500 * n for n in SIZES])
    assert line(TOP * times).high >= STEP * line(TOP * times).likely
    assert line(TOP * 32).high < 1.2 * line(TOP * 32).likely


@pytest.mark.parametrize("times", [10, 16, 30])
def test_the_true_size_of_a_set_is_within_the_range(times: int) -> None:
    line = line_of([sys.getsizeof(set(range(n))) + 28 * n for n in SIZES])
    there = TOP * times
    found = line(there)
    assert found.low <= sys.getsizeof(set(range(there))) + 28 * there <= found.high


def test_memory_that_falls_with_more_rows_is_treated_as_flat() -> None:
    line = line_of([10 * MB - 10 * n for n in SIZES])
    assert line(TOP * 10).likely == pytest.approx(10 * MB - 10 * sum(SIZES) / 7)
    assert line.doubling() == 1.0


def test_a_line_never_starts_below_zero() -> None:
    line = line_of([round(n**1.5) for n in SIZES])
    assert line(0).low == line(0).likely == 0
    assert line.doubling() == pytest.approx(2.0)


def test_a_single_size_gives_a_flat_line() -> None:
    line = MemoryLine([5, 5], [MB, 2 * MB])
    assert line(100).likely == 2 * MB
    assert not line.grows
