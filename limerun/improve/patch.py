"""Write changed files as a unified diff that `git apply` accepts. Pure."""

import difflib
from collections.abc import Mapping

_NO_NEWLINE = "\n\\ No newline at end of file\n"


def unified_diff(files: Mapping[str, tuple[str, str]]) -> str:
    """Return the diff of files; their names are relative to where it is applied.

    Args:
        files: The source before and after, by name with "/" on every system.
    """
    return "".join(_diff(name, *texts) for name, texts in files.items())


def _diff(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{name}",
        f"b/{name}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}{_NO_NEWLINE}" for line in lines
    )
