"""limerun finds out what a Lime CRM task costs before production does.

The package imports nothing by itself: the measured process imports it first.
"""

__all__ = ["CapacityOutcome", "LimerunError", "__version__", "capacity_test", "segment"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limerun.errors import LimerunError
    from limerun.segments import segment
    from limerun.testing.capacity import CapacityOutcome, capacity_test
    from limerun.version import VERSION as __version__
else:
    _PLACES = {
        "CapacityOutcome": ("limerun.testing.capacity", "CapacityOutcome"),
        "LimerunError": ("limerun.errors", "LimerunError"),
        "__version__": ("limerun.version", "VERSION"),
        "capacity_test": ("limerun.testing.capacity", "capacity_test"),
        "segment": ("limerun.segments", "segment"),
    }

    def __getattr__(name: str) -> object:
        """Import a public name when somebody uses it."""
        if name not in _PLACES:
            raise AttributeError(f"module 'limerun' has no attribute {name!r}")
        module, attribute = _PLACES[name]
        # Not importlib: it would stay in the measured process.
        found = __import__(module, fromlist=[attribute])
        globals()[name] = getattr(found, attribute)
        return globals()[name]
