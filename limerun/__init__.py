"""limerun: tells what a Lime CRM task costs, before production does.

The package imports nothing by itself: the measured process imports it first.
"""

__all__ = ["segment"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limerun.segments import segment
else:

    def __getattr__(name: str) -> object:
        """Import `segment` for whoever asks for it."""
        if name != "segment":
            raise AttributeError(f"module 'limerun' has no attribute {name!r}")
        from limerun.segments import segment

        globals()["segment"] = segment
        return segment
