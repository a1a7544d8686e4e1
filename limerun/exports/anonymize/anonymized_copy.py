"""Create an anonymized copy: learn the values, replace them, and prove the copy clean.

The copy gets its final name only after the proof.
"""

import os
import shutil
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from limerun.errors import ExportError
from limerun.exports.anonymize.row_order import (
    KeyRecorder,
    ordering_columns,
    restore_order,
)
from limerun.exports.anonymize.rule_checks import check_rules, survey_tables
from limerun.exports.anonymize.rules_file import RulesFile
from limerun.exports.anonymize.transform import Transform
from limerun.exports.proof import prove
from limerun.exports.reading.open_export import opened_export
from limerun.exports.reading.private_folder import private_folder
from limerun.exports.tables import Export, Format
from limerun.exports.value_maps.key import Key
from limerun.exports.writing.copy_files import write_files
from limerun.exports.writing.destination import Destination, choose_destination
from limerun.progress import Progress
from limerun.records.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

MEMORY_BYTES = 250_000_000
"""DuckDB's memory limits for the export and for its copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """The user's request."""

    places: Sequence[str]
    out: str
    format: Format | None
    rules: RulesFile
    key: Key
    force: bool
    """True to keep a copy that did not pass, under another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyResult:
    """The proof, and the location of the copy."""

    proof: Proof
    written: Path | None
    """The path of the copy; None: the copy was deleted."""


def anonymize(request: CopyRequest, progress: Progress) -> CopyResult:
    """Make a copy of an export, and prove it.

    Raises:
        ExportError: The export cannot be read, or the copy cannot be written.
        ConfigError: The rules do not fit the export.
    """
    with opened_export(
        request.places, memory_bytes=MEMORY_BYTES, progress=progress
    ) as export:
        destination = choose_destination(
            request.out, request.format, export, request.places
        )
        seen = survey_tables(export)
        check_rules(request.rules, export, seen, request.places)
        ordering = ordering_columns(destination)
        transform = Transform(export, request.rules.rules, request.key, seen, ordering)
        with _working_folder(destination) as folder:
            progress.phase("learn", "values of the export")
            transform.learn(progress)
            progress.phase("replace", "every value")
            recorder = KeyRecorder(folder=folder, columns=ordering)

            def rows_of(name: str) -> "Iterator[pa.RecordBatch]":
                return recorder.record_keys(name, transform.batches(name, progress))

            write_files(folder / "copy", destination.files, export, rows_of, progress)
            proof = _proven(folder, destination, export, request, progress)
            if not proof.passed and not request.force:
                return CopyResult(proof=proof, written=None)
            final = destination if proof.passed else destination.unproven()
            _move_into_place(folder / "copy", final)
    return CopyResult(proof=proof, written=final.path)


@contextmanager
def _working_folder(destination: Destination) -> "Iterator[Path]":
    """Yield a temporary folder next to the destination, on the same disk."""
    try:
        with private_folder(destination.path.parent, ".limerun-anonymize-") as folder:
            (folder / "copy").mkdir()
            yield folder
    except OSError as error:
        raise ExportError(
            f"{destination.path.parent}: the copy cannot be written here: "
            f"{error.strerror}; free some space, or choose another --out"
        ) from error


def _proven(
    folder: Path,
    destination: Destination,
    export: Export,
    request: CopyRequest,
    progress: Progress,
) -> Proof:
    progress.phase("prove", "every row of every column")
    files = [str(folder / "copy" / file.name) for file in destination.files]
    with opened_export(
        files, memory_bytes=MEMORY_BYTES, progress=progress, named=True
    ) as copy:
        in_order = restore_order(copy, folder)
        return prove(export, in_order, rules=request.rules.rules, progress=progress)


def _move_into_place(finished: Path, destination: Destination) -> None:
    """Give the copy its final name; an older copy is removed only after that."""
    if not destination.is_folder:
        os.replace(finished / destination.files[0].name, destination.path)  # noqa: PTH105 - os.replace is atomic
        return
    if not destination.path.exists():
        finished.rename(destination.path)
        return
    # Not in the private folder: it is removed if the process is killed before the
    # rename.
    backup_folder = Path(
        mkdtemp(prefix=f"{destination.path.name}.former-", dir=finished.parent.parent)
    )
    former = destination.path.rename(backup_folder / destination.path.name)
    try:
        finished.rename(destination.path)
    finally:
        if not destination.path.exists():
            former.rename(destination.path)
        shutil.rmtree(backup_folder, ignore_errors=True)
