"""Create errors for unknown names in a dataset; they suggest the nearest name."""

from collections.abc import Iterable

from limerun.errors import DatasetError
from limerun.nearest_name import right_names


def unknown(where: str, what: str, name: object, known: Iterable[str]) -> DatasetError:
    """Return the error for an unknown name.

    Args:
        where: The limetype, property or column in which it was found.
        what: The kind of thing that the name should name, such as "limetype".
        name: The name.
        known: The known names.
    """
    advice = right_names(name, known) or "; none are defined"
    return DatasetError(f'{where}: unknown {what} "{name}"{advice}')
