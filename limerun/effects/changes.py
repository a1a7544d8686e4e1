"""Compare a database before and after a run: keyed values, counts and fingerprints."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limerun.dataset.words.randomness import Words, column_key, random_words
from limerun.effects.digest import (
    BUCKETS,
    LEVELS,
    SHARE_BITS,
    SKETCH_BYTES,
    Fingerprint,
)
from limerun.effects.hashing import NULL, mix, total
from limerun.effects.reading import NO_ID, Ids
from limerun.effects.snapshot import Snapshot
from limerun.records import LimetypeEffect

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]
Varying = Mapping[str, Collection[str]]
"""Properties to leave out, by limetype, because they vary from run to run."""

_ROUNDS = 10
"""How many relations in a row are followed from one created object to another."""
_NEW_TARGET = np.uint64(0x5851F42D4C957F2D)
_KEY = 0x2545F4914F6CDD1D
_LINK = 0x14057B7EF767814F


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMatch:
    """Which rows of a limetype existed before the run."""

    existed: Mask
    """For each row after the run."""
    before: Positions
    """The position before the run of each row that existed."""
    deleted: Positions
    """The positions before the run of the rows that are gone."""


class DatabaseChange:
    """What one run changed in a database.

    Args:
        before: The database before the run.
        after: The same database after it.
        varying: Properties to leave out, because they vary from run to run.
    """

    def __init__(
        self, before: Snapshot, after: Snapshot, varying: Varying | None = None
    ) -> None:
        self.before, self.after = before, after
        self.varying: Varying = varying or {}
        self.model = after.model
        self.matches = {
            name: _matched(before.tables[name].ids, table.ids)
            for name, table in after.tables.items()
        }
        self._targets, self._digests = self._created_digests()
        self._old: dict[tuple[str, str], Words] = {}
        self._new: dict[tuple[str, str], Words] = {}

    def without(self, varying: Varying) -> "DatabaseChange":
        """Return the same change, with these properties left out."""
        return DatabaseChange(self.before, self.after, varying)

    def properties(self, limetype: str) -> list[str]:
        """Return the names of the properties that are compared."""
        links = [
            each.property for each in self.model.links if each.limetype == limetype
        ]
        left_out = self.varying.get(limetype, ())
        return [
            name
            for name in (*self.model.columns[limetype], *links)
            if name not in left_out
        ]

    def values(self, limetype: str, name: str) -> Words:
        """Return the value of each row after the run; relations by their target's key."""
        key = (limetype, name)
        if key not in self._new:
            keys_of = self._keys_with(self._targets)
            self._new[key] = _values_of(self.after, limetype, name, keys_of)
        return self._new[key]

    def row_digests(self, limetype: str) -> Words:
        """Return the digest of each created row, in the order of their ids."""
        return self._digests[limetype]

    def effect(self) -> dict[str, LimetypeEffect]:
        """Return the record of the change, by limetype."""
        return {name: self._effect_of(name) for name in self.model.columns}

    def changed(self, limetype: str, name: str) -> Mask:
        """Return which of the rows that existed have another value now."""
        match = self.matches[limetype]
        now = self.values(limetype, name)[match.existed]
        changed: Mask = now != self._old_values(limetype, name)[match.before]
        return changed

    def updated(self, limetype: str) -> Mask:
        """Return which of the rows that existed have another value in any property."""
        updated = np.zeros(len(self.matches[limetype].before), np.bool_)
        for name in self.properties(limetype):
            updated |= self.changed(limetype, name)
        return updated

    def _effect_of(self, limetype: str) -> LimetypeEffect:
        match = self.matches[limetype]
        prints = {
            name: str(print)
            for name in self.properties(limetype)
            if (print := self._fingerprint(limetype, name)) is not None
        }
        return LimetypeEffect(
            created=int((~match.existed).sum()),
            updated=int(self.updated(limetype).sum()),
            deleted=len(match.deleted),
            fingerprint=prints,
        )

    def _fingerprint(self, limetype: str, name: str) -> Fingerprint | None:
        """Return the fingerprint of a property; None if the run did not change it.

        Rows that are the same before and after cancel out, so they are not visited.
        """
        match, changed = self.matches[limetype], self.changed(limetype, name)
        existing, created = match.existed.copy(), ~match.existed
        existing[existing] = changed
        was = np.concatenate([match.before[changed], match.deleted])
        if not (len(was) or created.any()):
            return None
        values, ids = self.values(limetype, name), self.after.tables[limetype].ids
        parts = part_of_digest(limetype, name, values[created])
        id_now = id_keys(limetype, ids[existing])
        id_was = id_keys(limetype, self.before.tables[limetype].ids[was])
        keys = random_words(_KEY, self._digests[limetype] - parts)
        now = mix(id_now, values[existing])
        old = mix(id_was, self._old_values(limetype, name)[was])
        new = mix(keys, values[created])
        sketch = _sketch(now) + _sketch(new) - _sketch(old)
        return Fingerprint(
            existing=(total(now) - total(old)) % 2**64,
            created=total(new),
            keys=total(keys),
            values=total(parts),
            sketch=sketch.astype(np.uint8).tobytes(),
        )

    # --- values --------------------------------------------------------------------

    def _old_values(self, limetype: str, name: str) -> Words:
        """Return the values before the run, when every row is keyed by its id."""
        key = (limetype, name)
        if key not in self._old:
            self._old[key] = _values_of(self.before, limetype, name, id_keys)
        return self._old[key]

    def _keys_with(self, digests: Mapping[str, Words]) -> "KeysOf":
        """Return the function for keys of related objects: by id or, if new, by digest."""

        def keys_of(limetype: str, ids: Ids) -> Words:
            keys = id_keys(limetype, ids)
            if limetype in self.matches:
                table = self.after.tables[limetype]
                created = table.ids[~self.matches[limetype].existed]
                is_new, at = _found(created, ids)
                keys[is_new] = random_words(_KEY, digests[limetype][at])
            return keys

        return keys_of

    def _created_digests(self) -> tuple[dict[str, Words], dict[str, Words]]:
        """Return the digests of created rows as targets of relations, and as rows.

        Relations between created rows are followed in rounds: at first, all created
        objects count as equal. Both results are the same if no chain of relations is
        longer than the number of rounds.
        """
        digests = {
            name: np.full(int((~match.existed).sum()), _NEW_TARGET)
            for name, match in self.matches.items()
        }
        fixed = {name: self._digests_of(name, digests, False) for name in digests}
        for _ in range(_ROUNDS):
            targets = digests
            digests = {
                name: fixed[name] + self._digests_of(name, targets, True)
                for name in targets
            }
            if all(np.array_equal(digests[name], targets[name]) for name in digests):
                break
        return targets, digests

    def _digests_of(
        self, limetype: str, digests: Mapping[str, Words], related: bool
    ) -> Words:
        """Return the sum over a row's relations, or over its other properties."""
        created = ~self.matches[limetype].existed
        found = np.zeros(int(created.sum()), np.uint64)
        if not len(found):
            return found
        scalars, keys_of = self.after.tables[limetype].values, self._keys_with(digests)
        for name in self.properties(limetype):
            if (name not in scalars) == related:
                values = _values_of(self.after, limetype, name, keys_of, created)
                found += part_of_digest(limetype, name, values)
        return found


KeysOf = Callable[[str, Ids], Words]
"""Returns the keys of objects from a limetype and their ids."""


def id_keys(limetype: str, ids: Ids) -> Words:
    """Return the keys of objects that existed before the run."""
    return random_words(column_key(0, limetype, "id"), ids.view(np.uint64))


def part_of_digest(limetype: str, name: str, values: Words) -> Words:
    """Return what the values of a property add to the digests of their rows."""
    return random_words(column_key(1, limetype, name), values)


def _values_of(
    snapshot: Snapshot,
    limetype: str,
    name: str,
    keys_of: KeysOf,
    rows: Mask | None = None,
) -> Words:
    """Return a property's value in each row, or in some rows."""
    table = snapshot.tables[limetype]
    if name in table.values:
        values = table.values[name]
        return values if rows is None else values[rows]
    if name not in table.related:
        values = _linked(snapshot, limetype, name, keys_of)
        return values if rows is None else values[rows]
    ids = table.related[name] if rows is None else table.related[name][rows]
    keys = keys_of(snapshot.model.relations[limetype][name], ids)
    keys[ids == NO_ID] = NULL
    return keys


def _linked(snapshot: Snapshot, limetype: str, name: str, keys_of: KeysOf) -> Words:
    """Return the set of related objects of each row as a hash."""
    [link] = [
        each
        for each in snapshot.model.links
        if (each.limetype, each.property) == (limetype, name)
    ]
    near, far = snapshot.pairs[link.table]
    ids = snapshot.tables[limetype].ids
    is_there, at = _found(ids, near)
    sums = np.zeros(len(ids), np.uint64)
    np.add.at(sums, at, random_words(_LINK, keys_of(link.related, far[is_there])))
    return random_words(_LINK, sums)


def _found(ids: Ids, wanted: Ids) -> tuple[Mask, Positions]:
    """Return which ids are among others, in rising order, and where those are."""
    if not len(ids):
        return np.zeros(len(wanted), np.bool_), np.zeros(0, np.intp)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    is_there: Mask = ids[at] == wanted
    return is_there, at[is_there]


def _matched(before: Ids, after: Ids) -> RowMatch:
    existed, at = _found(before, after)
    remaining, _ = _found(after, before)
    return RowMatch(existed=existed, before=at, deleted=np.flatnonzero(~remaining))


def _sketch(hashes: Words) -> npt.NDArray[np.int64]:
    """Return the sum of the hashes in each bucket of each level."""
    level = np.zeros(len(hashes), np.int64)
    rest = hashes >> np.uint64(BUCKETS.bit_length() - 1)
    goes_on = np.ones(len(hashes), np.bool_)
    for _ in range(LEVELS - 1):
        goes_on &= (rest & np.uint64((1 << SHARE_BITS) - 1)) == 0
        level += goes_on
        rest = rest >> np.uint64(SHARE_BITS)
    buckets = level * BUCKETS + (hashes & np.uint64(BUCKETS - 1)).astype(np.int64)
    # Sums of bytes are exact in floating point.
    weights = (hashes >> np.uint64(56)).astype(np.float64)
    return np.bincount(buckets, weights, SKETCH_BYTES).astype(np.int64)
