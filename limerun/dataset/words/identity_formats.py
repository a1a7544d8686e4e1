"""Define the contents and number of personal identity numbers, by country. Pure."""

from dataclasses import dataclass

FIRST_DAY_OF_1990 = 7_305
"""The first day of 1990, in days since 1970."""
BIRTHDATE_RANGE = (-25_567, 25_566)
"""First and last birthdate that all formats can contain: 1900 to 2039, in days since
1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The identity numbers of one country."""

    name: str
    lengths: tuple[int, ...]
    """Possible lengths in characters, longest first."""
    serials: int
    """Count of numbers per date of birth and gender, or in total without a birthdate."""
    later_serials: int
    """The same count for people born from 1990 on."""
    has_birthdate: bool
    has_foreign: bool
    """True if people outside the population register get separate numbers."""

    def count(self, first_day: int, last_day: int) -> int:
        """Return the number of different identity numbers of one gender.

        Args:
            first_day: First date of birth, in days since 1970.
            last_day: Last date of birth, included.
        """
        if not self.has_birthdate:
            return self.serials
        early = self.early_days(first_day, last_day)
        later = last_day - first_day + 1 - early
        return early * self.serials + later * self.later_serials

    @staticmethod
    def early_days(first_day: int, last_day: int) -> int:
        """Return the number of days in a period that are before 1990."""
        return max(min(last_day + 1, FIRST_DAY_OF_1990) - first_day, 0)


def _identity(
    name: str, lengths: tuple[int, ...], serials: int, *, has_birthdate: bool
) -> Identity:
    return Identity(
        name=name,
        lengths=lengths,
        serials=serials,
        later_serials=serials,
        has_birthdate=has_birthdate,
        has_foreign=False,
    )


IDENTITIES = {
    "sv_SE": Identity(
        name="personnummer",
        lengths=(13, 12, 11, 10),
        serials=10,
        later_serials=1,
        has_birthdate=True,
        has_foreign=True,
    ),
    "nb_NO": Identity(
        name="fødselsnummer",
        lengths=(11,),
        serials=150,
        later_serials=150,
        has_birthdate=True,
        has_foreign=True,
    ),
    "fi_FI": _identity("henkilötunnus", (11,), 50, has_birthdate=True),
    "da_DK": _identity("CPR-nummer", (11, 10), 160, has_birthdate=True),
    "nl_NL": _identity("BSN", (9,), 1_000_000, has_birthdate=False),
    "de_DE": _identity("Steuer-ID", (11,), 45 * 362_880, has_birthdate=False),
    "en_US": _identity("SSN", (11, 9), 100 * 49 * 9_999, has_birthdate=False),
}
"""The identity numbers of each locale."""
