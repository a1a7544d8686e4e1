"""Write a dataset to the user's path: all or nothing, resumable after an interrupt.

Files are written in a hidden folder beside the output, and moved when all are complete.
After an interrupt the folder stays, and the same command continues from there.
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
    """A dataset to write: the schema, the files, and how to generate them."""

    schema: Schema
    outlet: DatasetOutlet
    decides: Mapping[str, object]
    """Everything that determines the bytes; parts of another order are not reused."""
    workers: int
    block_rows: int = BLOCK_ROWS


def produce(order: DatasetOrder, progress: Progress) -> Mapping[str, Any]:
    """Write all files, move them into place, and return the manifest.

    Raises:
        DatasetError: A file that limerun did not write would be overwritten, the files
            cannot be written, or another process is writing them.
    """
    outlet = order.outlet
    check_replaceable(outlet)
    try:
        outlet.making.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(
            f"{outlet.path}: nothing can be written there: {error.filename}: "
            f"{error.strerror}; choose another --out"
        ) from error
    try:
        with locked(outlet.making / "lock", wait=False) as has_lock:
            if not has_lock:
                raise DatasetError(
                    f"{outlet.path}: another limerun is writing it; wait for it, or "
                    "choose another --out"
                )
            manifest = _made(order, progress)
        shutil.rmtree(outlet.making)
    except OSError as error:
        raise DatasetError(
            f"{outlet.path}: the dataset cannot be written there: "
            f"{error.strerror or error}; free space and run the same command again to "
            "continue"
        ) from error
    return manifest


def _made(order: DatasetOrder, progress: Progress) -> Mapping[str, Any]:
    recipe, outlet = Recipe(order.schema, MAKERS), order.outlet
    words = _words_digest(recipe, outlet)
    decides = {**order.decides, "words": words, "files": outlet.names}
    resumed = _prepared(decides, outlet, progress)
    files, journals = outlet.making / _FILES, outlet.making / _JOURNALS
    clock = PhaseClock(progress)
    executor = opened_executor(recipe, progress, order.workers, order.block_rows)
    with executor as made:
        digests = write_files(made, outlet, files, journals, clock)
    manifest = manifest_of(order.schema, outlet, files, digests)
    manifest |= {"vocabulary_sha256": words, **order.decides}
    manifest |= {"workers": order.workers, "seconds": clock.seconds}
    manifest["resumed"] = resumed  # then the seconds cover only this run
    moved_into_place(outlet, files, manifest)
    return manifest


def _prepared(
    decides: Mapping[str, object], outlet: DatasetOutlet, progress: Progress
) -> bool:
    """Prepare the hidden folder; return whether it has files to continue from."""
    text = json.dumps(decides, sort_keys=True, default=str)
    plan, files = outlet.making / _PLAN, outlet.making / _FILES
    journals = outlet.making / _JOURNALS
    if plan.exists() and plan.read_text(encoding="utf-8") == text:
        progress.note(f"continuing with the files in {outlet.making.name}")
        return True
    if files.exists():
        progress.note(f"{outlet.making.name} belongs to another plan; starting again")
    plan.unlink(missing_ok=True)
    for folder in (files, journals):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    plan.write_text(text, encoding="utf-8")
    return False


def _words_digest(recipe: Recipe, outlet: DatasetOutlet) -> str:
    """Return the digest of the lists of words that are used."""
    for piece in outlet.all_pieces(recipe.schema):
        PartMaker(recipe, piece).sample()
    return recipe.vocabulary.digest()
