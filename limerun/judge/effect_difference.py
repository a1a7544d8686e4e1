"""Compare the effects in two records: same, different, or why it is unknown. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from limerun.effects.digest import Fingerprint, rows_differing
from limerun.records import (
    EffectComparison,
    LimetypeDifference,
    LimetypeEffect,
    Record,
    Run,
)

_NOTHING = LimetypeEffect(created=0, updated=0, deleted=0, fingerprint={})


def compare_effects(
    base: Record, new: Record, *, judged: bool
) -> EffectComparison | None:
    """Return whether two records have the same effect.

    None if neither has an effect, and it is not judged.

    Args:
        base: The baseline record.
        new: The record that is compared with it.
        judged: Whether another effect is a regression.
    """
    known = [any(run.effect is not None for run in each.runs) for each in (base, new)]
    if not (any(known) or judged):
        return None
    why = _why_unknown(base, new)
    if why is not None:
        return EffectComparison(trend="unknown", why=why, judged=judged)
    before, after = base.runs[0].effect, new.runs[0].effect
    assert before is not None
    assert after is not None
    try:
        found = effect_difference(before, after)
    except ValueError as error:
        why = f"a record has a fingerprint that cannot be read: {error}"
        return EffectComparison(trend="unknown", why=why, judged=judged)
    if not found:
        why = "same effect" + _left_out(before, after)
        return EffectComparison(trend="same", why=why, judged=judged)
    if _is_only_values(found) and _is_single(before, after):
        why = (
            "values differ, but it is unknown whether they vary from run to run; "
            "--repeat 2 finds out"
        )
        return EffectComparison(
            trend="unknown", why=why, judged=judged, differences=found
        )
    return EffectComparison(
        trend="different", why="another effect", judged=judged, differences=found
    )


def effect_difference(
    base: Mapping[str, LimetypeEffect], new: Mapping[str, LimetypeEffect]
) -> tuple[LimetypeDifference, ...]:
    """Return the limetypes in which two effects differ, with estimated numbers."""
    return tuple(
        difference
        for name in dict.fromkeys((*base, *new))
        if (
            difference := _difference(
                name, base.get(name, _NOTHING), new.get(name, _NOTHING)
            )
        )
        is not None
    )


def _why_unknown(base: Record, new: Record) -> str | None:
    """Return why the effects of two records cannot be compared; None if they can."""
    for record, side in ((base, "baseline"), (new, "new")):
        if not record.runs:
            return f"the {side} record has no run"
        run = record.runs[0]
        if run.effect is None:
            because = f": {run.effect_why}" if run.effect_why else ""
            return f"not determined in the {side} record{because}"
        if not run.is_done:
            return f"the task did not finish in the {side} record"
        if _differ_among_themselves(record.runs):
            return f"the runs of the {side} record have different effects"
    contents = [each.dataset and each.dataset.fingerprint for each in (base, new)]
    return "the datasets differ" if contents[0] != contents[1] else None


def _differ_among_themselves(runs: Sequence[Run]) -> bool:
    first, *others = (run.effect for run in runs if run.effect and run.is_done)
    return any(
        each.fingerprint != other[name].fingerprint
        for other in others
        for name, each in first.items()
        if name in other
    )


def _left_out(
    base: Mapping[str, LimetypeEffect], new: Mapping[str, LimetypeEffect]
) -> str:
    names = [
        f"{limetype}.{name}"
        for limetype in dict.fromkeys((*base, *new))
        for name in sorted(
            _varying(base.get(limetype, _NOTHING))
            | _varying(new.get(limetype, _NOTHING))
        )
    ]
    if not names:
        return ""
    vary = "varies" if len(names) == 1 else "vary"
    return f", except {', '.join(names)}, which {vary} from run to run"


def _is_only_values(found: Sequence[LimetypeDifference]) -> bool:
    return not any(each.missing or each.added for each in found)


def _is_single(
    base: Mapping[str, LimetypeEffect], new: Mapping[str, LimetypeEffect]
) -> bool:
    """Return whether it is unknown on both sides what varies from run to run.

    If one side knows, a difference in its other properties is one of the effects.
    """
    return all(
        any(each.varying is None for each in side.values()) for side in (base, new)
    )


def _varying(effect: LimetypeEffect) -> frozenset[str]:
    return frozenset(effect.varying or ())


# --- one limetype ------------------------------------------------------------------


def _difference(
    limetype: str, base: LimetypeEffect, new: LimetypeEffect
) -> LimetypeDifference | None:
    missing = max(base.created - new.created, 0) + max(new.deleted - base.deleted, 0)
    added = max(new.created - base.created, 0) + max(base.deleted - new.deleted, 0)
    properties = dict(_properties(base, new))
    if not (missing or added or properties):
        return None
    return LimetypeDifference(
        limetype=limetype,
        missing=missing,
        added=added,
        properties=properties,
        exact=False,
    )


def _properties(base: LimetypeEffect, new: LimetypeEffect) -> Iterator[tuple[str, int]]:
    """Yield the properties that differ, with an estimate of the rows.

    A value that differs in a created row also changes the keys for its other
    properties; these do not count. If created rows were added or are missing, every
    property of theirs differs, so only existing rows are compared.
    """
    compares_rows = base.created == new.created
    # Keys contain the properties that were not left out.
    compares_keys = compares_rows and _varying(base) == _varying(new)
    left_out = _varying(base) | _varying(new)
    pairs = {
        name: tuple(
            Fingerprint.parse(each.fingerprint[name])
            if name in each.fingerprint
            else Fingerprint()
            for each in (base, new)
        )
        for name in dict.fromkeys((*base.fingerprint, *new.fingerprint))
        if name not in left_out
    }
    found = [
        name
        for name, (one, two) in pairs.items()
        if one.existing != two.existing
        or (compares_rows and one.values != two.values)
        or (compares_keys and one.keys == two.keys and one.created != two.created)
    ]
    if not found and compares_keys:  # values of several properties changed their rows
        found = [
            name for name, (one, two) in pairs.items() if one.created != two.created
        ]
    for name in found:
        one, two = pairs[name]
        yield name, rows_differing(one.sketch, two.sketch)
