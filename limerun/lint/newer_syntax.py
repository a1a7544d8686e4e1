"""Rewrite source for newer Python versions so that this version can parse it.

Line numbers stay the same. Type parameters and the inner parts of nested f-strings are
lost; the rules do not need them. Needs libcst, which is optional: import this module
only for source that this version cannot parse.
"""

from typing import Any

import libcst

_QUOTES = "'\""


def in_older_syntax(text: str) -> str | None:
    """Return the source in older syntax; None if it is not valid Python."""
    try:
        return libcst.parse_module(text).visit(_Older()).code
    except libcst.ParserSyntaxError:
        return None


class _Older(libcst.CSTTransformer):
    """Replaces syntax that Python 3.12 and later added."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        """Number of f-strings that contain the current node."""

    def visit_FormattedString(self, node: libcst.FormattedString) -> None:
        self._depth += 1

    def leave_FormattedString(self, original_node: Any, updated_node: Any) -> Any:
        self._depth -= 1
        if self._depth:  # the rules do not need the text of a nested f-string
            return libcst.Name("nested")
        quotes = updated_node.end[0] * 3
        start = updated_node.start.rstrip(_QUOTES) + quotes
        return updated_node.with_changes(start=start, end=quotes)

    def leave_SimpleString(self, original_node: Any, updated_node: Any) -> Any:
        if not self._depth:
            return updated_node
        kept = updated_node.value.lstrip("rRbBuU").strip(_QUOTES)
        kept = kept.translate(str.maketrans("", "", _QUOTES + "\\"))
        return updated_node.with_changes(value=f"'{kept}'")

    def leave_FunctionDef(self, original_node: Any, updated_node: Any) -> Any:
        return updated_node.with_changes(type_parameters=None)

    def leave_ClassDef(self, original_node: Any, updated_node: Any) -> Any:
        return updated_node.with_changes(type_parameters=None)

    def leave_TypeAlias(self, original_node: Any, updated_node: Any) -> Any:
        target = libcst.AssignTarget(target=updated_node.name)
        return libcst.Assign(targets=[target], value=updated_node.value)
