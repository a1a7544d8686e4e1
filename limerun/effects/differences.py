"""Find what differs between the effects of two runs, from both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from limerun.dataset.words.randomness import Words
from limerun.effects.changes import DatabaseChange, Varying, part_of_digest
from limerun.effects.hashing import hash_numbers, mix
from limerun.effects.reading import Ids
from limerun.records import LimetypeDifference

EXAMPLES = 3
"""How many ids to show for each limetype."""

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]


def difference_of(
    base: DatabaseChange, new: DatabaseChange
) -> tuple[LimetypeDifference, ...] | None:
    """Return how the databases after two runs differ; None if they have the same effect.

    Both runs must start from the same content. Created rows are compared by their
    values: a row that differs in one property counts for that property, and a row
    without such a counterpart is missing or added.
    """
    found = tuple(
        difference
        for limetype in base.model.columns
        if (difference := _difference(base, new, limetype)) is not None
    )
    return found or None


def varying_between(base: DatabaseChange, new: DatabaseChange) -> Varying:
    """Return the properties that differ between two runs with the same input.

    A relation to an object with such a property differs only because of it, so the
    others are searched first. A limetype with missing or added rows is left out: that
    is no difference of a property.
    """
    varying: dict[str, tuple[str, ...]] = {}
    for only_scalars in (True, False):
        one, two = base.without(varying), new.without(varying)
        for each in difference_of(one, two) or ():
            names = [
                name
                for name in each.properties
                if not only_scalars or name in base.after.tables[each.limetype].values
            ]
            if each.missing == each.added and names:
                before = varying.get(each.limetype, ())
                varying[each.limetype] = (*before, *names)
    return varying


@dataclass(slots=True)
class _Found:
    """The differences of one limetype so far."""

    missing: int = 0
    added: int = 0
    duplicates: int = 0
    properties: dict[str, int] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)

    def count(self, name: str, rows: int) -> None:
        if rows:
            self.properties[name] = self.properties.get(name, 0) + rows

    def show(self, ids: Ids) -> None:
        self.ids += ids[:EXAMPLES].tolist()


def _difference(
    base: DatabaseChange, new: DatabaseChange, limetype: str
) -> LimetypeDifference | None:
    found = _Found()
    _compare_existing(base, new, limetype, found)
    _compare_created(base, new, limetype, found)
    if not (found.missing or found.added or found.properties):
        return None
    return LimetypeDifference(
        limetype=limetype,
        missing=found.missing,
        added=found.added,
        duplicates=found.duplicates,
        properties=found.properties,
        exact=True,
        examples=tuple(sorted(set(found.ids))[:EXAMPLES]),
    )


def _compare_existing(
    base: DatabaseChange, new: DatabaseChange, limetype: str, found: _Found
) -> None:
    """Compare the rows that existed before both runs, by id."""
    masks = [each.matches[limetype].existed for each in (base, new)]
    one, two = (
        each.after.tables[limetype].ids[mask]
        for each, mask in zip((base, new), masks, strict=True)
    )
    common, mine, other = np.intersect1d(
        one, two, assume_unique=True, return_indices=True
    )
    found.missing += len(one) - len(common)
    found.added += len(two) - len(common)
    for name in base.properties(limetype):
        was, now = (
            each.values(limetype, name)[mask]
            for each, mask in zip((base, new), masks, strict=True)
        )
        differs = was[mine] != now[other]
        found.count(name, int(differs.sum()))
        found.show(common[differs])


@dataclass(slots=True)
class _Created:
    """The created rows of one side that have no equal on the other side."""

    change: DatabaseChange
    limetype: str
    digests: Words
    rows: Positions

    def values(self, name: str) -> Words:
        values = self.change.values(self.limetype, name)
        return values[~self.change.matches[self.limetype].existed][self.rows]

    def parts(self, name: str) -> Words:
        return part_of_digest(self.limetype, name, self.values(name))

    def keys(self, name: str) -> Words:
        return self.digests[self.rows] - self.parts(name)

    @property
    def ids(self) -> Ids:
        ids = self.change.after.tables[self.limetype].ids
        return ids[~self.change.matches[self.limetype].existed][self.rows]


def _compare_created(
    base: DatabaseChange, new: DatabaseChange, limetype: str, found: _Found
) -> None:
    digests = [each.row_digests(limetype) for each in (base, new)]
    left = [np.flatnonzero(mask) for mask in _unmatched(*digests)]
    mine, other = (
        _Created(each, limetype, digest, rows)
        for each, digest, rows in zip((base, new), digests, left, strict=True)
    )
    for name in base.properties(limetype):
        if not (len(mine.rows) and len(other.rows)):
            break
        alone = _unmatched(mine.keys(name), other.keys(name))
        found.count(name, int((~alone[0]).sum()))
        found.show(other.ids[~alone[1]])
        mine.rows, other.rows = mine.rows[alone[0]], other.rows[alone[1]]
    for name, rows in _changed_values(mine, other):
        found.count(name, rows)
    found.missing += len(mine.rows)
    found.added += len(other.rows)
    found.show(other.ids)
    known = np.isin(digests[1][other.rows], np.delete(digests[1], other.rows))
    found.duplicates += int(known.sum())


def _changed_values(mine: _Created, other: _Created) -> Iterator[tuple[str, int]]:
    """Yield the properties in which equally many rows, with several changes, differ."""
    if not len(mine.rows) or len(mine.rows) != len(other.rows):
        return
    for name in mine.change.properties(mine.limetype):
        differs, _ = _unmatched(mine.parts(name), other.parts(name))
        if differs.any():
            yield name, int(differs.sum())


def _unmatched(one: Words, two: Words) -> tuple[Mask, Mask]:
    """Return what is left of two multisets when equal elements are removed in pairs."""
    numbered = [mix(each, _occurrence(each)) for each in (one, two)]
    return ~np.isin(numbered[0], numbered[1]), ~np.isin(numbered[1], numbered[0])


def _occurrence(words: Words) -> Words:
    """Return a hash of how often each element occurred before."""
    order = np.argsort(words, kind="stable")
    ordered = words[order]
    is_first = np.ones(len(words), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    index = np.arange(len(words))
    starts = np.maximum.accumulate(np.where(is_first, index, 0))
    numbers = np.empty(len(words), np.int64)
    numbers[order] = index - starts
    return hash_numbers(numbers)
