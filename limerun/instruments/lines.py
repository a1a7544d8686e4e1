"""Amounts summed by line of the user's code, and the shape of every instrument."""

from collections.abc import Callable, Iterable

MAX_LINES = 50
"""Lines told to the runner: more than any report shows."""

Frame = tuple[str, int, str]
"""File, line, function."""


class MissingTool(Exception):
    """The interpreter lacks the package that the instrument needs."""


class Instrument:
    """Watches one call from inside; its run is never judged."""

    tool = ""
    unit = ""

    def start(self) -> None:
        """Begin watching."""
        raise NotImplementedError

    def stop(self) -> None:
        """End watching; nothing is worked out yet."""
        raise NotImplementedError

    def summary(self) -> dict[str, object]:
        """Return {tool, unit, total, lines: [[file, line, function, amount, calls]]}."""
        raise NotImplementedError


class LineSums:
    """Gives each amount to the innermost line of the user's code on its stack."""

    def __init__(self, is_users: Callable[[str], bool]) -> None:
        self._is_users = is_users
        self._known: dict[str, bool] = {}
        self._sums: dict[Frame, list[float]] = {}
        self.total = 0.0

    def add(self, frames: Iterable[Frame], amount: float, calls: int) -> None:
        """Add an amount whose stack is given innermost first."""
        self.total += amount
        for frame in frames:
            file = frame[0]
            users = self._known.get(file)
            if users is None:
                users = self._known[file] = self._is_users(file)
            if users:
                sums = self._sums.setdefault(frame, [0.0, 0])
                sums[0] += amount
                sums[1] += calls
                return

    def ranked(self) -> list[list[object]]:
        """Return the lines, the largest amount first."""
        ranked = sorted(self._sums.items(), key=lambda item: -item[1][0])
        return [[*frame, *sums] for frame, sums in ranked[:MAX_LINES]]
