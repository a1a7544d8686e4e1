"""Apply the options that change row and run counts: `--scale`, `--rows`, `--repeat`."""

from collections.abc import Mapping
from dataclasses import dataclass
from sys import float_info
from typing import ClassVar

from limerun.config.layers import Layers, Origin
from limerun.config.model import ConfigKeys
from limerun.config.problems import KeyPath, Place, Problem
from limerun.units import NotReadableError, parse_count

_MOST_ROWS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class RunAmounts:
    """The values of the options; None for each option that is not given."""

    scale: float | None = None
    rows: int | None = None
    repeat: int = 1

    NAMES: ClassVar = frozenset({"scale", "rows", "repeat"})

    def check(self, config: ConfigKeys) -> list[Problem]:
        """Return why the rows of this config cannot be scaled, or None."""
        if self.scale is None:
            return []
        counts = _counts(config)
        place = Place(name="--scale")
        if not counts:
            text = "nothing to scale: the config has neither dataset.rows nor sources"
            return [Problem(place=place, value=self.scale, text=text)]
        largest = max(counts, key=lambda path: counts[path])
        if counts[largest] * self.scale > _MOST_ROWS:
            text = f"makes more than {_MOST_ROWS:,} rows; use a smaller factor"
            return [Problem(place=place, path=largest, value=self.scale, text=text)]
        return []

    def apply(self, config: ConfigKeys, layers: Layers) -> ConfigKeys:
        """Return the config with its rows scaled, then limited to `--rows`.

        The layers record which numbers an option changed.
        """
        changed: dict[KeyPath, int] = {}
        for path, count in _counts(config).items():
            scaled = self._scaled(count)
            if scaled != count:
                layers.mark(path, Origin.OPTION, "--scale")
            capped = scaled if self.rows is None else min(scaled, self.rows)
            if capped != scaled:
                layers.mark(path, Origin.OPTION, "--rows")
            changed[path] = capped
        return _with_counts(config, changed)

    def _scaled(self, count: int) -> int:
        if self.scale is None or count == 0:
            return count
        return max(1, round(count * self.scale))


def read_amounts(options: Mapping[str, object]) -> tuple[RunAmounts, list[Problem]]:
    """Read the amounts from the options; return them and their problems."""
    problems: list[Problem] = []

    def refuse(name: str, text: str) -> None:
        place = Place(name=f"--{name}")
        problems.append(Problem(place=place, value=options[name], text=text))

    scale, repeat = options.get("scale"), options.get("repeat")
    if scale is not None and not (
        isinstance(scale, int | float) and 0 < scale <= float_info.max
    ):
        refuse("scale", "must be a number above 0, like 0.1")
        scale = None
    if repeat is not None and not (isinstance(repeat, int) and repeat >= 1):
        refuse("repeat", "must be a whole number, 1 or more")
        repeat = None
    rows: int | None = None
    if options.get("rows") is not None:
        try:
            rows = parse_count(options["rows"])
        except NotReadableError as error:
            refuse("rows", error.advice)
        if rows == 0:
            refuse("rows", "must be 1 or more")
    amounts = RunAmounts(
        scale=float(scale) if isinstance(scale, int | float) else None,
        rows=rows,
        repeat=repeat if isinstance(repeat, int) else 1,
    )
    return amounts, problems


def _counts(config: ConfigKeys) -> dict[KeyPath, int]:
    """Return the number of rows of each limetype and source, by key path."""
    dataset = config.dataset.rows if config.dataset else {}
    counts: dict[KeyPath, int] = {
        ("dataset", "rows", name): count for name, count in dataset.items()
    }
    for name, source in config.sources.items():
        counts["sources", name, "rows"] = source.rows
    return counts


def _with_counts(config: ConfigKeys, counts: Mapping[KeyPath, int]) -> ConfigKeys:
    dataset = config.dataset
    if dataset is not None:
        rows = {name: counts["dataset", "rows", name] for name in dataset.rows}
        dataset = dataset.model_copy(update={"rows": rows})
    sources = {
        name: source.model_copy(update={"rows": counts["sources", name, "rows"]})
        for name, source in config.sources.items()
    }
    return config.model_copy(update={"dataset": dataset, "sources": sources})
