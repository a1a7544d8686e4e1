"""Make a dataset where the user wants it: whole or not at all, and it can go on.

Files grow in a hidden folder beside the output, and are moved when all are whole. If
the making ends early, the folder stays, and the same command goes on from there.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from limerun.dataset.design.layout import Schema
from limerun.dataset.output.executor import opened_executor
from limerun.dataset.output.generate import PhaseClock, write_files
from limerun.dataset.output.manifest import (
    check_replaceable,
    manifest_of,
    moved_into_place,
)
from limerun.dataset.output.output_options import DatasetOutlet
from limerun.dataset.output.parts import PartMaker
from limerun.dataset.values.block import BLOCK_ROWS, Recipe
from limerun.dataset.values.makers import MAKERS
from limerun.errors import DatasetError
from limerun.file_locks import locked
from limerun.progress import Progress

_FILES, _JOURNALS, _PLAN = "files", "journals", "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOrder:
    """What is to be made, where, and how."""

    schema: Schema
    outlet: DatasetOutlet
    decides: Mapping[str, object]
    """Everything that decides the bytes; another order's parts are never taken."""
    workers: int
    block_rows: int = BLOCK_ROWS


def produce(order: DatasetOrder, progress: Progress) -> Mapping[str, Any]:
    """Make everything, move it into place, and return the manifest.

    Raises:
        DatasetError: Something there is not limerun's to replace, there is no room,
            or another process makes the same.
    """
    outlet = order.outlet
    check_replaceable(outlet)
    try:
        outlet.making.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(
            f"{outlet.path}: nothing can be written there: {error.filename}: "
            f"{error.strerror}"
        ) from error
    try:
        with locked(outlet.making / "lock", wait=False) as held:
            if not held:
                raise DatasetError(f"{outlet.path}: another limerun makes it right now")
            manifest = _made(order, progress)
        shutil.rmtree(outlet.making)
    except OSError as error:
        raise DatasetError(
            f"{outlet.path}: it cannot be written there: {error.strerror or error}; "
            "make room, and the same command goes on from here"
        ) from error
    return manifest


def _made(order: DatasetOrder, progress: Progress) -> Mapping[str, Any]:
    recipe, outlet = Recipe(order.schema, MAKERS), order.outlet
    words = _words_digest(recipe, outlet)
    decides = {**order.decides, "words": words, "files": outlet.names}
    resumed = _taken_up(decides, outlet, progress)
    files, journals = outlet.making / _FILES, outlet.making / _JOURNALS
    clock = PhaseClock(progress)
    executor = opened_executor(recipe, progress, order.workers, order.block_rows)
    with executor as made:
        digests = write_files(made, outlet, files, journals, clock)
    manifest = manifest_of(order.schema, outlet, files, digests)
    manifest |= {"vocabulary_sha256": words, **order.decides}
    manifest |= {"workers": order.workers, "seconds": clock.seconds}
    manifest["resumed"] = resumed  # then the seconds are of the last run alone
    moved_into_place(outlet, files, manifest)
    return manifest


def _taken_up(
    decides: Mapping[str, object], outlet: DatasetOutlet, progress: Progress
) -> bool:
    """Prepare the folder of files being made; return whether some are there already."""
    text = json.dumps(decides, sort_keys=True, default=str)
    plan, files = outlet.making / _PLAN, outlet.making / _FILES
    journals = outlet.making / _JOURNALS
    if plan.exists() and plan.read_text(encoding="utf-8") == text:
        progress.note(f"going on with what is in {outlet.making.name}")
        return True
    if files.exists():
        progress.note(f"{outlet.making.name} is of another plan, and is made anew")
    plan.unlink(missing_ok=True)
    for folder in (files, journals):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    plan.write_text(text, encoding="utf-8")
    return False


def _words_digest(recipe: Recipe, outlet: DatasetOutlet) -> str:
    """Return the digest of the words that values are made of."""
    for piece in outlet.all_pieces(recipe.schema):
        PartMaker(recipe, piece).sample()
    return recipe.vocabulary.digest()
