"""Guess the kind of a column from its name, label and type.

The first matching row of the table wins. Names are compared as lower-case letters only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from limerun.storage import TEXT_TYPES, TIME_TYPES

_REALS = frozenset({"decimal"})
_WHOLES = frozenset({"integer"})
_YESNO = frozenset({"yesno"})
_UNTYPED = frozenset({"untyped"})
"""The type of a source's column if only its name is known."""
_TEXTS = TEXT_TYPES - {"xml"} | _UNTYPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A kind for columns with a matching type and name."""

    types: frozenset[str]
    names: str
    """A regular expression to search for in the name or the label."""
    kind: str
    options: Mapping[str, object] = field(default_factory=dict)


GUESSES: tuple[Guess, ...] = (
    Guess(types=_TEXTS, names=r"first|given|förnamn|fornavn", kind="firstname"),
    Guess(types=_TEXTS, names=r"lastname|surname|efternamn|etternavn", kind="lastname"),
    Guess(
        types=_TEXTS | {"option"},
        names=r"^gender|^sex$|^kön$|^kjønn|^køn$|^sukupuoli|^geslacht|^geschlecht",
        kind="gender",
    ),
    Guess(
        types=_TEXTS,
        names=r"national(identi|id)|personalid|personn(ummer|o$|r$|umber)|^ssn|"
        r"socialsecurity|fødselsn|hetu$|henkilötunnus|^cpr|^bsn|burgerservice|steuerid",
        kind="nationalid",
    ),
    Guess(types=_TEXTS, names=r"e?mail(?!ing)|epost", kind="email"),
    Guess(types=_TEXTS, names=r"phone|mobile|telefon|^fax|^tel$", kind="phone"),
    Guess(
        types=_TEXTS,
        names=r"registrationn|regno|org(anis|aniz)?(ation)?(no|num|nr)|vatn|^cvr|^kvk",
        kind="registrationno",
    ),
    Guess(types=_TEXTS, names=r"^www|web(site|page)|homepage|url$|^link$", kind="link"),
    Guess(types=_TEXTS, names=r"zip|postalcode|postcode|postnummer", kind="postalcode"),
    Guess(types=_TEXTS, names=r"city|^town|^ort$|postort", kind="city"),
    Guess(types=_TEXTS, names=r"country(?!code)|^land$", kind="country"),
    Guess(types=_TEXTS, names=r"full(postal|visiting|invoice)", kind="street"),
    Guess(types=_TEXTS, names=r"street|address", kind="street"),
    Guess(types=_TEXTS, names=r"position|jobtitle|profession|role$", kind="position"),
    Guess(types=_TEXTS, names=r"companyname|customername", kind="company"),
    Guess(
        types=_TEXTS,
        names=r"comment|note|descri|text$|message|remark|body|reason",
        kind="text",
    ),
    Guess(types=_TEXTS, names=r"^subject|^title|^headline|^topic", kind="subject"),
    Guess(
        types=_TEXTS,
        names=r"^key$|number$|nummer$|^no$|[a-z]no$",
        kind="sequence",
    ),
    Guess(
        types=TIME_TYPES | _UNTYPED,
        names=r"birth|född|fødsels|fødd|syntym|geboor|geburt",
        kind="birthdate",
    ),
    Guess(
        types=_YESNO,
        names=r"inactive|deleted|blocked|closed|hidden|^admin|optout|archived",
        kind="yesno",
        options={"rate": 0.1},
    ),
    Guess(types=_YESNO, names=r"", kind="yesno"),
    Guess(
        types=_WHOLES,
        names=r"year|årtal",
        kind="integer",
        options={"min": 1990, "max": 2025},
    ),
    Guess(
        types=_WHOLES,
        names=r"quantity|count|antal|number",
        kind="integer",
        options={"min": 1, "max": 100},
    ),
    Guess(types=_WHOLES, names=r"", kind="integer"),
    Guess(
        types=_REALS,
        names=r"^lat(itude)?$",
        kind="decimal",
        options={"min": 55, "max": 69, "decimals": 6, "distribution": "uniform"},
    ),
    Guess(
        types=_REALS,
        names=r"^(lon|lng)(gitude)?$",
        kind="decimal",
        options={"min": 5, "max": 30, "decimals": 6, "distribution": "uniform"},
    ),
    Guess(types=_REALS, names=r"", kind="decimal"),
    Guess(types=frozenset({"percent"}), names=r"", kind="percent"),
    Guess(types=frozenset({"time"}), names=r"", kind="time"),
    Guess(types=TIME_TYPES, names=r"", kind="date"),
    Guess(types=frozenset({"option"}), names=r"", kind="choice"),
    Guess(types=frozenset({"set"}), names=r"", kind="set"),
    Guess(types=frozenset({"belongsto"}), names=r"", kind="belongsto"),
    Guess(types=frozenset({"user"}), names=r"", kind="user"),
    Guess(types=frozenset({"file", "xml"}), names=r"", kind="null"),
    Guess(types=_UNTYPED, names=r"date$|time$", kind="date"),
    Guess(types=_UNTYPED, names=r"amount|value|price|^sum|total|cost", kind="decimal"),
    Guess(types=_UNTYPED, names=r"quantity|count|^id$|age$", kind="integer"),
    Guess(types=frozenset({"phone"}), names=r"", kind="phone"),
    Guess(types=frozenset({"link"}), names=r"", kind="link"),
    Guess(types=frozenset({"text"}), names=r"", kind="text"),
    Guess(types=_TEXTS, names=r"", kind="subject"),
)

_COMPANIES = re.compile(r"compan|organi|account|customer|supplier|vendor|partner|firm")
_PEOPLE = re.compile(r"person|coworker|contact|employee|user|participant|recipient")
_STARTS = re.compile(r"start|begin|open|sent|order|from$|created|invoicedate|signed")
_ENDS = re.compile(r"end|stop|close|done|finish|expir|due|until|paid|deliver|to$")


def plain(name: str) -> str:
    """Return a name as the patterns expect it: lower case, letters only."""
    return re.sub(r"[^a-zåäöæø]", "", name.lower())


GENDERS = (
    ("female", "male"),
    ("woman", "man"),
    ("kvinna", "man"),
    ("kvinne", "mann"),
    ("kvinde", "mand"),
    ("nainen", "mies"),
    ("vrouw", "man"),
    ("frau", "mann"),
    ("weiblich", "männlich"),
    ("k", "m"),
    ("f", "m"),
    ("w", "m"),
    ("v", "m"),
)
"""Words for women and men that option keys may use."""


class Guessed(NamedTuple):
    """The probable kind of a column, and the basis of the guess."""

    kind: str
    options: Mapping[str, object]
    by: Literal["name", "label", "type"]


def guess(
    table: str, name: str, label: str, type: str, table_columns: Set[str]
) -> Iterator[Guessed]:
    """Yield the possible kinds of a column, the most probable first.

    Args:
        table: The limetype or source.
        name: The column's name.
        label: The property's label, or "none".
        type: A property type, or "untyped".
        table_columns: The names of all columns of the table.
    """
    fitting = [each for each in GUESSES if type in each.types]
    label = "" if label == "none" else plain(label)
    found = _by_word(fitting, plain(name))
    if found is not None:
        yield Guessed(found.kind, found.options, "name")
    elif "name" in (plain(name), label) and type in _TEXTS:
        by: Literal["name", "label"] = "name" if plain(name) == "name" else "label"
        yield Guessed(_kind_of_name(table, table_columns), {}, by)
    found = _by_word(fitting, label)
    if found is not None:
        yield Guessed(found.kind, found.options, "label")
    found = next(each for each in fitting if not each.names)
    yield Guessed(found.kind, found.options, "type")
    if type in _TEXTS:
        yield Guessed("subject", {}, "type")


def genders_of(choices: Iterable[str]) -> tuple[str, str] | None:
    """Return the option keys for women and men, or None if the options are not genders."""
    keys = {key.lower(): key for key in choices}
    for female, male in GENDERS:
        if female in keys and male in keys:
            return keys[female], keys[male]
    return None


def _by_word(fitting: Iterable[Guess], word: str) -> Guess | None:
    named = (each for each in fitting if word and each.names)
    return next((each for each in named if re.search(each.names, word)), None)


def _kind_of_name(table: str, table_columns: Set[str]) -> str:
    """Return the kind of a column "name": names of persons, companies or other things."""
    word = plain(table)
    if _PEOPLE.search(word) or {"firstname", "lastname"} <= table_columns:
        return "fullname"
    return "company" if _COMPANIES.search(word) else "subject"


def is_start(name: str) -> bool:
    """Return whether the name means the start of a period."""
    return bool(_STARTS.search(plain(name)))


def is_end(name: str) -> bool:
    """Return whether the name means the end of a period."""
    return bool(_ENDS.search(plain(name))) and not is_start(name)
