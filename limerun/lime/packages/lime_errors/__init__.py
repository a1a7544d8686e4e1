"""The platform's errors. All but `NotFoundError` are provisional: limerun's own."""

from collections.abc import Iterable

from limerun.lime.lacking import StandInLoader


class LimeError(Exception):
    """Base of the stand-in's errors (provisional)."""


class NotFoundError(LimeError):
    """There is no such object."""


class UnknownNameError(LimeError, AttributeError):
    """There is no such limetype, property, option or relation (provisional).

    An `AttributeError` too, so that `hasattr` and `getattr` with a default work; the
    nearest right name is looked for only when the message is read.
    """

    def __init__(self, what: str, name: object, known: Iterable[str]) -> None:
        super().__init__(what, name)
        self.what = what
        self.wanted = str(name)
        self._known = known

    def __str__(self) -> str:
        with StandInLoader.importing():
            from difflib import get_close_matches

        names = sorted(self._known)
        near = get_close_matches(self.wanted, names, n=1, cutoff=0.5)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        if not hint and names:
            hint = "; there are " + ", ".join(names[:NAMES_SHOWN])
        return f'{self.what} "{self.wanted}" is not known{hint}'


NAMES_SHOWN = 20


class InvalidValueError(LimeError, ValueError):
    """The value does not suit the property (provisional)."""


class UnsupportedError(LimeError, NotImplementedError):
    """Nothing public says how the platform does this, so limerun does not guess."""
