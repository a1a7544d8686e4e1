"""Make an anonymized copy: look, learn, replace, prove; and only then give it its name."""

import os
import shutil
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from limerun.errors import ExportError
from limerun.exports.anonymize.alignment import aligned, order_keys, ordering_columns
from limerun.exports.anonymize.rule_checks import check_rules, see_tables
from limerun.exports.anonymize.rules_file import RulesFile
from limerun.exports.anonymize.transform import Transform
from limerun.exports.proof import prove
from limerun.exports.reading.open_export import opened_export
from limerun.exports.reading.private_folder import private_folder
from limerun.exports.tables import Export, Format
from limerun.exports.value_maps.key import Key
from limerun.exports.writing.copy_places import Outlet, decide_outlet
from limerun.exports.writing.write import write_files
from limerun.progress import Progress
from limerun.records.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

MEMORY_BYTES = 250_000_000
"""For DuckDB on the export and on its copy, each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """What the user asked for."""

    places: Sequence[str]
    out: str
    format: Format | None
    rules: RulesFile
    key: Key
    force: bool
    """Whether a copy that did not pass is written too, under another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyResult:
    """What became of it."""

    proof: Proof
    written: Path | None
    """Where the copy is; None: it was withheld."""


def anonymize(request: CopyRequest, progress: Progress) -> CopyResult:
    """Make a copy of an export, and the proof of it.

    Raises:
        ExportError: The export cannot be read, or the copy not be written there.
        ConfigError: The rules do not fit.
    """
    with opened_export(
        request.places, memory_bytes=MEMORY_BYTES, progress=progress
    ) as export:
        outlet = decide_outlet(request.out, request.format, export, request.places)
        seen = see_tables(export)
        check_rules(request.rules, export, seen, request.places)
        transform = Transform(
            export, request.rules.rules, request.key, seen, ordering_columns(outlet)
        )
        with _place_beside(outlet) as folder:
            progress.phase("learn", "what the export holds")
            transform.learn(progress)
            progress.phase("replace", "every value")
            _write(folder, outlet, export, transform, progress)
            proof = _proven(folder, outlet, export, request, progress)
            if not proof.passed and not request.force:
                return CopyResult(proof=proof, written=None)
            final = outlet if proof.passed else outlet.unproven()
            _put(folder / "copy", final)
    return CopyResult(proof=proof, written=final.path)


@contextmanager
def _place_beside(outlet: Outlet) -> "Iterator[Path]":
    """Give a folder beside the copy's place, on the same disk, that goes away."""
    try:
        with private_folder(outlet.path.parent, ".limerun-anonymize-") as folder:
            (folder / "copy").mkdir()
            yield folder
    except OSError as error:
        raise ExportError(
            f"{outlet.path.parent}: the copy cannot be written there: {error.strerror}"
        ) from error


def _write(
    folder: Path,
    outlet: Outlet,
    export: Export,
    transform: Transform,
    progress: Progress,
) -> None:
    keys = order_keys(folder, outlet, export)

    def rows_of(name: str) -> "Iterator[pa.RecordBatch]":
        return keys.noted(name, transform.batches(name, progress))

    write_files(folder / "copy", outlet.files, export, rows_of, progress)


def _proven(
    folder: Path,
    outlet: Outlet,
    export: Export,
    request: CopyRequest,
    progress: Progress,
) -> Proof:
    progress.phase("prove", "every row of every column")
    files = [str(folder / "copy" / file.name) for file in outlet.files]
    with opened_export(
        files, memory_bytes=MEMORY_BYTES, progress=progress, named=True
    ) as copy:
        in_order = aligned(copy, folder)
        return prove(export, in_order, rules=request.rules.rules, progress=progress)


def _put(made: Path, outlet: Outlet) -> None:
    """Give a copy its name; what was there is gone only when the copy is there."""
    if not outlet.is_folder:
        os.replace(made / outlet.files[0].name, outlet.path)  # noqa: PTH105 - see above
        return
    if not outlet.path.exists():
        made.rename(outlet.path)
        return
    # Not in the private folder: a kill between the two steps must not remove it.
    beside = Path(mkdtemp(prefix=f"{outlet.path.name}.former-", dir=made.parent.parent))
    former = outlet.path.rename(beside / outlet.path.name)
    try:
        made.rename(outlet.path)
    finally:
        if not outlet.path.exists():
            former.rename(outlet.path)
        shutil.rmtree(beside, ignore_errors=True)
