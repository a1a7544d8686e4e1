"""Find the user's own lines in a traceback. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from limerun.report.plain import plain

LAST_FRAMES = 3
"""How many a report shows, the last ones: those before them only led there."""
_FRAME = re.compile(r'\s*File "(?P<file>.+)", line (?P<line>\d+), in (?P<name>.+)')
_UNDERLINE = re.compile(r"[\s~^]+")
_NOT_THE_USERS = re.compile(
    r"[\\/](site-packages|dist-packages|lib[\\/]python3[^\\/]*)[\\/]"
    r"|(^|[\\/])limerun[\\/](worker|lime|instruments)[\\/]|^<frozen"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A call that was under way: where, in which function, and the source line."""

    file: str
    line: int
    function: str
    source: str


def user_frames(traceback: str) -> list[Frame]:
    """Return the frames of the user's own code, outermost first."""
    return [
        frame
        for frame in _frames(plain(traceback))
        if not _NOT_THE_USERS.search(frame.file)
    ]


def _frames(traceback: str) -> Iterator[Frame]:
    lines = traceback.split("\n")
    for index, text in enumerate(lines):
        match = _FRAME.fullmatch(text)
        if match is None:
            continue
        after = lines[index + 1] if index + 1 < len(lines) else ""
        is_source = after.startswith("    ") and not _FRAME.fullmatch(after)
        source = after.strip() if is_source else ""
        if _UNDERLINE.fullmatch(source):
            source = ""
        # A hand-written record may hold a line number of any length.
        number = int(match["line"]) if len(match["line"]) < 10 else 0
        yield Frame(
            file=match["file"], line=number, function=match["name"], source=source
        )
