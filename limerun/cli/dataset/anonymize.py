"""limerun dataset anonymize: copy a real export without its values."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli.console import interruption_reported, print_result
from limerun.cli.dataset.shape import Exports
from limerun.cli.dataset.verify import (
    EXIT_NOT_PROVEN,
    ProofOptions,
    check_proof_path,
    write_proof,
)

if TYPE_CHECKING:
    from limerun.exports.anonymize.anonymized_copy import CopyResult


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymizeOptions:
    """Options for anonymizing the export and writing the copy."""

    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="Write the copy here: a file, or a folder with one file for each file "
            "of the export. Only a copy that passes its proof is written.",
        ),
    ] = None
    rules: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Rules file (YAML), with a rule for each column. --suggest writes it.",
        ),
    ] = None
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest",
            help="Write a first set of rules to --rules, or to stdout.",
        ),
    ] = False
    key_file: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="File with a secret of 16 bytes or more, so that every run replaces "
            "a value in the same way. Default: a random key, which is not stored.",
        ),
    ] = None
    format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="Format of the copy: csv, jsonl, json, parquet or sqlite. "
            "Default: the export's format.",
        ),
    ] = None
    force_output: Annotated[
        bool,
        typer.Option(
            "--force-output",
            help="Keep a copy that fails its proof, as NAME.unproven.",
        ),
    ] = False


def anonymize(
    export: Exports,
    *,
    settings: AnonymizeOptions,
    output: ProofOptions,
) -> None:
    """Make an anonymized copy of a real export.

    Every column needs a rule. Exit 0 if the copy passed its proof and was written, 1
    if the copy contained original values and was deleted.

    Example: limerun dataset anonymize export/ --rules rules.yaml --out copy
    """
    with interruption_reported("nothing was written"):
        if settings.suggest:
            _suggest(export, settings, output)
            return
        result = _make_copy(export, settings, output)
    write_proof(result.proof, output)
    _show_place(settings, result, output)
    if not result.proof.passed:
        raise typer.Exit(EXIT_NOT_PROVEN)


def _suggest(
    export: list[str], settings: AnonymizeOptions, output: ProofOptions
) -> None:
    """Write a first set of rules; reject options that have no effect on it."""
    from limerun.cli.dataset.progress_view import show_row_progress
    from limerun.errors import ExportError
    from limerun.exports.anonymize.suggest import suggest_rules
    from limerun.report.output import STDOUT, check_writable, write_whole

    given = {
        "--out": settings.out,
        "--key-file": settings.key_file,
        "--format": settings.format,
        "--json": output.json,
        "--force-output": settings.force_output or None,
    }
    for name, value in given.items():
        if value is not None:
            raise ExportError(
                f"{name} has no effect with --suggest, which writes no copy; omit it"
            )
    path = settings.rules or STDOUT
    check_writable(path)
    if path != STDOUT and Path(path).exists():
        raise ExportError(
            f"{path}: the file exists and is not overwritten; name another file"
        )
    with show_row_progress(quiet=output.quiet, no_color=output.no_color) as progress:
        text = suggest_rules(tuple(export), progress)
    write_whole(path, text)
    if path != STDOUT and not output.quiet:
        print_result(f"{path}: read it, and replace each DECIDE with your decision")


def _make_copy(
    export: list[str], settings: AnonymizeOptions, output: ProofOptions
) -> "CopyResult":
    from limerun.cli.dataset.progress_view import show_row_progress
    from limerun.errors import ExportError
    from limerun.exports.anonymize.anonymized_copy import CopyRequest, anonymize
    from limerun.exports.anonymize.rules_file import read_rules_file
    from limerun.exports.reading.places import shown_place
    from limerun.exports.value_maps.key import random_key, read_key
    from limerun.exports.writing.destination import read_format

    if settings.out is None:
        raise ExportError("--out is missing: name a file or folder for the copy")
    if settings.rules is None:
        places = " ".join(map(shown_place, export))
        raise ExportError(
            "--rules is missing: it names the file with a rule for each column; create "
            f"one with: limerun dataset anonymize {places} --suggest --rules rules.yaml"
        )
    check_proof_path(output)
    request = CopyRequest(
        places=tuple(export),
        out=settings.out,
        format=read_format(settings.format),
        rules=read_rules_file(Path(settings.rules)),
        key=random_key() if settings.key_file is None else read_key(settings.key_file),
        force=settings.force_output,
    )
    with show_row_progress(quiet=output.quiet, no_color=output.no_color) as progress:
        return anonymize(request, progress)


def _show_place(
    settings: AnonymizeOptions, result: "CopyResult", output: ProofOptions
) -> None:
    """Print where the copy is, on stderr, because the proof goes to stdout."""
    from limerun.report.content.safe_text import shown_path
    from limerun.report.terminal.screen import make_console

    if output.quiet:
        return
    if result.written is None:
        text = (
            f"{settings.out}: not written, as the copy contains values of the export; "
            "correct the rules, or use --force-output to write it under another name"
        )
    else:
        path = shown_path(str(result.written), str(Path.cwd()))
        proven = "proven" if result.proof.passed else "NOT proven: do not share it"
        text = f"{path}: the copy, {proven}"
    console = make_console(stderr=True, no_color=output.no_color)
    console.print(text, markup=False, soft_wrap=True)
