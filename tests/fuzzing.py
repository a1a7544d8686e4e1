"""Broken inputs for every loader and reader, made from valid inputs and a seed."""

import copy
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from limerun.cli.saved_records import read_record
from limerun.config.file import placed
from limerun.config.resolve import load_plan
from limerun.config.shape_file import read_shape
from limerun.dataset.design.dataset_schema import check_plan
from limerun.errors import DatasetError
from limerun.exports.anonymize.rules_file import read_rules
from limerun.records.store import to_json
from tests.mutations import (
    ODD,
    RAW,
    damaged_json,
    dumped,
    mutated,
    plainly_dumped,
    write,
)

ROOT = Path(__file__).parents[1]


def _read_yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def _configs() -> list[Any]:
    dsl = _read_yaml("configs/lime-types.yaml")
    found = []
    for name in ("import-contracts", "fetch-contracts", "reassign-deals"):
        config = _read_yaml(f"configs/{name}.yaml")
        config["task"] = "task.py:run"
        found.append(config)
    inline = {**copy.deepcopy(found[0])}
    inline["sources"]["contracts"]["rows"] = 1_000
    inline["dataset"] = {
        "limetypes": dsl,
        "rows": dict.fromkeys(dsl, 10000),
        "locale": "nb_NO",
        "properties": {
            "company.name": {"kind": "company", "cardinality": 5, "skew": 1},
            "company.registrationno": {"unique": True, "null_rate": 0.1},
            "contract.value": {"min": 1, "max": 99, "distribution": "normal"},
            "contract.startdate": {"from": "2020-01-01", "to": "2024-01-01"},
            "contract.company": {"children": {"min": 0, "max": 50}},
            "contract.comment": {"kind": "text", "mean": 50, "spread": 9},
            "contract.number": {"kind": "template", "template": "K-{row:05d}"},
        },
    }
    own: dict[str, Any] = {
        "task": "task.py:run",
        "environment": "cloud",
        "cloud_limit": "500 MiB",
        "timeout": "90 min",
        "sampling": "10 ms",
        "database": {"url": "postgresql://me:pw@host/db", "latency": "2 ms"},
        "environment_variables": {"A": "b"},
        "parameters": {"n": 1, "p": "${sources.a}", "more": [{"x": [1, 2.5, None]}]},
        "sources": {
            "a": {
                "format": "csv",
                "rows": "1k",
                "duplicates": 0.1,
                "dirty": {"missing": 0.1, "malformed": 0.1},
                "columns": {
                    "m": {"kind": "email", "unique": True},
                    "c": {"kind": "choice", "options": ["a", "b"], "weights": [1, 2]},
                    "t": {"kind": "time", "hours": [8, 17], "weekdays": True},
                    "s": {"kind": "sequence", "format": "K-{:05d}", "start": 5},
                    "v": {"kind": "constant", "value": 5},
                },
            }
        },
    }
    like = {"task": "task.py:run", "dataset": {"like": "shape.yaml"}}
    return [*found, inline, own, like]


def _with_one_part_mutated(rng: random.Random, config: Any) -> Any:
    """Return a config in which one limetype, property, source or column is changed."""
    config = copy.deepcopy(config)
    dataset = config.get("dataset", {})
    parts = [dataset.get("limetypes"), dataset.get("properties"), dataset.get("rows")]
    parts += [source["columns"] for source in config.get("sources", {}).values()]
    parts += [*config.get("sources", {}).values()]
    part = rng.choice(
        [each for each in parts if isinstance(each, dict) and each] or [config]
    )
    key = rng.choice([*part])
    part[key] = mutated(rng, part[key], rng.choice([1, 1, 2]))
    return config


CONFIGS = _configs()
DSL = _read_yaml("configs/lime-types.yaml")
RULES = _read_yaml("fixtures/exports/rules.yaml")
RECORDS = [
    json.loads(p.read_text()) for p in (ROOT / "fixtures/records").glob("*.json")
]
SETS = (
    "dataset.seed",
    "budget.memory",
    "parameters.x",
    "sources.a.rows",
    "dataset",
    "",
)


def try_config(rng: random.Random, folder: Path) -> None:
    """Load a broken config with its files, overrides and environment; check its plan."""
    (folder / "task.py").write_text("def run(path=None, url=None, app=None): pass\n")
    config, dsl, shape = rng.choice(CONFIGS), DSL, shapes()
    dump = dumped
    if rng.random() < 0.6:  # with only one mistake, the rest is read too
        dump = plainly_dumped
        config = _with_one_part_mutated(rng, config)
    else:
        config = mutated(rng, config, rng.choice([0, 1, 1, 2, 4]))
        shape = mutated(rng, shape, rng.choice([0, 0, 0, 1]))
    if rng.random() < 0.2:
        dsl = mutated(rng, DSL, rng.choice([1, 2]))
    path = folder / "c.yaml"
    write(rng, path, dump(rng, config))
    write(rng, folder / "lime-types.yaml", dump(rng, dsl))
    write(rng, folder / "shape.yaml", dump(rng, shape))
    odd = str(rng.choice(ODD))[:500]
    sets: list[str] = []
    environ: dict[str, str] = {}
    options: dict[str, Any] = {}
    if rng.random() < 0.1:
        sets = [f"{rng.choice(SETS)}={rng.choice([odd, rng.choice(RAW)])}"]
    if rng.random() < 0.1:
        environ = {"LIMERUN_" + rng.choice(["DATASET_SEED", "TIMEOUT", "TASK"]): odd}
    if rng.random() < 0.1:
        key = rng.choice(["rows", "scale", "repeat", "dataset.seed", "timeout"])
        options = {key: rng.choice(ODD)}
    plan = load_plan(path, command="run", options=options, sets=sets, environ=environ)
    try:
        check_plan(plan.dataset, plan.sources)
    except DatasetError as error:
        raise placed(error, plan.config_path) from error


def try_record(rng: random.Random, folder: Path) -> None:
    """Read a broken record; if it is accepted, write it again."""
    record = mutated(rng, rng.choice(RECORDS), rng.choice([0, 1, 1, 2, 4]))
    path = folder / "record.json"
    write(rng, path, damaged_json(rng, record))
    to_json(read_record(path))


def try_rules(rng: random.Random, folder: Path) -> None:
    """Read broken rules."""
    path = folder / "rules.yaml"
    write(rng, path, dumped(rng, mutated(rng, RULES, rng.choice([0, 1, 2, 3]))))
    read_rules(path)


def try_shape(rng: random.Random, folder: Path) -> None:
    """Read a broken shape."""
    path = folder / "shape.yaml"
    write(rng, path, dumped(rng, mutated(rng, shapes(), rng.choice([0, 1, 2, 3]))))
    read_shape(path)


def shapes() -> Any:
    """Return a shape as the command writes it."""
    return _read_yaml("tests/exports/shape.yaml")


TRIED: Mapping[str, Callable[[random.Random, Path], None]] = {
    "config": try_config,
    "record": try_record,
    "rules": try_rules,
    "shape": try_shape,
}
"""By what is read: a function that makes a broken input and reads it."""
