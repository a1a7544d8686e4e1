"""What profile runs load into the worker: clock, stacks, allocations, by line of code.

Each instrument has a worker of its own, so that none disturbs another's figure.
"""

from limerun.instruments.lines import Instrument, IsUsers, MissingTool

__all__ = ["Instrument", "MissingTool", "make_memory_instrument"]


def make_memory_instrument(is_users: IsUsers, capture: str | None) -> Instrument:
    """Return memray's, or where that does not exist tracemalloc's; not yet started.

    Args:
        is_users: Tells the user's files from others.
        capture: Where memray is to write each allocation, for a worker that may not
            live to tell; None: it need not.
    """
    try:
        from limerun.instruments.memray_peak import MemrayInstrument

        return MemrayInstrument(is_users, capture)
    except ImportError:
        from limerun.instruments.tracemalloc_peak import TracemallocInstrument

        return TracemallocInstrument(is_users)
