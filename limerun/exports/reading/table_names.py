"""Check the names of tables and columns."""

from collections.abc import Sequence

from limerun.errors import ExportError


def check_names(where: str, what: str, names: Sequence[str]) -> None:
    """Reject names that are empty, or that differ only in case, which SQL ignores.

    Raises:
        ExportError: A name is empty, or two are the same.
    """
    seen: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        if not name.strip():
            raise ExportError(f"{where}: {what} {number} has no name; give it one")
        other = seen.setdefault(name.casefold(), name)
        if len(seen) < number:
            same = (
                f'the {what} "{name}" occurs twice'
                if other == name
                else f'the {what}s "{other}" and "{name}" differ only in case'
            )
            raise ExportError(f"{where}: {same}; rename one of them")
