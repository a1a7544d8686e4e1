"""Compute how a given number of children is distributed over parents. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from limerun.dataset.design.option_types import Children

_FINE = 32
"""Each number of children up to this has its own group; higher, similar numbers share a
group."""
_ITERATIONS = 24
_MOST_TILT = Decimal(64)
_EXACT = Context(prec=30)


@dataclass(slots=True)
class ParentGroup:
    """Parents whose numbers of children differ by at most one."""

    parents: int
    children: int


def expected_children(parents: int, bounds: Children) -> int:
    """Return the total number of children that the distribution alone produces."""
    spans = _spans(bounds)
    weights = _weights(
        spans, bounds, Decimal(1 if bounds.distribution == "zipf" else 0)
    )
    return round(parents * _mean(spans, weights))


def share_children(parents: int, children: int, bounds: Children) -> list[ParentGroup]:
    """Distribute children among parents; return groups, those with fewest first.

    Args:
        parents: Number of parents.
        children: Total number of children, within what the bounds allow.
        bounds: Number of children that a parent may have.
    """
    least, most = bounds.least, bounds.most
    if bounds.distribution == "even" or least == most:
        return [ParentGroup(parents, children)]
    spans = _spans(bounds)
    weights = _tilted(spans, bounds, Decimal(children) / parents)
    total, seen, before = sum(weights), Decimal(0), 0
    groups = []
    for (low, high), weight in zip(spans, weights, strict=True):
        seen += weight
        end = int((_EXACT.divide(seen, total) * parents).to_integral_value())
        count, before = end - before, end
        groups.append(ParentGroup(count, count * (low + high) // 2))
    _adjust(groups, children - sum(each.children for each in groups), bounds)
    return groups


def _spans(bounds: Children) -> list[tuple[int, int]]:
    """Return ranges of child counts: single counts first, then wider ranges."""
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
    """Return each range's weight; a higher tilt gives high counts less weight."""
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
    """Return the weights that result in this mean number of children per parent."""
    low, high = -_MOST_TILT, _MOST_TILT
    for _ in range(_ITERATIONS):
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


def _adjust(groups: list[ParentGroup], missing: int, bounds: Children) -> None:
    """Add the missing children to the groups, or remove surplus ones, within bounds."""
    parents = sum(each.parents for each in groups)
    for whole in (False, True):
        wanted = missing
        for each in groups:
            room = bounds.most * each.parents - each.children
            if missing < 0:
                room = each.children - bounds.least * each.parents
            share = abs(missing) if whole else abs(wanted) * each.parents // parents
            added = min(room, share) if missing >= 0 else -min(room, share)
            each.children += added
            missing -= added
