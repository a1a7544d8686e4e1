"""Instruments for profile runs: they measure time and memory by line of code.

Each instrument runs in a separate worker, so that it does not affect the others.
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
    """Return the memory instrument: memray, or tracemalloc if memray is missing.

    Args:
        is_users: Returns whether a file contains the user's code.
        capture: The file that memray writes.
        durable: Write each allocation at once, as the worker may end before it reports.
        without_profiler: Use tracemalloc, as a profiler in the task disturbs memray.
    """
    if not without_profiler:
        try:
            from limerun.instruments.memray_peak import MemrayInstrument

            return MemrayInstrument(is_users, capture, durable=durable)
        except ImportError:
            pass  # not on Windows
    from limerun.instruments.tracemalloc_peak import TracemallocInstrument

    return TracemallocInstrument(is_users)
