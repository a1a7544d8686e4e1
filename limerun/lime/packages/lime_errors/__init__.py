"""The platform's errors; all except `NotFoundError` are provisional."""

from collections.abc import Iterable

from limerun.lime.lacking import StandInLoader


class LimeError(Exception):
    """Base of the stand-in's errors (provisional)."""


class NotFoundError(LimeError):
    """The object does not exist."""


class UnknownNameError(LimeError, AttributeError):
    """The limetype, property, option or relation does not exist (provisional).

    Also an `AttributeError`, so that `hasattr` and `getattr` with a default work. The
    nearest name is looked up only when the message is read.
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
    """The value is not valid for the property (provisional)."""


class UnsupportedError(LimeError, NotImplementedError):
    """The platform's behaviour is undocumented here, and limerun does not guess it."""
