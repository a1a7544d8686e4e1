"""Build a call tree of the user's functions and the library functions they call."""

from limerun.instruments.lines import Frame, IsUsers

_MIN_SHARE = 0.01
_MAX_LINES = 60
_MAX_DEPTH = 12
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
"""Functions that do not count as the task's code: name, and part of the file's path."""
_OUTSIDE_FILES = ("http/client.py", "worker/source_files.py")

Key = tuple[str, str, bool]
"""File, function, and whether it is the user's code."""


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
        """The line that took the most time."""
        lines = self.lines
        return max(list(lines), key=lambda line: lines[line], default=0)


class CallTree:
    """Sums up stacks in a tree; library functions are leaves below their callers."""

    def __init__(self, is_users: IsUsers) -> None:
        self._is_users = is_users
        self._users: dict[str, bool] = {}
        self._root = _Node()
        self._own: dict[tuple[str, str], _Node] = {}

    def add(self, frames: list[Frame], seconds: float) -> None:
        """Add a stack, with the outermost frame first."""
        node = self._root
        node.seconds += seconds
        innermost: Frame | None = None
        in_library = True  # without the frames that called the task
        for frame in frames:
            users = self._is(frame[0])
            if users:
                innermost = frame
            elif in_library:
                continue
            in_library = not users
            node = self._child(node, frame, users)
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

    def _child(self, node: _Node, frame: Frame, users: bool) -> _Node:
        key = (frame[0], frame[2], users)
        child = node.children.get(key)
        if child is None:
            child = node.children[key] = _Node()
        return child

    def functions(self) -> list[list[object]]:
        """Return [file, line, function, seconds] of the task's code, slowest first."""
        ranked = sorted(self._own.items(), key=lambda item: -item[1].seconds)
        return [
            [file, node.line, function, node.seconds]
            for (file, function), node in ranked[:_MAX_LINES]
        ]

    def lines(self) -> list[list[object]]:
        """Return [depth, file, line, function, is_users, seconds, own_seconds] rows.

        The parent of a line is the last line before it with a smaller depth. Siblings
        are in descending order of seconds, the user's functions first. Lines with less
        than 1 % of the time are left out.
        """
        lines: list[list[object]] = []
        self._add_lines(self._root, 0, lines)
        return lines

    def _add_lines(self, node: _Node, depth: int, lines: list[list[object]]) -> None:
        least = self._root.seconds * _MIN_SHARE
        ranked = sorted(
            node.children.items(),
            key=lambda item: (not item[0][2], -item[1].seconds),
        )
        for (file, function, users), child in ranked:
            if child.seconds < least or len(lines) >= _MAX_LINES:
                continue
            lines.append(
                [depth, file, child.line, function, users, child.seconds, child.own]
            )
            if depth < _MAX_DEPTH:
                self._add_lines(child, depth + 1, lines)


def _is_outside(frames: list[Frame]) -> bool:
    """Return whether a stack is in a database call, HTTP, or a read of a source."""
    return any(
        _OUTSIDE.get(function, "\0") in file or file.endswith(_OUTSIDE_FILES)
        for file, _, function in frames
    )
