"""What profile runs load into the worker: CPU and allocations, by line of code.

Each instrument has a worker of its own, so that none disturbs another's figure.
"""

from collections.abc import Callable

from limerun.instruments.lines import Instrument, MissingTool

IsUsers = Callable[[str], bool]

__all__ = ["Instrument", "MissingTool", "make_instrument"]


def make_instrument(name: str, is_users: IsUsers) -> Instrument:
    """Return the instrument "cpu" or "memory", not yet started.

    Raises:
        MissingTool: The worker's interpreter lacks what it needs.
    """
    if name == "cpu":
        from limerun.instruments.cpu import CpuInstrument

        return CpuInstrument(is_users)
    try:
        from limerun.instruments.memray_peak import MemrayInstrument

        return MemrayInstrument(is_users)
    except ImportError:
        from limerun.instruments.tracemalloc_peak import TracemallocInstrument

        return TracemallocInstrument(is_users)
