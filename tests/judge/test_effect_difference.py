"""Two records have the same effect, another one, or it is unknown."""

from dataclasses import replace
from typing import Any

import pytest

from limerun.effects.digest import BUCKETS, LEVELS, Fingerprint, rows_differing
from limerun.judge.effect_difference import compare_effects, effect_difference
from limerun.judge.record_comparison import compare
from limerun.records import LimetypeEffect, Record
from tests.report.make_records import RECORDS

BASE = RECORDS["passed"]()
SAME = {"effect": 0.0}


def effect(
    created: int = 0,
    deleted: int = 0,
    varying: tuple[str, ...] | None = (),
    **prints: Fingerprint | str,
) -> LimetypeEffect:
    fingerprint = {name: str(each) for name, each in prints.items()}
    return LimetypeEffect(
        created=created,
        updated=0,
        deleted=deleted,
        fingerprint=fingerprint,
        varying=varying,
    )


def with_effects(*effects: LimetypeEffect | None, **changed: Any) -> Record:
    """Return a record with a run for each effect on deals."""
    [run] = BASE.runs
    runs = (
        replace(run, effect=None if each is None else {"deal": each}, **changed)
        for each in effects
    )
    return replace(BASE, runs=tuple(runs))


def of_created(
    number: int, keys: int = 1, values: int = 1, **changed: Any
) -> Fingerprint:
    return Fingerprint(created=number, keys=keys, values=values, **changed)


def properties(base: LimetypeEffect, new: LimetypeEffect) -> dict[str, int]:
    found = effect_difference({"deal": base}, {"deal": new})
    return dict(found[0].properties) if found else {}


def test_equal_fingerprints_are_the_same_effect() -> None:
    one = with_effects(effect(2, name=of_created(5)))
    comparison = compare(one, one, SAME)
    assert comparison.effect is not None
    assert (comparison.effect.trend, comparison.effect.why) == ("same", "same effect")
    assert comparison.exit_code == 0


def test_another_effect_is_a_regression_only_on_request() -> None:
    base, new = with_effects(effect(2)), with_effects(effect(3, deleted=1))
    assert compare(base, new, {}).exit_code == 0
    comparison = compare(base, new, SAME)
    assert comparison.exit_code == 1
    assert comparison.effect is not None
    [difference] = comparison.effect.differences
    assert (difference.missing, difference.added, difference.exact) == (1, 1, False)


def test_a_limetype_that_only_one_run_changed_differs() -> None:
    base, new = {"deal": effect(1)}, {"history": effect(0)}
    assert [each.limetype for each in effect_difference(base, new)] == ["deal"]


def test_a_changed_value_of_an_existing_row_differs() -> None:
    one, two = effect(name=Fingerprint(existing=4)), effect()
    assert properties(one, two) == {"name": 1}


def test_only_the_property_of_a_created_row_is_named_whose_value_changed() -> None:
    base = effect(1, name=of_created(5, keys=1, values=1), size=of_created(6, 1, 1))
    new = effect(1, name=of_created(7, keys=1, values=2), size=of_created(8, 2, 1))
    assert properties(base, new) == {"name": 1}


def test_values_that_changed_their_rows_are_named() -> None:
    base = effect(2, name=of_created(5), size=of_created(6))
    one = effect(2, name=of_created(7), size=of_created(8, keys=2))
    assert properties(base, one) == {"name": 1}
    several = effect(2, name=of_created(7, keys=3), size=of_created(8, keys=2))
    assert properties(base, several) == {"name": 1, "size": 1}


def test_added_rows_explain_other_fingerprints() -> None:
    assert (
        properties(effect(1, name=of_created(5)), effect(2, name=of_created(6))) == {}
    )


@pytest.mark.parametrize(
    ("levels", "rows"),
    [([0], 1), ([1, 1], 1), ([8], 5), ([32, 8], 18), ([32] * 8 + [20], 1_028_474)],
)
def test_the_number_of_rows_is_estimated_at_any_size(
    levels: list[int], rows: int
) -> None:
    sketch = b"".join(bytes([1] * each + [0] * (BUCKETS - each)) for each in levels)
    empty = bytes(BUCKETS * LEVELS)
    assert rows_differing(empty, sketch + empty[len(sketch) :]) == rows


# --- what varies -------------------------------------------------------------------


def test_what_varies_from_run_to_run_is_named_and_not_compared() -> None:
    one = with_effects(effect(1, 0, ("stamp",), name=of_created(5)))
    comparison = compare_effects(one, one, judged=False)
    assert comparison is not None
    assert (
        comparison.why == "same effect, except deal.stamp, which varies from run to run"
    )
    two = with_effects(effect(1, 0, ("stamp", "key"), name=of_created(5)))
    comparison = compare_effects(two, two, judged=False)
    assert comparison is not None
    assert comparison.why.endswith("deal.key, deal.stamp, which vary from run to run")


def test_a_record_that_does_not_know_what_varies_is_compared_by_its_values() -> None:
    base = effect(1, 0, ("stamp",), name=of_created(5))
    same = effect(1, 0, None, name=of_created(6, keys=7), stamp=of_created(9, 3, 3))
    assert properties(base, same) == {}
    other = effect(1, 0, None, name=of_created(6, keys=7, values=2))
    assert properties(base, other) == {"name": 1}
    comparison = compare_effects(with_effects(base), with_effects(other), judged=True)
    assert comparison is not None
    assert comparison.trend == "different"


def test_one_run_on_each_side_leaves_a_difference_open() -> None:
    base = with_effects(effect(1, 0, None, name=of_created(5)))
    new = with_effects(effect(1, 0, None, name=of_created(6, values=2)))
    comparison = compare(base, new, SAME)
    assert comparison.exit_code == 6
    assert comparison.effect is not None
    assert comparison.effect.trend == "unknown"
    assert "--repeat 2" in comparison.effect.why
    assert comparison.effect.differences


# --- unknown -----------------------------------------------------------------------


def why_unknown(base: Record, new: Record) -> str:
    comparison = compare_effects(base, new, judged=True)
    assert comparison is not None
    assert comparison.trend == "unknown"
    return comparison.why


def test_records_without_effects_are_not_compared_unless_asked() -> None:
    none = with_effects(None)
    assert compare_effects(none, none, judged=False) is None
    assert why_unknown(none, none) == "not determined in the baseline record"


def test_the_reason_is_given_why_effects_cannot_be_compared() -> None:
    one = with_effects(effect())
    large = with_effects(None, effect_why="the database is large")
    assert why_unknown(one, large) == (
        "not determined in the new record: the database is large"
    )
    assert why_unknown(replace(BASE, runs=()), one) == "the baseline record has no run"
    killed = with_effects(effect(), ending="killed")
    assert why_unknown(one, killed) == "the task did not finish in the new record"
    assert BASE.dataset is not None
    other = replace(one, dataset=replace(BASE.dataset, fingerprint="other"))
    assert why_unknown(one, other) == "the datasets differ"
    assert why_unknown(one, replace(one, dataset=None)) == "the datasets differ"
    odd = with_effects(effect(name="not a fingerprint"))
    assert "cannot be read" in why_unknown(one, odd)
    short = with_effects(effect(name="1.2.3.4.AAAA"))
    assert "288 bytes" in why_unknown(one, short)


def test_runs_with_different_effects_have_no_effect_in_common() -> None:
    several = with_effects(effect(name=of_created(1)), effect(name=of_created(2)))
    assert why_unknown(several, several) == (
        "the runs of the baseline record have different effects"
    )
    repeated = with_effects(effect(), effect(), None)
    partly = replace(repeated.runs[0], effect={"history": effect()})
    record = replace(repeated, runs=(*repeated.runs, partly))
    comparison = compare_effects(record, record, judged=False)
    assert comparison is not None
    assert comparison.trend == "same"
