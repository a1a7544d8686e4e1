"""limerun dataset verify: prove that a copy contains no value of its source."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.console import interruption_reported

if TYPE_CHECKING:
    from limerun.records.proof import Proof

EXIT_NOT_PROVEN = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofOptions:
    """Options for showing and writing the proof."""

    json: options.Proof = None
    quiet: options.Quiet = False
    no_color: options.NoColor = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """Columns that may keep their values, and columns checked in combination."""

    rules: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Rules file of the copy; columns it keeps may have the same values.",
        ),
    ] = None
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN",
            help="Column that was kept on purpose. Repeatable.",
        ),
    ] = None
    quasi: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN",
            help="Column that, combined with others, could identify a person. "
            "Repeatable.",
        ),
    ] = None


def verify(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="The real export: a CSV, JSON Lines, JSON, Parquet or SQLite file, a "
            "folder of them, or the URL of a PostgreSQL database.",
            show_default=False,
        ),
    ],
    copy: Annotated[
        str,
        typer.Argument(
            metavar="COPY",
            help="The anonymized copy: a file, folder or URL of the same kinds.",
            show_default=False,
        ),
    ],
    *,
    allowed: VerifyOptions,
    output: ProofOptions,
) -> None:
    """Prove that a copy contains no value of its source.

    Compares every row of every column, also across columns and inside texts. Exit 0
    if the copy passes, 1 if it does not.

    Example: limerun dataset verify export/ copy/ --rules rules.yaml
    """
    check_proof_path(output)
    with interruption_reported("nothing was proven"):
        proof = _prove(source, copy, allowed, output)
    write_proof(proof, output)
    if not proof.passed:
        raise typer.Exit(EXIT_NOT_PROVEN)


def _prove(
    source: str, copy: str, allowed: VerifyOptions, output: ProofOptions
) -> "Proof":
    from pathlib import Path

    from limerun.cli.dataset.progress_view import show_row_progress
    from limerun.exports.anonymize.rules_file import read_rules
    from limerun.exports.proof import prove
    from limerun.exports.reading.open_export import opened_export
    from limerun.exports.reading.places import shown_place

    rules = read_rules(Path(allowed.rules)) if allowed.rules is not None else None
    with show_row_progress(quiet=output.quiet, no_color=output.no_color) as progress:
        progress.phase("read", shown_place(source))
        with opened_export([source], progress=progress) as before:
            progress.phase("read", shown_place(copy))
            with opened_export([copy], progress=progress) as after:
                progress.phase("prove", "every row of every column")
                return prove(
                    before,
                    after,
                    rules=rules,
                    keep=allowed.keep or (),
                    quasi=allowed.quasi or (),
                    progress=progress,
                )


def check_proof_path(output: ProofOptions) -> None:
    """Check, before the work starts, that the proof can be written.

    Raises:
        OutputError: It cannot be written, or a file that is not a proof is in its place.
    """
    from limerun.report.output import check_replaceable, check_writable

    if output.json is not None:
        check_writable(output.json)
        check_replaceable(output.json, "proof")


def write_proof(proof: "Proof", output: ProofOptions) -> None:
    """Show the proof, and write it to the path that the user gave.

    The screen output goes to stdout, or to stderr if the JSON is written to stdout.
    """
    from limerun.records.store import to_json
    from limerun.report.output import STDOUT, write_whole
    from limerun.report.terminal.proof_view import render, verdict_line
    from limerun.report.terminal.screen import make_console

    path = output.json
    if path is not None:
        write_whole(path, to_json(proof))
    console = make_console(stderr=path == STDOUT, no_color=output.no_color)
    if output.quiet:
        console.print(verdict_line(proof), markup=False, soft_wrap=True)
    else:
        render(proof, console, written=path if path != STDOUT else None)
