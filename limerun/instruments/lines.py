"""Amounts summed by line of the user's code, and the shape of every instrument."""

from collections.abc import Callable, Iterable

MAX_LINES = 50
"""Lines told to the runner: more than any report shows."""
_MAX_PATH = 12
"""Frames of a path that are told, the innermost ones."""

Frame = tuple[str, int, str]
"""File, line, function."""
IsUsers = Callable[[str], bool]


CLASH = "the task set a profiler"


class MissingTool(Exception):
    """The interpreter lacks the package that the instrument needs."""


class CallInstrument:
    """Watches one call from inside; its run is never judged."""

    tool = ""
    unit = ""

    def start(self) -> None:
        """Begin watching."""
        raise NotImplementedError

    def stop(self) -> None:
        """End watching; nothing is worked out yet."""
        raise NotImplementedError

    def clash(self) -> str | None:
        """Return what the task did that took the instrument's hook away, if it did."""
        return None

    def tick(self) -> None:
        """Be called now and then, from a thread of its own, while the call runs."""

    def summary(self) -> dict[str, object]:
        """Return {tool, unit, total, lines: [[file, line, function, amount, calls, path]]}.

        While it still watches: what can be told by now. A path is a list of frames.
        """
        raise NotImplementedError


class NoInstrument(CallInstrument):
    """Sees nothing: what is looked at is counted elsewhere."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""

    def summary(self) -> dict[str, object]:
        """Return nothing."""
        return {}


class LineSums:
    """Gives each amount to the innermost line of the user's code on its stack."""

    def __init__(self, is_users: IsUsers) -> None:
        self._is_users = is_users
        self._known: dict[str, bool] = {}
        self._by_path: dict[tuple[Frame, ...], list[float]] = {}
        self.total = 0.0

    def add(self, frames: Iterable[Frame], amount: float, calls: int) -> None:
        """Add an amount whose stack is given innermost first."""
        self.total += amount
        path = [frame for frame in frames if self._users(frame[0])]
        if path:
            sums = self._by_path.setdefault(tuple(path), [0.0, 0])
            sums[0] += amount
            sums[1] += calls

    def _users(self, file: str) -> bool:
        users = self._known.get(file)
        if users is None:
            users = self._known[file] = self._is_users(file)
        return users

    def ranked(self) -> list[list[object]]:
        """Return the lines, the largest amount first, each with its largest path."""
        # A comprehension is a frame of its own, in the same line as what it is in.
        lines: dict[tuple[str, int], list[float]] = {}
        largest: dict[tuple[str, int], tuple[float, tuple[Frame, ...]]] = {}
        for path, (amount, calls) in self._by_path.items():
            line = path[0][:2]
            sums = lines.setdefault(line, [0.0, 0])
            sums[0] += amount
            sums[1] += calls
            largest[line] = max(largest.get(line, (-1.0, ())), (amount, path))
        ranked = sorted(lines.items(), key=lambda item: -item[1][0])
        return [
            [
                *largest[line][1][0],
                *sums,
                list(reversed(largest[line][1][:_MAX_PATH])),
            ]
            for line, sums in ranked[:MAX_LINES]
        ]
