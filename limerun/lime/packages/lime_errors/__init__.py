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
            from limerun.nearest_name import right_names

            advice = right_names(self.wanted, self._known)
        return f'{self.what} "{self.wanted}" is not known{advice}'


class InvalidValueError(LimeError, ValueError):
    """The value does not suit the property (provisional)."""


class UnsupportedError(LimeError, NotImplementedError):
    """Nothing public says how the platform does this, so limerun does not guess."""
