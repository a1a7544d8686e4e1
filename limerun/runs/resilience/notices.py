"""Find what a task's log says about a fault."""

import re
from collections.abc import Collection, Iterable

from limerun.records import CapturedLine, Notice
from limerun.worker.protocol import INJECTED

_LENGTH = 300
_EXCEPTION = re.compile(r"\b[A-Z]\w*(Error|Exception)\b")


def notice_of(
    warnings: Iterable[CapturedLine],
    usual: Collection[str],
    row_names: Collection[str] = (),
) -> Notice | None:
    """Return the most useful line that only a disturbed run logged; None: no such line.

    Args:
        warnings: Its lines at level WARNING or above.
        usual: The messages that a clean run logs too.
        row_names: Texts that name a bad row.
    """
    names = [_word(name) for name in row_names if name]
    found = [_notice(line, names) for line in warnings if line.message not in usual]
    return max(found, key=lambda each: (each.names_row, each.has_details), default=None)


def _notice(line: CapturedLine, names: Iterable["re.Pattern[str]"]) -> Notice:
    text = "\n".join([line.message, line.error or "", *line.extra.values()])
    return Notice(
        level=line.site.level_name,
        message=line.message[:_LENGTH],
        has_details=line.error is not None
        or INJECTED in text
        or _EXCEPTION.search(text) is not None,
        names_row=any(name.search(text) for name in names),
        location=line.site.location,
    )


def _word(text: str) -> "re.Pattern[str]":
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
