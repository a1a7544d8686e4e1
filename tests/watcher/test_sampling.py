"""How long the sampler waits between two samples."""

from types import SimpleNamespace
from typing import cast

import pytest

from limerun.watcher.sampling import MemorySampler
from limerun.watcher.tree import Tree

MB = 1_000_000


def intervals(
    *task_mb: float, others: int = 0, limit_mb: int | None = None, writing: bool = False
) -> list[float]:
    tree = cast(
        "Tree",
        SimpleNamespace(
            others=others, is_writing=writing, worker=SimpleNamespace(pid=1)
        ),
    )
    order = {
        "sampling_seconds": 0.01,
        "kill_task_bytes": None if limit_mb is None else limit_mb * MB,
        "reset": True,
    }
    sampler = MemorySampler(tree, order, lambda _: None)
    return [sampler.interval(round(size * MB)) for size in task_mb]


@pytest.mark.parametrize("step", [0, 0.9, -0.9])
def test_memory_that_changes_slowly_is_sampled_less_often(step: float) -> None:
    found = intervals(*(50 + step * number for number in range(10)))
    assert found[:2] == [0.01] * 2
    assert found[-2:] == [0.03] * 2


def test_memory_that_changes_fast_is_sampled_at_the_configured_interval() -> None:
    assert set(intervals(*range(0, 40, 2))) == {0.01}
    assert intervals(*[5] * 10, 7)[-1] == 0.01


def test_a_task_that_writes_to_in_memory_files_is_sampled_at_the_configured_interval() -> (
    None
):
    assert set(intervals(*[5] * 10, writing=True)) == {0.01}


def test_memory_near_the_limit_is_sampled_most_often() -> None:
    assert intervals(*[79] * 10, limit_mb=100)[-1] == 0.03
    assert intervals(*[81] * 10, limit_mb=100)[-1] == 0.002


def test_many_processes_are_sampled_less_often_than_few() -> None:
    assert intervals(*[5] * 10, others=1)[-1] == 0.01
    assert intervals(*[5] * 10, others=8)[-1] == 0.05
