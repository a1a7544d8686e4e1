"""How a mistake in a dataset is told: where, what, and the nearest right name."""

import difflib
from collections.abc import Iterable

from limerun.errors import DatasetError


def unknown(where: str, what: str, name: object, known: Iterable[str]) -> DatasetError:
    """Return the error for a name that is not among the known ones.

    Args:
        where: The limetype, property or column that it was found at.
        what: What the name was taken for.
        name: The name.
        known: The names that would have done.
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    if near:
        advice = f'did you mean "{near[0]}"?'
    elif names:
        advice = f"there is {_listed(names)}"
    else:
        advice = "there is none"
    return DatasetError(f'{where}: unknown {what} "{name}"; {advice}')


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:12])
    return f"{shown}, ..." if len(names) > 12 else shown
