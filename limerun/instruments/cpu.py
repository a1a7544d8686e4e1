"""Where the time goes, by pyinstrument: a stack each millisecond."""

from collections.abc import Callable

from limerun.instruments.lines import Frame, Instrument, LineSums, MissingTool

_INTERVAL_SECONDS = 0.001


class CpuInstrument(Instrument):
    """Wall-clock seconds by line of the user's code, with all that it called."""

    tool = "pyinstrument"
    unit = "seconds"

    def __init__(self, is_users: Callable[[str], bool]) -> None:
        try:
            import pyinstrument
        except ImportError as error:
            raise MissingTool(
                "pyinstrument is not installed beside the task: "
                "pip install 'limerun[profile]'"
            ) from error
        self._sums = LineSums(is_users)
        self._profiler = pyinstrument.Profiler(
            interval=_INTERVAL_SECONDS, async_mode="disabled"
        )

    def start(self) -> None:
        """Begin taking stacks."""
        self._profiler.start()

    def stop(self) -> None:
        """Take no more."""
        self._session = self._profiler.stop()

    def summary(self) -> dict[str, object]:
        """Return the seconds of each line."""
        for stack, seconds in self._session.frame_records:
            self._sums.add(map(_frame, reversed(stack)), seconds, 0)
        return {
            "tool": self.tool,
            "unit": self.unit,
            "total": self._sums.total,
            "lines": self._sums.ranked(),
        }


def _frame(entry: str) -> Frame:
    """Read an entry of pyinstrument's: function NUL file NUL first line SOH l<line>."""
    identifier, *attributes = entry.split("\x01")
    function, file, line = identifier.split("\x00")
    for attribute in attributes:
        if attribute.startswith("l"):
            line = attribute[1:]
    return file, int(line), function
