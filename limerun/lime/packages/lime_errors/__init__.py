"""The platform's errors. All but `NotFoundError` are provisional: limerun's own."""

from collections.abc import Iterable


class LimeError(Exception):
    """Base of the stand-in's errors (provisional)."""


class NotFoundError(LimeError):
    """There is no such object."""


class UnknownNameError(LimeError, AttributeError):
    """There is no such limetype, property, option or relation (provisional).

    An `AttributeError` too, so that `hasattr` and `getattr` with a default work.
    """


class InvalidValueError(LimeError, ValueError):
    """The value does not suit the property (provisional)."""


class UnsupportedError(LimeError, NotImplementedError):
    """Nothing public says how the platform does this, so limerun does not guess."""


def unknown_name(what: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Return the error for a name that is not there, with the nearest right one."""
    from difflib import get_close_matches

    names = sorted(known)
    near = get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    if not hint and names:
        hint = "; there are " + ", ".join(names[:20])
    return UnknownNameError(f'{what} "{name}" is not known{hint}')
