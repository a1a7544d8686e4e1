"""The values never change: digests for each locale, with a fixed vocabulary.

The words are frozen here, so that another version of Faker changes nothing. After an
intended change, increment ALGORITHM, or old datasets are reused.
"""

import hashlib
from typing import Any

import numpy as np
import pytest

from limerun.dataset.design.column_kinds import KINDS
from limerun.dataset.values.block import Block, Recipe
from limerun.dataset.words.locales import LOCALES
from limerun.dataset.words.vocabulary import Vocabulary
from limerun.dataset.words.weighted_lists import Pool
from tests.dataset.plans import plan_of, recipe_of

_LISTS: dict[str, Any] = {
    "first_names_female": {"Åsa": 0.5, "Bea": 0.3, "Kim": 0.1},
    "first_names_male": {"Örjan": 0.7, "Kim": 0.2, "Ola": 0.1},
    "last_names": ("Ek", "Bø", "Lind", "Dahl", "van Dyk", "Groß"),
    "cities": ("Norrköping", "Lund", "Ås"),
    "countries": ("Sverige", "Norge", "Danmark"),
    "jobs": ("Baker", "Smith", "Driver"),
    "word_list": ("apple", "pear", "plum", "cherry", "quince", "medlar", "grape"),
}


class FrozenWords(Vocabulary):
    """A fixed vocabulary of a few words, independent of the version of Faker."""

    def _listed(self, part: str, *names: str) -> Any:
        return next(_LISTS[name] for name in names if name in _LISTS)

    def _drawn(self, what: str) -> Pool:
        return Pool(("High Street", "Low Road", "Mill Lane"))


TYPES = {
    "set": "set",
    "integer": "integer",
    "decimal": "decimal",
    "percent": "percent",
    "yesno": "yesno",
    "date": "date",
    "birthdate": "date",
    "time": "time",
    "belongsto": "belongsto",
    "user": "user",
}
SAID: dict[str, dict[str, object]] = {
    "choice": {"options": ["a", "b", "c"], "null_rate": 0.1},
    "set": {"options": ["a", "b", "c"]},
    "constant": {"value": "x"},
    "template": {"template": "{lastname|slug}.{integer:04d}-{date:%Y}-{row}"},
    "sequence": {"format": "K-{:05d}"},
    "text": {"mean": 80, "spread": 20},
    "city": {"cardinality": 7, "skew": 1},
    "phone": {"unique": True},
    "nationalid": {"unique": True},
    "company": {"cardinality": 40},
    "decimal": {"distribution": "exponential"},
    "integer": {"distribution": "normal"},
    "date": {"weekdays": True, "distribution": "recent"},
    "time": {"after": "date", "hours": [8, 17]},
    "belongsto": {"children": {"min": 0, "max": 90, "distribution": "zipf"}},
}
ROWS = 1_000
MANY = "hasandbelongstomany"


def recipe_for(locale: str) -> Recipe:
    """Return a recipe with columns of every kind and pairs, with the fixed words."""
    properties: dict[str, dict[str, Any]] = {
        kind: {"type": TYPES.get(kind, "string")} for kind in KINDS
    }
    properties["set"]["options"] = ["a", "b", "c"]
    properties["belongsto"]["related"] = "other"
    properties["others"] = {"type": MANY, "related": "other", "backref": "things"}
    things = {"type": MANY, "related": "thing", "backref": "others"}
    said = {f"thing.{kind}": {"kind": kind, **SAID.get(kind, {})} for kind in KINDS}
    limetypes = {"thing": properties, "other": {"things": things}}
    rows = {"thing": ROWS, "other": 50}
    recipe = recipe_of(plan_of(limetypes, rows, said, seed=2026, locale=locale))
    recipe.vocabulary = FrozenWords(locale)
    return recipe


def digest(locale: str, block_rows: int) -> str:
    """Return the digest of all values, generated in blocks of this size."""
    recipe = recipe_for(locale)
    whole = hashlib.sha256()
    for table in (recipe.schema.tables["thing"], *recipe.schema.pairs.values()):
        rows = np.arange(table.rows, dtype=np.uint64)
        starts = range(block_rows, table.rows, block_rows)
        blocks = [Block(recipe, table, part) for part in np.split(rows, starts)]
        for name in table.columns:
            for block in blocks:
                for value in block.values(name).to_pylist():
                    whole.update(f"{value}\n".encode())
    return whole.hexdigest()[:16]


GOLDEN = {
    "sv_SE": "0182dbbd1f875cdc",
    "nb_NO": "deadbab3c2ed5c18",
    "fi_FI": "47d004fc56086979",
    "da_DK": "0412875104905c78",
    "nl_NL": "a4a5b2511caf4277",
    "en_US": "1277180aa4fa9f39",
    "de_DE": "ae3bb9b125dd37e1",
}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_values_of_a_locale_never_change(locale: str) -> None:
    assert digest(locale, ROWS) == GOLDEN[locale]


@pytest.mark.parametrize("block_rows", [37, 400])
def test_the_values_are_the_same_for_any_block_size(block_rows: int) -> None:
    for locale in ("sv_SE", "da_DK"):
        assert digest(locale, block_rows) == GOLDEN[locale]
