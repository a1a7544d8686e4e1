"""limerun measures what a Lime CRM task costs, before it runs in production.

This module imports nothing, as the measured process imports it first.
"""

__all__ = ["CapacityOutcome", "LimerunError", "__version__", "capacity_test", "segment"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limerun.errors import LimerunError
    from limerun.segments import segment
    from limerun.testing.capacity import CapacityOutcome, capacity_test
    from limerun.version import VERSION as __version__
else:
    _PUBLIC_NAMES = {
        "CapacityOutcome": ("limerun.testing.capacity", "CapacityOutcome"),
        "LimerunError": ("limerun.errors", "LimerunError"),
        "__version__": ("limerun.version", "VERSION"),
        "capacity_test": ("limerun.testing.capacity", "capacity_test"),
        "segment": ("limerun.segments", "segment"),
    }

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used."""
        if name not in _PUBLIC_NAMES:
            raise AttributeError(f"module 'limerun' has no attribute {name!r}")
        module, attribute = _PUBLIC_NAMES[name]
        # Not importlib, which would stay loaded in the measured process.
        found = __import__(module, fromlist=[attribute])
        globals()[name] = getattr(found, attribute)
        return globals()[name]
