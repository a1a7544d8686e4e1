"""An outcome to vary: a quiet run that returned."""

from collections.abc import Sequence

from limerun.records import Outcome, Output
from limerun.worker.protocol import COUNTERS

MB = 1_000_000
IDLE = 200 * MB


def an_outcome(
    *,
    baseline: int = 50,
    samples: Sequence[int] = (50, 60),
    high_water: int = 60,
    **counters: int,
) -> Outcome:
    """Return an outcome; memory in MB, samples 10 ms apart from second 100 on."""
    return Outcome(
        ending="returned",
        killed_because=None,
        exit_status=None,
        signal=None,
        error=None,
        result=None,
        started_at=100.0,
        ended_at=102.0,
        duration_seconds=2.0,
        cpu_user_seconds=1.5,
        cpu_system_seconds=0.1,
        baseline_bytes=baseline * MB,
        baseline_high_water_bytes=baseline * MB,
        baseline_flat=True,
        reset_error=None,
        sample_at=tuple(100 + 0.01 * i for i in range(len(samples))),
        sample_bytes=tuple(size * MB for size in samples),
        high_water_bytes=high_water * MB,
        read_at_end=True,
        largest_child_bytes=0,
        children_peak_bytes=0,
        maxrss_bytes=0,
        launcher_bytes=12 * MB,
        counters={**dict.fromkeys(COUNTERS, 0), **counters},
        distinct_statements=None,
        statements=(),
        transaction_sizes=(),
        commit_location=None,
        objects_location=None,
        instrument=None,
        output=Output(stdout="", stderr=""),
        platform=None,
        watcher_cpu_seconds=0.01,
    )
