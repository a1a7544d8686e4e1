"""Find the line of the user's code that is running now."""

import os
import sys
from types import CodeType, FrameType

Site = tuple[str, int, str]
"""File, line and function."""
_LONGEST_CHAIN = 20
Place = tuple[int, CodeType, CodeType, int]
"""Position of the user's code in the stack: the depth and code of the function that it
calls, the user's code, and the instruction in it."""


def is_at(place: Place) -> bool:
    """Return whether the stack is the same as at a place, checking only two frames."""
    depth, inner, code, instruction = place
    try:
        frame: FrameType | None = sys._getframe(depth)
    except ValueError:  # the stack is not that deep
        return False
    assert frame is not None
    if frame.f_code is not inner:
        return False
    frame = frame.f_back
    return frame is not None and frame.f_code is code and frame.f_lasti == instruction


class CallSites:
    """Distinguishes the user's code from libraries by the location of its file.

    The user's code is everything in the task's folder, wherever that is, and everything
    that is not part of Python, an installed package or limerun.
    """

    def __init__(
        self, task_folder: str | None, library_folder: str | None = None
    ) -> None:
        """Begin.

        Args:
            task_folder: The folder of the user's code.
            library_folder: The standard library; None: that of this interpreter.
        """
        limerun_folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self._own = limerun_folder + os.sep
        self._task = task_folder + os.sep if task_folder else None
        library = library_folder or os.path.dirname(os.path.abspath(os.__file__))
        self._library = library + os.sep
        self._known: dict[str, bool] = {}  # by file: hashing code objects is slow

    def is_users(self, file: str) -> bool:
        """Return whether a file contains the user's code."""
        if file.startswith(("<", self._own)):
            return False
        if self._task is not None and file.startswith(self._task):
            return True
        return not (
            file.startswith(self._library)
            or "site-packages" in file
            or "dist-packages" in file
        )

    def current(self, depth: int = 2) -> Site | None:
        """Return the innermost line of the user's code, at least `depth` frames up."""
        return self.locate(depth + 1)[0]

    def locate(self, depth: int = 2) -> tuple[Site | None, Place | None]:
        """Return the same line as `current`, and its position in the caller's stack."""
        frame: FrameType | None = sys._getframe(depth)
        known = self._known
        inner = None
        while frame is not None:
            code = frame.f_code
            file = code.co_filename
            users = known.get(file)
            if users is None:
                users = known[file] = self.is_users(file)
            if users:
                site = file, frame.f_lineno, code.co_name
                if inner is None:
                    return site, None
                return site, (depth - 1, inner, code, frame.f_lasti)
            inner = code
            depth += 1
            frame = frame.f_back
        return None, None

    def chain(self, depth: int = 3) -> list[Site]:
        """Return the lines of the user's code in the stack, innermost first."""
        frame: FrameType | None = sys._getframe(depth)
        sites: list[Site] = []
        while frame is not None and len(sites) < _LONGEST_CHAIN:
            code = frame.f_code
            if self.is_users(code.co_filename):
                sites.append((code.co_filename, frame.f_lineno, code.co_name))
            frame = frame.f_back
        return sites
