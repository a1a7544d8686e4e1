"""Small plans for datasets, and helpers that read what was generated."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.output.executor import SerialExecutor
from limerun.dataset.output.generate import PhaseClock, write_files
from limerun.dataset.output.parts import DatasetFiles, OutputPiece
from limerun.dataset.values.block import Block, Recipe
from limerun.dataset.values.makers import MAKERS
from limerun.dataset.words.vocabulary import Vocabulary
from limerun.progress import Progress
from limerun.records import DatasetPlan, SourcePlan

CRM: dict[str, dict[str, Any]] = {
    "company": {
        "_label": "company",
        "name": {"type": "string", "label": "name", "required": True},
        "registrationno": {"type": "string"},
        "phone": {"type": "phone"},
        "www": {"type": "link"},
        "visitingaddress1": {"type": "string"},
        "visitingzipcode": {"type": "string"},
        "visitingcity": {"type": "string"},
        "country": {"type": "string"},
        "parent": {"type": "belongsto", "related": "company"},
        "deal": {"type": "hasmany", "related": "deal", "backref": "company"},
    },
    "person": {
        "firstname": {"type": "string"},
        "lastname": {"type": "string"},
        "name": {"type": "string"},
        "email": {"type": "link"},
        "position": {"type": "string"},
        "inactive": {"type": "yesno"},
        "username": {"type": "user"},
        "picture": {"type": "file"},
        "company": {"type": "belongsto", "related": "company", "required": True},
    },
    "deal": {
        "name": {"type": "string", "length": 12},
        "number": {"type": "string"},
        "dealstatus": {"type": "option", "options": ["contact", "tender", "won"]},
        "tags": {"type": "set", "options": ["a", "b", "c"]},
        "value": {"type": "decimal"},
        "probability": {"type": "percent"},
        "quantity": {"type": "integer"},
        "starttime": {"type": "time"},
        "closeddate": {"type": "date"},
        "expectedmonth": {"type": "month"},
        "comment": {"type": "text"},
        "company": {"type": "belongsto", "related": "company"},
        "person": {"type": "belongsto", "related": "person"},
    },
}
ROWS = {"company": 300, "person": 500, "deal": 2_000}


def plan_of(
    limetypes: Mapping[str, Mapping[str, object]] = CRM,
    rows: Mapping[str, int] = ROWS,
    properties: Mapping[str, Mapping[str, object]] | None = None,
    *,
    seed: int = 7,
    locale: str = "sv_SE",
) -> DatasetPlan:
    return DatasetPlan(
        seed=seed,
        locale=locale,
        limetypes=limetypes,
        rows=rows,
        properties=properties or {},
    )


def one_column(said: Mapping[str, object], type: str = "string", **of: object) -> Any:
    """Return a plan with one limetype of one property."""
    limetypes = {"thing": {"it": {"type": type, **of}}}
    return lambda rows: plan_of(limetypes, {"thing": rows}, {"thing.it": said})


def source_of(
    columns: Mapping[str, str | Mapping[str, object]],
    rows: int = 1_000,
    overlap: float = 0.0,
    format: Any = "jsonl",
    **more: Any,
) -> SourcePlan:
    return SourcePlan(
        format=format, rows=rows, overlap=overlap, columns=columns, **more
    )


def recipe_of(
    plan: DatasetPlan | None, sources: Mapping[str, SourcePlan] | None = None
) -> Recipe:
    recipe = Recipe(check_plan(plan, sources or {}), MAKERS)
    recipe.vocabulary = _vocabulary_of(recipe.schema.locale)
    return recipe


@cache
def _vocabulary_of(locale: str) -> Vocabulary:
    """Return the words of a locale; reading them can take a second."""
    return Vocabulary(locale)


def values_of(
    plan: DatasetPlan, limetype: str, column: str, rows: Any = None
) -> list[Any]:
    """Return the values that are generated for a column."""
    recipe = recipe_of(plan)
    table = recipe.schema.tables[limetype]
    wanted = np.arange(table.rows) if rows is None else np.asarray(rows)
    block = Block(recipe, table, wanted.astype(np.uint64))
    values: list[Any] = block.values(column).to_pylist()
    return values


def write(
    recipe: Recipe,
    path: Path,
    piece: OutputPiece | None,
    progress: Progress,
    **named: Any,
) -> Mapping[str, str]:
    """Write one file (a database if no piece is given) and return its digest."""
    contents = DatasetFiles(
        database=path.name if piece is None else None,
        pieces={} if piece is None else {path.name: piece},
    )
    executor = SerialExecutor(recipe, progress, **named)
    with TemporaryDirectory() as journals:
        digests = write_files(
            executor, contents, path.parent, Path(journals), PhaseClock(Progress())
        )
    return digests[path.name]


def write_database(
    recipe: Recipe, path: Path, progress: Progress, **named: Any
) -> Mapping[str, str]:
    return write(recipe, path, None, progress, **named)


def make_database(plan: DatasetPlan, path: Path, **named: Any) -> Path:
    write_database(recipe_of(plan), path, Progress(), **named)
    return path


def make_source(
    plan: DatasetPlan | None, source: SourcePlan, path: Path, **named: Any
) -> Path:
    recipe = recipe_of(plan, {"it": source})
    piece = OutputPiece(name="it", kind="source", format=source.format)
    write(recipe, path, piece, Progress(), **named)
    return path


def ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()
