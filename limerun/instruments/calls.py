"""A tree of who called whom, cut down to the user's functions and what they call."""

from limerun.instruments.lines import Frame, IsUsers

_LEAST_SHARE = 0.01
_MOST_LINES = 60
_MOST_DEPTH = 12
_OUTSIDE = {
    "do_execute": "sqlalchemy",
    "do_executemany": "sqlalchemy",
    "do_execute_no_params": "sqlalchemy",
    "do_commit": "sqlalchemy",
    "fetchone": "sqlalchemy",
    "fetchmany": "sqlalchemy",
    "fetchall": "sqlalchemy",
    "wait": "lime_application",
}
"""Functions in which the time is not the task's own code, and where they lie."""
_OUTSIDE_FILES = ("http/client.py", "worker/source_files.py")

Key = tuple[str, str, bool]
"""File, function, whether it is the user's."""


class _Node:
    __slots__ = ("children", "lines", "own", "seconds")

    def __init__(self) -> None:
        self.lines: dict[int, float] = {}
        self.seconds = 0.0
        self.own = 0.0
        self.children: dict[Key, _Node] = {}

    def add(self, line: int, seconds: float) -> None:
        self.seconds += seconds
        self.lines[line] = self.lines.get(line, 0.0) + seconds

    @property
    def line(self) -> int:
        """The line that was longest under way."""
        lines = self.lines
        return max(list(lines), key=lambda line: lines[line], default=0)


class CallTree:
    """Sums stacks into a tree: a library's functions are one leaf below their caller."""

    def __init__(self, is_users: IsUsers) -> None:
        self._is_users = is_users
        self._users: dict[str, bool] = {}
        self._root = _Node()
        self._own: dict[tuple[str, str], _Node] = {}

    def add(self, frames: list[Frame], seconds: float) -> None:
        """Add a stack, the outermost frame first."""
        node = self._root
        node.seconds += seconds
        innermost: Frame | None = None
        in_library = True  # what called the task is left out
        for frame in frames:
            users = self._is(frame[0])
            if users:
                innermost = frame
            elif in_library:
                continue
            in_library = not users
            node = self._below(node, frame, users)
            node.add(frame[1], seconds)
        node.own += seconds
        if innermost is not None and not _is_outside(frames):
            file, line, function = innermost
            self._own.setdefault((file, function), _Node()).add(line, seconds)

    def _is(self, file: str) -> bool:
        users = self._users.get(file)
        if users is None:
            users = self._users[file] = self._is_users(file)
        return users

    def _below(self, node: _Node, frame: Frame, users: bool) -> _Node:
        key = (frame[0], frame[2], users)
        below = node.children.get(key)
        if below is None:
            below = node.children[key] = _Node()
        return below

    def functions(self) -> list[list[object]]:
        """Return [file, line, function, seconds] of the task's own code, by seconds."""
        ranked = sorted(self._own.items(), key=lambda item: -item[1].seconds)
        return [
            [file, node.line, function, node.seconds]
            for (file, function), node in ranked[:_MOST_LINES]
        ]

    def lines(self) -> list[list[object]]:
        """Return [depth, file, line, function, is the user's, seconds, own seconds].

        Each lies below the last one that is less deep; the largest come first, the
        user's before a library's. What is below one hundredth is left out.
        """
        told: list[list[object]] = []
        self._tell(self._root, 0, told)
        return told

    def _tell(self, node: _Node, depth: int, told: list[list[object]]) -> None:
        least = self._root.seconds * _LEAST_SHARE
        ranked = sorted(
            node.children.items(),
            key=lambda item: (not item[0][2], -item[1].seconds),
        )
        for (file, function, users), child in ranked:
            if child.seconds < least or len(told) >= _MOST_LINES:
                continue
            told.append(
                [depth, file, child.line, function, users, child.seconds, child.own]
            )
            if depth < _MOST_DEPTH:
                self._tell(child, depth + 1, told)


def _is_outside(frames: list[Frame]) -> bool:
    """Say whether a stack is in the database, in HTTP or in reading a source."""
    return any(
        _OUTSIDE.get(function, "\0") in file or file.endswith(_OUTSIDE_FILES)
        for file, _, function in frames
    )
