"""Data of locales that Faker does not have: formats of numbers, and legal forms.

In a template, `#` stands for a digit and `@` for a letter. Telephone numbers are from
ranges that are reserved for fiction, if the country has one. Otherwise, and if they must
be unique, they have a zero after the country code, which no real number has.
"""

import re
from dataclasses import dataclass
from typing import Literal

CheckDigit = Literal["none", "luhn", "mod11", "iso7064"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """A format for numbers, with their range and check digit."""

    template: str
    first: int
    count: int
    check: CheckDigit = "none"
    weights: tuple[int, ...] = ()

    def form(self, room: int | None) -> str:
        """Return the template, without separators if it is too long.

        Args:
            room: Maximum number of characters; None means unlimited.
        """
        if room is None or len(self.template) <= room:
            return self.template
        return re.sub(r"[^#@A-Z0-9+]", "", self.template)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """The formats of one country."""

    faker: str
    country: str
    suffixes: tuple[str, ...]
    number_first: bool
    """True if a street address starts with the house number."""
    hyphened: bool
    """True if double last names have a hyphen, and not a space."""
    postalcode: Numbering
    registrationno: Numbering
    phones: tuple[Numbering, ...]
    unique_phone: Numbering


def _range(template: str, first: int = 0, count: int | None = None) -> Numbering:
    return Numbering(
        template=template,
        first=first,
        count=10 ** template.count("#") - first if count is None else count,
    )


LOCALES: dict[str, Locale] = {
    "sv_SE": Locale(
        faker="sv_SE",
        country="Sverige",
        suffixes=("AB", "AB", "AB", "AB", "HB", "KB"),
        number_first=False,
        hyphened=True,
        postalcode=_range("### ##", 10_000, 88_500),
        registrationno=Numbering(
            template="######-####", first=556_000_000, count=4_000_000, check="luhn"
        ),
        # Reserved for books and films by the Swedish Post and Telecom Authority.
        phones=(
            _range("070-174 06 ##", 5, 95),
            _range("08-465 004 ##"),
            _range("031-390 06 ##"),
            _range("040-628 04 ##"),
            _range("0980-319 2##"),
        ),
        unique_phone=_range("+46 0#-### ## ##"),
    ),
    "nb_NO": Locale(
        faker="no_NO",
        country="Norge",
        suffixes=("AS", "AS", "AS", "ASA", "ANS", "DA"),
        number_first=False,
        hyphened=False,
        postalcode=_range("####", 1_001, 8_900),
        registrationno=Numbering(
            template="#########",
            first=8_000_000,
            count=2_000_000,
            check="mod11",
            weights=(3, 2, 7, 6, 5, 4, 3, 2),
        ),
        phones=(_range("+47 0# ## ## ##"),),
        unique_phone=_range("+47 0# ## ## ##"),
    ),
    "fi_FI": Locale(
        faker="fi_FI",
        country="Suomi",
        suffixes=("Oy", "Oy", "Oy", "Oyj", "Ky", "Tmi"),
        number_first=False,
        hyphened=True,
        postalcode=_range("#####", 1_000, 98_900),
        registrationno=Numbering(
            template="#######-#",
            first=100_000,
            count=900_000,
            check="mod11",
            weights=(7, 9, 10, 5, 8, 4, 2),
        ),
        phones=(_range("+358 0# ### ####"),),
        unique_phone=_range("+358 0# ### ####"),
    ),
    "da_DK": Locale(
        faker="da_DK",
        country="Danmark",
        suffixes=("ApS", "ApS", "A/S", "A/S", "I/S", "K/S"),
        number_first=False,
        hyphened=False,
        postalcode=_range("####", 1_000, 8_990),
        registrationno=Numbering(
            template="########",
            first=100_000,
            count=900_000,
            check="mod11",
            weights=(2, 7, 6, 5, 4, 3, 2),
        ),
        phones=(_range("+45 0# ## ## ##"),),
        unique_phone=_range("+45 0# ## ## ##"),
    ),
    "nl_NL": Locale(
        faker="nl_NL",
        country="Nederland",
        suffixes=("B.V.", "B.V.", "B.V.", "N.V.", "V.O.F."),
        number_first=False,
        hyphened=True,
        postalcode=Numbering(template="#### @@", first=400_000, count=3_600_000),
        registrationno=_range("########", 10_000_000),
        phones=(_range("+31 0# ### ####"),),
        unique_phone=_range("+31 0# ### ####"),
    ),
    "en_US": Locale(
        faker="en_US",
        country="United States of America",
        suffixes=("Inc", "Inc", "LLC", "LLC", "Corp", "Ltd"),
        number_first=True,
        hyphened=True,
        postalcode=_range("#####", 1_001, 98_900),
        registrationno=_range("##-#######", 100_000_000),
        # 555-0100 to 555-0199 are reserved for fiction in every area.
        phones=tuple(_range(f"({area}##) 555-01##") for area in range(2, 10)),
        unique_phone=_range("+1 0##-###-####"),
    ),
    "de_DE": Locale(
        faker="de_DE",
        country="Deutschland",
        suffixes=("GmbH", "GmbH", "GmbH", "AG", "KG", "OHG"),
        number_first=False,
        hyphened=True,
        postalcode=_range("#####", 1_001, 98_900),
        registrationno=Numbering(
            template="DE#########",
            first=10_000_000,
            count=90_000_000,
            check="iso7064",
        ),
        # Reserved for films and television by the Bundesnetzagentur.
        phones=(
            _range("(0)30 23125 ###"),
            _range("(0)69 90009 ###"),
            _range("(0)40 66969 ###"),
            _range("(0)221 4710 ###"),
            _range("(0)89 99998 ###"),
        ),
        unique_phone=_range("+49 0## #######"),
    ),
}
