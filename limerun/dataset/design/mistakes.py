"""Turn a wrong name in a dataset into an error: where, what, and the nearest name."""

from collections.abc import Iterable

from limerun.errors import DatasetError
from limerun.nearest_name import right_names


def unknown(where: str, what: str, name: object, known: Iterable[str]) -> DatasetError:
    """Return the error for a name that is not among the known ones.

    Args:
        where: The limetype, property or column that it was found at.
        what: What the name was taken for.
        name: The name.
        known: The names that would have done.
    """
    advice = right_names(name, known) or "; there is none"
    return DatasetError(f'{where}: unknown {what} "{name}"{advice}')
