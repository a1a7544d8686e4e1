"""Make a dataset where the user wants it: whole or not at all, and it can go on.

Files grow in a hidden folder beside the output, and are moved when all are whole. If
the making ends early, the folder stays, and the same command goes on from there.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from limerun.dataset.block import BLOCK_ROWS, Recipe
from limerun.dataset.crew import Crew, opened_crew
from limerun.dataset.database import DatabaseMaking
from limerun.dataset.files import write_piece
from limerun.dataset.layout import Schema
from limerun.dataset.locks import locked
from limerun.dataset.makers import MAKERS
from limerun.dataset.manifest import check_replaceable, manifest_of, moved_into_place
from limerun.dataset.outlet import Outlet
from limerun.dataset.parts import Maker, Piece
from limerun.errors import DatasetError
from limerun.progress import Phase, Progress

_FILES, _JOURNALS, _PLAN = "files", "journals", "plan.json"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made, where, and how."""

    schema: Schema
    outlet: Outlet
    decides: Mapping[str, object]
    """Everything that decides the bytes; another order's parts are never taken."""
    workers: int
    block_rows: int = BLOCK_ROWS


@dataclass(slots=True)
class Clock:
    """The seconds that each phase took."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase, detail: str = "") -> Iterator[None]:
        """Time a phase, and tell that it begins."""
        self.progress.phase(name, detail)
        started = time.monotonic()
        try:
            yield
        finally:
            passed = time.monotonic() - started
            self.seconds[name] = self.seconds.get(name, 0.0) + passed


def produce(order: Order, progress: Progress) -> Mapping[str, Any]:
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


def _made(order: Order, progress: Progress) -> Mapping[str, Any]:
    recipe = Recipe(order.schema, MAKERS)
    words = _words_digest(recipe, order.outlet)
    decides = {**order.decides, "words": words, "files": order.outlet.names}
    files, resumed = _taken_up(decides, order.outlet, progress)
    clock = Clock(progress)
    digests: dict[str, str] = {}
    with opened_crew(recipe, order.workers, order.block_rows) as crew:
        if order.outlet.database is not None:
            _make_database(recipe, order, crew, clock)
        with clock.phase("generate") if order.outlet.pieces else _nothing():
            for name, piece in order.outlet.pieces.items():
                journal = order.outlet.making / _JOURNALS / f"{name}.parts"
                digests[name] = write_piece(
                    recipe, piece, files / name, crew, progress, journal
                )
    if order.outlet.database is not None:
        with clock.phase("digest", order.outlet.database):
            digests[order.outlet.database] = _digest(files / order.outlet.database)
    manifest = manifest_of(order.schema, order.outlet, files, digests)
    manifest |= {"vocabulary_sha256": words, **order.decides}
    manifest |= {"workers": order.workers, "seconds": clock.seconds}
    manifest["resumed"] = resumed  # then the seconds are of the last run alone
    moved_into_place(order.outlet, files, manifest)
    return manifest


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _make_database(recipe: Recipe, order: Order, crew: Crew, clock: Clock) -> None:
    assert order.outlet.database is not None
    making = DatabaseMaking(
        recipe,
        order.outlet.making / _FILES / order.outlet.database,
        crew,
        clock.progress,
        order.outlet.making / _JOURNALS,
    )
    making.block_rows = order.block_rows
    with clock.phase("load", order.outlet.database):
        making.load()
    with clock.phase("index", order.outlet.database):
        making.index()


def _taken_up(
    decides: Mapping[str, object], outlet: Outlet, progress: Progress
) -> tuple[Path, bool]:
    """Return the folder of files being made, and whether some are there already."""
    text = json.dumps(decides, sort_keys=True, default=str)
    plan, files = outlet.making / _PLAN, outlet.making / _FILES
    journals = outlet.making / _JOURNALS
    if plan.exists() and plan.read_text(encoding="utf-8") == text:
        progress.note(f"going on with what is in {outlet.making.name}")
        return files, True
    if files.exists():
        progress.note(f"{outlet.making.name} is of another plan, and is made anew")
    plan.unlink(missing_ok=True)
    for folder in (files, journals):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    plan.write_text(text, encoding="utf-8")
    return files, False


def _words_digest(recipe: Recipe, outlet: Outlet) -> str:
    """Return the digest of the words that values are made of."""
    pieces = [*outlet.pieces.values()]
    if outlet.database is not None:
        tables = recipe.schema.tables
        stored = (Piece(name=name, kind="stored", format="pages") for name in tables)
        pieces += stored
    for piece in pieces:
        Maker(recipe, piece).sample()
    return recipe.vocabulary.digest()


def _digest(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            whole.update(chunk)
    return whole.hexdigest()
