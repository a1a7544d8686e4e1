"""Find the known name that a user probably meant, for error messages. Pure.

Standard library only, and `difflib` only for a wrong name: the worker imports it too.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory in the worker
    from collections.abc import Iterable

_MOST_LISTED = 12


def nearest_name(name: object, names: "Iterable[str]") -> "str | None":
    """Return the name that was probably meant, ignoring case; None if none is near."""
    from difflib import get_close_matches

    lowered = {each.lower(): each for each in sorted(names, reverse=True)}
    near = get_close_matches(str(name).lower(), lowered, n=1)
    return lowered[near[0]] if near else None


def did_you_mean(name: object, names: "Iterable[str]") -> str:
    """Return the end of a message that suggests the nearest name; "" if none is near."""
    near = nearest_name(name, names)
    return f'; did you mean "{near}"?' if near else ""


def right_names(name: object, names: "Iterable[str]") -> str:
    """Return the end of a message: the nearest name, or else the first known names."""
    known = sorted(names)
    listed = ", ".join([*known[:_MOST_LISTED], *["..."] * (len(known) > _MOST_LISTED)])
    return did_you_mean(name, known) or (listed and f"; known: {listed}")
