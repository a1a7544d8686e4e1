"""Names of tables and columns: each one there, and told apart by more than capitals."""

from collections.abc import Sequence

from limerun.errors import ExportError


def check_names(where: str, what: str, names: Sequence[str]) -> None:
    """Refuse names that are missing or come twice.

    SQL takes capitals and small letters for the same, so "Name" and "name" are one.

    Args:
        where: What holds them, for the message.
        what: "column" or "table".
        names: All of them, in order.

    Raises:
        ExportError: One is empty, or two are the same.
    """
    seen: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        if not name.strip():
            raise ExportError(f"{where}: {what} {number} has no name; give it one")
        other = seen.setdefault(name.casefold(), name)
        if len(seen) < number:
            how = "twice" if other == name else f'beside "{other}": not told apart'
            raise ExportError(
                f'{where}: there is a {what} "{name}" {how}; give one another name'
            )
