"""How many parents have how many children, so that all are shared out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from limerun.dataset.design.option_types import Children

_FINE = 32
"""Counts of children that are told apart; above, those that are about as many are not."""
_TURNS = 24
_MOST_TILT = Decimal(64)
_EXACT = Context(prec=30)


@dataclass(slots=True)
class ParentGroup:
    """Parents that have about as many children: as many each as can be, or one more."""

    parents: int
    children: int


def fitting(parents: int, bounds: Children) -> int:
    """Return how many children parents have, if nothing else decides it."""
    spans = _spans(bounds)
    weights = _weights(
        spans, bounds, Decimal(1 if bounds.distribution == "zipf" else 0)
    )
    return round(parents * _mean(spans, weights))


def share_children(parents: int, children: int, bounds: Children) -> list[ParentGroup]:
    """Share children out among parents, those with fewest children first.

    Args:
        parents: How many there are.
        children: How many there are of them, within what the bounds allow.
        bounds: How many a parent has.
    """
    least, most = bounds.least, bounds.most
    if bounds.distribution == "even" or least == most:
        return [ParentGroup(parents, children)]
    spans = _spans(bounds)
    weights = _tilted(spans, bounds, Decimal(children) / parents)
    total, seen, before = sum(weights), Decimal(0), 0
    classes = []
    for (low, high), weight in zip(spans, weights, strict=True):
        seen += weight
        end = int((_EXACT.divide(seen, total) * parents).to_integral_value())
        count, before = end - before, end
        classes.append(ParentGroup(count, count * (low + high) // 2))
    _adjust(classes, children - sum(each.children for each in classes), bounds)
    return classes


def _spans(bounds: Children) -> list[tuple[int, int]]:
    """Return counts of children, few with others of their size together."""
    spans, low = [], bounds.least
    while low <= bounds.most:
        width = max((low - bounds.least) // _FINE, 1)
        high = min(low + width - 1, bounds.most)
        spans.append((low, high))
        low = high + 1
    return spans


def _weights(
    spans: Sequence[tuple[int, int]], bounds: Children, tilt: Decimal
) -> list[Decimal]:
    """Return how often each span comes; the more the tilt, the fewer have many."""
    width = bounds.most - bounds.least + 1
    weights = []
    for low, high in spans:
        middle = Decimal(low + high) / 2 - bounds.least
        if bounds.distribution == "zipf":
            weight = _EXACT.power(middle + 1, -tilt)
        else:
            weight = _EXACT.exp(-tilt * middle / width)
        weights.append(weight * (high - low + 1))
    return weights


def _tilted(
    spans: Sequence[tuple[int, int]], bounds: Children, mean: Decimal
) -> list[Decimal]:
    """Return weights by which parents have so many children on average."""
    low, high = -_MOST_TILT, _MOST_TILT
    for _ in range(_TURNS):
        tilt = (low + high) / 2
        weights = _weights(spans, bounds, tilt)
        if _mean(spans, weights) > mean:
            low = tilt
        else:
            high = tilt
    return weights


def _mean(spans: Sequence[tuple[int, int]], weights: Sequence[Decimal]) -> Decimal:
    pairs = zip(spans, weights, strict=True)
    total = sum(weight * (low + high) / 2 for (low, high), weight in pairs)
    return _EXACT.divide(Decimal(total), Decimal(sum(weights)))


def _adjust(classes: list[ParentGroup], missing: int, bounds: Children) -> None:
    """Give the classes what is missing, or take what is too much, within bounds."""
    parents = sum(each.parents for each in classes)
    for whole in (False, True):
        wanted = missing
        for each in classes:
            room = bounds.most * each.parents - each.children
            if missing < 0:
                room = each.children - bounds.least * each.parents
            share = abs(missing) if whole else abs(wanted) * each.parents // parents
            given = min(room, share) if missing >= 0 else -min(room, share)
            each.children += given
            missing -= given
