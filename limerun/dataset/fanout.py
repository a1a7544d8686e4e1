"""Share children out among parents: whose each one is. Pure.

No parent is held. Parents lie on a line, those with many children last; a class of
them that have about as many shares its children out evenly. So a child's place on
its line says in a few steps whose it is, and how many of the same parent's come
before it.
"""

import numpy as np

from limerun.dataset.families import families
from limerun.dataset.options import Children
from limerun.dataset.randomness import Numbers


class FanOut:
    """Which parent each of the children has, by the child's place on the line.

    Args:
        parents: How many there are.
        children: How many there are of them, within what the bounds allow.
        bounds: How many a parent has.
    """

    def __init__(self, parents: int, children: int, bounds: Children) -> None:
        shared = families(parents, children, bounds)
        classes = [family for family in shared if family.children]
        self._children = np.array([each.children for each in classes], np.int64)
        self._parents = np.array([each.parents for each in classes], np.int64)
        self._ends = np.cumsum(self._children)
        self._starts = self._ends - self._children
        without = parents - int(self._parents.sum())
        self._first = without + np.cumsum(self._parents) - self._parents

    def __call__(self, places: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rank of each child's parent, and which of its children it is."""
        of = np.searchsorted(self._ends, places, side="right")
        within = places - self._starts[of]
        children, parents = self._children[of], self._parents[of]
        rank = _scaled(within, parents, children)
        before = -_scaled(-rank, children, parents)  # rounded up
        return self._first[of] + rank, within - before


def _scaled(numbers: Numbers, by: Numbers, of: Numbers) -> Numbers:
    """Return numbers times a fraction, rounded down; both are below 2**31."""
    result: Numbers = numbers * by // of
    return result
