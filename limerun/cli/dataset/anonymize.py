"""limerun dataset anonymize: a copy of a real export without its values."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli.console import complain, say
from limerun.cli.dataset.shape import Exports
from limerun.cli.dataset.verify import (
    EXIT_NOT_PROVEN,
    ProofOptions,
    check_proof_path,
    write_proof,
)
from limerun.errors import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from limerun.exports.anonymize.anonymized_copy import CopyResult


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymizeOptions:
    """What becomes of an export, and where the copy goes."""

    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="Write the copy here: a file, or a folder with one file for each of "
            "the export. Only a copy that passes its proof is written.",
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
            help="File with a secret of 16 bytes or more: the same values are then "
            "mapped the same way in every run. Default: a random key, not stored.",
        ),
    ] = None
    format: Annotated[
        str | None,
        typer.Option(
            help="Format of the copy: csv, jsonl, json, parquet or sqlite. "
            "Default: that of the export."
        ),
    ] = None
    force_output: Annotated[
        bool,
        typer.Option(
            "--force-output",
            help="Keep a copy that does not pass, as NAME.unproven.",
        ),
    ] = False


def anonymize(
    export: Exports,
    *,
    asked: AnonymizeOptions,
    output: ProofOptions,
) -> None:
    """Make an anonymized copy of a real export.

    Every column needs a rule. Exit 0: the copy passed its proof and is written; 1:
    values survived, and the copy is deleted.

    Example: limerun dataset anonymize export/ --rules rules.yaml --out copy
    """
    try:
        if asked.suggest:
            _suggest(export, asked, output)
            return
        made = _made(export, asked, output)
    except KeyboardInterrupt:
        complain("nothing was written", label="interrupted")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    write_proof(made.proof, output)
    _show_place(asked, made, output)
    if not made.proof.passed:
        raise typer.Exit(EXIT_NOT_PROVEN)


def _suggest(export: list[str], asked: AnonymizeOptions, output: ProofOptions) -> None:
    """Write first rules; options that have no effect on that are refused."""
    from limerun.cli.dataset.making import shown_making
    from limerun.errors import ExportError
    from limerun.exports.anonymize.suggest import suggest_rules
    from limerun.report.output import STDOUT, check_writable, write_whole
    from limerun.report.terminal.screen import make_console

    given = {
        "--out": asked.out,
        "--key-file": asked.key_file,
        "--format": asked.format,
        "--json": output.json,
        "--force-output": asked.force_output or None,
    }
    for name, value in given.items():
        if value is not None:
            raise ExportError(f"{name} has no effect with --suggest, which only looks")
    path = asked.rules or STDOUT
    check_writable(path)
    if path != STDOUT and Path(path).exists():
        raise ExportError(f"{path}: is there already, and stays; name another file")
    console = make_console(stderr=True, no_color=output.no_color)
    with shown_making(console, {}, quiet=output.quiet) as progress:
        text = suggest_rules(tuple(export), progress)
    write_whole(path, text)
    if path != STDOUT and not output.quiet:
        say(f"{path}: read it, and decide where it says DECIDE")


def _made(
    export: list[str], asked: AnonymizeOptions, output: ProofOptions
) -> "CopyResult":
    from limerun.cli.dataset.making import shown_making
    from limerun.errors import ExportError
    from limerun.exports.anonymize.anonymized_copy import CopyRequest, anonymize
    from limerun.exports.anonymize.rules_file import read_rules_file
    from limerun.exports.reading.places import shown_place
    from limerun.exports.value_maps.key import random_key, read_key
    from limerun.exports.writing.destination import read_format
    from limerun.report.terminal.screen import make_console

    if asked.out is None:
        raise ExportError("--out is missing: where the copy is to go")
    if asked.rules is None:
        places = " ".join(map(shown_place, export))
        raise ExportError(
            "--rules is missing: what is to become of each column; first ones are "
            f"written by: limerun dataset anonymize {places} --suggest --rules rules.yaml"
        )
    check_proof_path(output)
    order = CopyRequest(
        places=tuple(export),
        out=asked.out,
        format=read_format(asked.format),
        rules=read_rules_file(Path(asked.rules)),
        key=random_key() if asked.key_file is None else read_key(asked.key_file),
        force=asked.force_output,
    )
    console = make_console(stderr=True, no_color=output.no_color)
    with shown_making(console, {}, quiet=output.quiet) as progress:
        return anonymize(order, progress)


def _show_place(
    asked: AnonymizeOptions, made: "CopyResult", output: ProofOptions
) -> None:
    """Say where the copy is, on stderr: the proof has stdout."""
    from limerun.report.content.safe_text import shown_path
    from limerun.report.terminal.screen import make_console

    if output.quiet:
        return
    if made.written is None:
        text = (
            f"{asked.out}: withheld, as values of the export survived; mend the rules, "
            "or --force-output writes it under another name"
        )
    else:
        path = shown_path(str(made.written), str(Path.cwd()))
        proven = "proven" if made.proof.passed else "NOT proven: keep it to yourself"
        text = f"{path}: the copy, {proven}"
    console = make_console(stderr=True, no_color=output.no_color)
    console.print(text, markup=False, soft_wrap=True)
