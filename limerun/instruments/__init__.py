"""What profile runs load into the worker: clock, stacks, allocations, by line of code.

Each instrument has a worker of its own, so that none disturbs another's figure.
"""

from limerun.instruments.lines import CallInstrument, IsUsers, MissingTool

__all__ = ["CallInstrument", "MissingTool", "make_memory_instrument"]


def make_memory_instrument(
    is_users: IsUsers,
    capture: str,
    *,
    durable: bool,
    without_profiler: bool = False,
) -> CallInstrument:
    """Return memray's, or where that does not exist tracemalloc's; not yet started.

    Args:
        is_users: Tells the user's files from others.
        capture: Where memray is to write.
        durable: Write each allocation at once, for a worker that may not live to tell.
        without_profiler: Use tracemalloc, which no profiler of the task's disturbs.
    """
    if not without_profiler:
        try:
            from limerun.instruments.memray_peak import MemrayInstrument

            return MemrayInstrument(is_users, capture, durable=durable)
        except ImportError:
            pass  # not on Windows
    from limerun.instruments.tracemalloc_peak import TracemallocInstrument

    return TracemallocInstrument(is_users)
