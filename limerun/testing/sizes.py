"""Turn the sizes that a test asks for into settings of its config."""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from limerun.records import Plan, SourcePlan


def sets_of(keys: Mapping[str, object]) -> list[str]:
    """Return keys and values as `--set` takes them; None is not set."""
    return [f"{key}={_text(of)}" for key, of in keys.items() if of is not None]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def with_rows(
    config: Path,
    sets: Sequence[str],
    rows: Mapping[str, int | str],
    *,
    keep: Collection[str],
) -> list[str]:
    """Return settings with these rows, and with sources that shrink along.

    A source stands for rows of a limetype, a share of which the database has already:
    of 10,000 contracts there can be no 60,000 known ones. A test that asks for fewer
    rows of the limetype means a smaller case, not another one.

    Args:
        config: The config file.
        sets: What else is set.
        rows: Rows to make, by limetype.
        keep: The sources whose rows are set.

    Raises:
        ConfigError: The config cannot be read, or so set.
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
    """Return what is left of the rows that a source's rows stand for."""
    if before.dataset is None or after.dataset is None:
        return 1.0
    paths = (said for said in source.columns.values() if isinstance(said, str))
    limetypes = {path.partition(".")[0] for path in paths}
    held = before.dataset.rows
    shares = (
        after.dataset.rows.get(name, 0) / held[name]
        for name in limetypes
        if held.get(name)
    )
    return min(shares, default=1.0)
