"""Estimates with a larger database, and the example import with a large one."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.figures import console, figure, heading

TASKS = (
    "prefetch_into_a_set",
    "search_a_list",
    "scan_the_table_once",
    "look_up_without_an_index",
    "look_up_with_an_index",
    "leave_the_database_alone",
)
"""Of `database_tasks.py`, which imports what only a worker has."""
TIMES = 10
ROWS, SOURCE_ROWS = 30_000, 3_000
_WITHIN = "60s"
_NOISE_BYTES = 500_000
"""Two runs of the same task differ by up to this much memory."""
_ROOT = Path(__file__).parents[2]
_WAYS: Mapping[str, Sequence[str]] = {
    "the database at production's size": (),
    "a tenth of the database": ("--database-rows", f"contract={ROWS}"),
}
_CONFIG = """
task: {tasks}:{name}
parameters: {{path: "${{sources.contracts}}"}}
budget: {{memory: 1 GB}}
dataset:
  limetypes: {root}/configs/lime-types.yaml
  rows: {{company: 500, contract: {rows}}}
  properties:
    contract.number: {{kind: sequence, format: "K-{{:07d}}"}}
production: {{rows: {{company: 500, contract: {production}}}}}
sources:
  contracts:
    format: jsonl
    rows: {source_rows}
    overlap: 0.5
    columns: {{number: contract.number, name: contract.name, value: contract.value}}
"""
_FIGURES = ("duration.budget", "memory.task", "speed.queries")


def database_size() -> None:
    """Print how many estimates hold the true duration, memory and queries per row."""
    heading(f"Estimates at {TIMES}x the input and {TIMES}x the database")
    with TemporaryDirectory() as folder:
        config = Path(folder) / "limerun.yaml"
        held = dict.fromkeys(_WAYS, 0)
        for task in TASKS:
            config.write_text(_config(task), encoding="utf-8")
            truth = _truth(config)
            for way, options in _WAYS.items():
                held[way] += _compare(f"{task}, {way}", config, truth, options)
    for way, count in held.items():
        total = len(TASKS)
        figure(f"truth inside: {way}", f"{count} of {total}", "all", count == total)


def _config(name: str) -> str:
    return _CONFIG.format(
        tasks=Path(__file__).with_name("database_tasks.py"),
        name=name,
        root=_ROOT,
        rows=ROWS,
        production=ROWS * TIMES,
        source_rows=SOURCE_ROWS,
    )


def _truth(config: Path) -> tuple[tuple[float, float], ...]:
    """Return the lowest and highest true value of each figure."""
    run = _run(
        *("capacity-test", config),
        *("--set", f"dataset.rows.contract={ROWS * TIMES}"),
        *("--set", f"sources.contracts.rows={SOURCE_ROWS * TIMES}"),
    )["runs"][0]
    memory, queries = run["memory"], run["queries"]["total"] / run["rows_processed"]
    return (
        (run["uncontended_low_seconds"], run["uncontended_high_seconds"]),
        (memory["task_low_bytes"], memory["task_high_bytes"]),
        (queries, queries),
    )


def _compare(
    what: str,
    config: Path,
    truth: Sequence[tuple[float, float]],
    options: Sequence[str],
) -> bool:
    growth = _run(
        *("estimate", config, "--to", str(SOURCE_ROWS * TIMES)),
        *("--within", _WITHIN, *options),
    )["growth"]
    predicted = {each["name"]: each for each in growth["predictions"]}
    console.print(f"        {what}")
    held = [
        _held(name, predicted.get(name), low, high)
        for name, (low, high) in zip(_FIGURES, truth, strict=True)
    ]
    return all(held)


def _held(name: str, found: dict[str, Any] | None, low: float, high: float) -> bool:
    """Return whether a range holds the truth, as far as two runs agree at all."""
    if found is None:
        console.print(f"          {name:<16} not predicted")
        return False
    noise = _NOISE_BYTES if name == "memory.task" else 1e-3 * low
    held = bool(found["low"] - noise <= high and low <= found["high"] + noise)
    console.print(
        f"          {name:<16} {found['low']:>14,.3f} to {found['high']:>14,.3f}, "
        f"true {low:,.3f}{'' if held else ' MISSED'}"
    )
    return held


def _run(*arguments: object) -> dict[str, Any]:
    """Run limerun, and return its record."""
    done = subprocess.run(
        [sys.executable, "-m", "limerun", *map(str, arguments), "--json", "-", "-q"],
        capture_output=True,
        text=True,
        check=False,
        cwd=_ROOT,
    )
    try:
        record: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise RuntimeError(f"no record: {done.stdout}\n{done.stderr}") from None
    return record


# --- the example at a million contracts -----------------------------------------------

_EXAMPLE = "configs/import-contracts.yaml"
_CONTRACTS = 1_000_000
_SMALLER = 5


def flagship() -> None:
    """Print the example's memory at full size, and how its CPU time grows up to it."""
    heading(f"The example import with {_CONTRACTS:,} contracts in the database")
    (small, _), (large, memory) = (
        _measured(_CONTRACTS // _SMALLER),
        _measured(_CONTRACTS),
    )
    figure("task memory", f"{memory / 1e6:.1f} MB", "200 MB", memory <= 200e6)
    grown = large / small
    figure(f"CPU time at {_SMALLER}x the rows", f"{grown:.2f}x", "5.5x", grown <= 5.5)


def _measured(rows: int) -> tuple[float, int]:
    """Return the CPU seconds and the memory with so many contracts."""
    run = _run(
        *("capacity-test", _EXAMPLE, "--set", f"dataset.rows.contract={rows}"),
        *("--set", f"sources.contracts.rows={rows * 6 // 5}"),
    )["runs"][0]
    return run["cpu_seconds"], run["memory"]["task_bytes"]
