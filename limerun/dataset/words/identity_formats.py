"""Define what personal identity numbers contain, by country, and how many exist. Pure."""

from dataclasses import dataclass

FIRST_DAY_OF_1990 = 7_305
"""Since 1970."""
TELLABLE = (-25_567, 25_566)
"""Days since 1970, of 1900 and 2039: the first and last that all numbers can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The numbers of one country."""

    name: str
    lengths: tuple[int, ...]
    """In characters, the longest form first."""
    serials: int
    """Different numbers of one day and gender; of all, if they tell neither."""
    later_serials: int
    """The same from 1990 on."""
    tells_birth: bool
    has_foreign: bool
    """Whether those who are not in the register have numbers of their own."""

    def count(self, first_day: int, last_day: int) -> int:
        """Return how many different numbers people of one gender can have.

        Args:
            first_day: Of birth, since 1970.
            last_day: Of birth; it counts too.
        """
        if not self.tells_birth:
            return self.serials
        early = self.early_days(first_day, last_day)
        later = last_day - first_day + 1 - early
        return early * self.serials + later * self.later_serials

    @staticmethod
    def early_days(first_day: int, last_day: int) -> int:
        """Return how many days of a span are before 1990."""
        return max(min(last_day + 1, FIRST_DAY_OF_1990) - first_day, 0)


def _told(name: str, lengths: tuple[int, ...], serials: int) -> Identity:
    return Identity(
        name=name,
        lengths=lengths,
        serials=serials,
        later_serials=serials,
        tells_birth=True,
        has_foreign=False,
    )


def _untold(name: str, lengths: tuple[int, ...], serials: int) -> Identity:
    return Identity(
        name=name,
        lengths=lengths,
        serials=serials,
        later_serials=serials,
        tells_birth=False,
        has_foreign=False,
    )


IDENTITIES = {
    "sv_SE": Identity(
        name="personnummer",
        lengths=(13, 12, 11, 10),
        serials=10,
        later_serials=1,
        tells_birth=True,
        has_foreign=True,
    ),
    "nb_NO": Identity(
        name="fødselsnummer",
        lengths=(11,),
        serials=150,
        later_serials=150,
        tells_birth=True,
        has_foreign=True,
    ),
    "fi_FI": _told("henkilötunnus", (11,), 50),
    "da_DK": _told("CPR-nummer", (11, 10), 160),
    "nl_NL": _untold("BSN", (9,), 1_000_000),
    "de_DE": _untold("Steuer-ID", (11,), 45 * 362_880),
    "en_US": _untold("SSN", (11, 9), 100 * 49 * 9_999),
}
"""By locale."""
