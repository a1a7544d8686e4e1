"""Advice for a finding: text, and a diff where it is safe to apply. Pure."""

import ast
import difflib
from dataclasses import dataclass, field
from pathlib import PurePath

from limerun.judge.remedies.source_code import lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Advice that uses the names in the user's code."""

    advice: str
    diff: str | None = None
    """A unified diff of the file that leaves the task's result unchanged."""


@dataclass(slots=True)
class Patch:
    """Replacements and insertions in one file, at nodes of its syntax tree."""

    source: str
    _edits: list[tuple[int, int, int, int, str]] = field(default_factory=list)

    def replace(self, node: ast.expr, text: str) -> None:
        """Replace an expression with other text."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        self._edits.append(
            (
                node.lineno,
                node.col_offset,
                node.end_lineno,
                node.end_col_offset,
                text,
            )
        )

    def insert(self, line: int, text: str) -> None:
        """Insert whole lines before a line."""
        self._edits.append((line, 0, line, 0, text))

    def changed(self) -> str | None:
        """Return the changed source; None if it is not valid Python."""
        # Columns of the syntax tree count bytes.
        lines = [line.encode() for line in lines_of(self.source)]
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        whole = b"".join(lines)
        for edit in sorted(self._edits, reverse=True):
            first, column, last, end, text = edit
            begin = starts[first - 1] + column
            until = starts[last - 1] + end
            whole = whole[:begin] + text.encode() + whole[until:]
        changed = whole.decode()
        try:
            ast.parse(changed)
        except SyntaxError:
            return None
        return changed

    def diff(self, file: str) -> str | None:
        """Return the unified diff; None if the result is not valid Python."""
        changed = self.changed()
        if changed is None:
            return None
        name = PurePath(file).name
        return "".join(
            difflib.unified_diff(
                lines_of(self.source),
                lines_of(changed),
                name,
                name,
                n=2,
            )
        ).rstrip("\n")
