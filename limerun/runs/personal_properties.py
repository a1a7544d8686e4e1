"""Find the personal properties of a data model, by the kinds of their columns."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from limerun.errors import DatasetError
from limerun.records import DatasetPlan, Level, Plan, SourcePlan

_LEVELS: dict[str, Level] = {
    **dict.fromkeys(("email", "phone", "nationalid", "birthdate", "street"), "warning"),
    **dict.fromkeys(("firstname", "lastname", "fullname"), "note"),
}
"""Kinds that are personal even alone. A name does not always identify a person."""
_MODEL_FOLDER = ("setup.py", "pyproject.toml", "setup.cfg")


def of_plan(plan: Plan) -> Mapping[str, Level]:
    """Return the personal properties of a config's dataset and sources.

    A property is included if it is personal in every table that has it. Its value is
    the level of a finding about it.
    """
    return _of_model(plan.dataset, plan.sources)


def of_package(package: Path) -> Mapping[str, Level]:
    """Return the personal properties of the data model in a package's tests, if any."""
    from limerun.scaffold.own_dsl import find_dsl

    around = package.parent
    is_inside = any((around / name).is_file() for name in _MODEL_FOLDER)
    found = find_dsl(around if is_inside else package)
    if found is None:
        return {}
    plan = DatasetPlan(
        seed=0, locale="sv_SE", limetypes=found[1], rows={}, properties={}
    )
    return _of_model(plan, {})


def _of_model(
    plan: DatasetPlan | None, sources: Mapping[str, SourcePlan]
) -> Mapping[str, Level]:
    from limerun.dataset.design.dataset_schema import check_plan
    from limerun.runs.personal_values import personal_kinds

    try:
        schema = check_plan(plan, sources)
    except DatasetError:  # the commands that generate the dataset report it
        return {}
    tables = [*schema.tables.values()]
    columns = [
        *(
            [(each.name, each.kind) for each in table.columns.values()]
            for table in tables
        ),
        *(
            [(each.name, each.kind) for each in it.columns]
            for it in schema.sources.values()
        ),
    ]
    kinds: dict[str, set[str | None]] = defaultdict(set)
    for table in columns:
        personal = personal_kinds(kind for _, kind in table)
        for name, kind in table:
            kinds[name].add(kind if kind in personal and kind in _LEVELS else None)
    return dict(_certain(kinds))


def _certain(kinds: Mapping[str, set[str | None]]) -> Iterator[tuple[str, Level]]:
    for name, found in kinds.items():
        levels = {None if kind is None else _LEVELS[kind] for kind in found}
        if None not in levels:
            yield name, "note" if "note" in levels else "warning"
