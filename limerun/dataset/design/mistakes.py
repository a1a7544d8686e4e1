"""Make errors for unknown names in a dataset, with the nearest known name."""

import difflib
from collections.abc import Iterable

from limerun.errors import DatasetError


def unknown(where: str, what: str, name: object, known: Iterable[str]) -> DatasetError:
    """Return the error for an unknown name.

    Args:
        where: The limetype, property or column in which it was found.
        what: What the name should be the name of.
        name: The name.
        known: The known names.
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    if near:
        advice = f'did you mean "{near[0]}"?'
    elif names:
        advice = f"known: {_listed(names)}"
    else:
        advice = "none are defined"
    return DatasetError(f'{where}: unknown {what} "{name}"; {advice}')


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:12])
    return f"{shown}, ..." if len(names) > 12 else shown
