"""Define the interface of all instruments, and sum amounts by line of user code."""

from collections.abc import Callable, Iterable

MAX_LINES = 50
"""Number of lines in a summary: more than any report shows."""
_MAX_PATH = 12
"""Maximum frames in a path, counted from the innermost."""

Frame = tuple[str, int, str]
"""File, line, function."""
IsUsers = Callable[[str], bool]
"""Returns whether a file contains the user's code."""


CLASH = "the task set a profiler"


class MissingTool(Exception):
    """A package that the instrument needs is not installed."""


class CallInstrument:
    """Measures one call of the task from inside its process."""

    tool = ""
    unit = ""

    def start(self) -> None:
        """Start measuring."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop measuring, without computing any results yet."""
        raise NotImplementedError

    def clash(self) -> str | None:
        """Return how the task removed the instrument's hook; None if it is in place."""
        return None

    def tick(self) -> None:
        """Do periodic work; a separate thread calls this while the task runs."""

    def summary(self) -> dict[str, object]:
        """Return {tool, unit, total, lines: [[file, line, function, amount, calls, path]]}.

        During the run, return the results so far. A path is a list of frames.
        """
        raise NotImplementedError


class NoInstrument(CallInstrument):
    """Measures nothing, for the statements instrument, which counts elsewhere."""

    def start(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""

    def summary(self) -> dict[str, object]:
        """Return an empty summary."""
        return {}


class LineSums:
    """Sums amounts by the innermost line of the user's code on each stack."""

    def __init__(self, is_users: IsUsers) -> None:
        self._is_users = is_users
        self._known: dict[str, bool] = {}
        self._by_path: dict[tuple[Frame, ...], list[float]] = {}
        self.total = 0.0

    def add(self, frames: Iterable[Frame], amount: float, calls: int) -> None:
        """Add an amount; the innermost frame of its stack comes first."""
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
        """Return the lines in descending order, each with its most important path."""
        # By file and line only: a comprehension has a second frame for the same line.
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
