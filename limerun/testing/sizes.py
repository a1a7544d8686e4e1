"""Turn a test's arguments for row counts into settings of its config."""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from limerun.records import Plan, SourcePlan


def sets_of(keys: Mapping[str, object]) -> list[str]:
    """Return keys and values in the form of `--set`; values of None are left out."""
    return [f"{key}={_text(value)}" for key, value in keys.items() if value is not None]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def with_rows(
    config: Path,
    sets: Sequence[str],
    rows: Mapping[str, int | str],
    *,
    keep: Collection[str],
) -> list[str]:
    """Return settings with these rows, and with sources that shrink in proportion.

    Some rows of a source are already in the database: 10,000 contracts there cannot
    include 60,000 known ones. So if a test sets fewer rows of a limetype, the sources
    with its rows shrink by the same factor.

    Args:
        config: The config file.
        sets: The other settings.
        rows: Number of rows by limetype.
        keep: The sources whose numbers of rows the test sets itself.

    Raises:
        ConfigError: The config cannot be read, or a setting is invalid.
    """
    wanted = [*sets, *sets_of({f"dataset.rows.{name}": n for name, n in rows.items()})]
    before, after = _plan(config, sets), _plan(config, wanted)
    shrunk = {
        f"sources.{name}.rows": max(1, round(source.rows * share))
        for name, source in after.sources.items()
        if name not in keep and (share := _share(source, before, after)) < 1
    }
    return [*wanted, *sets_of(shrunk)]


def _plan(config: Path, sets: Sequence[str]) -> Plan:
    from limerun.config.resolve import load_plan

    return load_plan(
        config, command="capacity-test", options={}, sets=sets, environ=os.environ
    )


def _share(source: SourcePlan, before: Plan, after: Plan) -> float:
    """Return the factor by which a source shrinks, as the limetypes in it do."""
    if before.dataset is None or after.dataset is None:
        return 1.0
    paths = (each for each in source.columns.values() if isinstance(each, str))
    limetypes = {path.partition(".")[0] for path in paths}
    rows = before.dataset.rows
    shares = (
        after.dataset.rows.get(name, 0) / rows[name]
        for name in limetypes
        if rows.get(name)
    )
    return min(shares, default=1.0)
