"""Small variations of a task's data: other seeds, other sizes, dirty rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from limerun.dataset.design.layout import DatasetDesign
from limerun.errors import DatasetError
from limerun.records import Plan, SourcePlan
from limerun.runs.preparation import design_of
from limerun.units import format_count


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallDataset:
    """A plan with little data, and what is special about the data."""

    plan: Plan
    design: DatasetDesign
    about: str


@dataclass(frozen=True, slots=True)
class _Variation:
    seed: int
    rows: int
    duplicates: float = 0.0
    missing: float = 0.0
    malformed: float = 0.0


_VARIATIONS = (
    _Variation(seed=0, rows=130),
    _Variation(seed=1, rows=330, duplicates=0.2),
    _Variation(seed=2, rows=220, duplicates=0.1, missing=0.1),
    _Variation(seed=3, rows=170, duplicates=0.1, malformed=0.05),
)
"""Several batches of 50 rows, the last one not full; more rows than the first page."""


def small_datasets(plan: Plan) -> Iterator[SmallDataset]:
    """Yield the plan on small datasets; those that cannot be made are left out."""
    for variation in _VARIATIONS:
        if not plan.sources and (variation.missing or variation.malformed):
            continue
        varied = _varied(plan, variation)
        try:
            design = design_of(varied)
        except DatasetError:
            continue
        yield SmallDataset(plan=varied, design=design, about=_about(variation, plan))
        if plan.dataset is None:
            return


def _varied(plan: Plan, variation: _Variation) -> Plan:
    dataset = plan.dataset
    if dataset is not None:
        dataset = replace(
            dataset,
            seed=dataset.seed + variation.seed,
            rows=_fewer(dataset.rows, variation.rows),
            trimmed=True,
        )
    sources = {
        name: _varied_source(source, variation) for name, source in plan.sources.items()
    }
    return replace(plan, dataset=dataset, sources=sources)


def _fewer(rows: Mapping[str, int], most: int) -> dict[str, int]:
    return {name: min(count, most) for name, count in rows.items()}


def _varied_source(source: SourcePlan, variation: _Variation) -> SourcePlan:
    return replace(
        source,
        rows=min(source.rows, variation.rows),
        duplicates=max(source.duplicates, variation.duplicates),
        missing=max(source.missing, variation.missing),
        malformed=max(source.malformed, variation.malformed),
    )


def _about(variation: _Variation, plan: Plan) -> str:
    what = f"{format_count(variation.rows)} rows"
    dirty = [
        f"{share:.0%} {name}"
        for name, share in (
            ("repeated", variation.duplicates),
            ("with a missing value", variation.missing),
            ("malformed", variation.malformed),
        )
        if share and plan.sources
    ]
    return ", ".join([what, *dirty])
