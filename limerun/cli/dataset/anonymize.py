"""limerun dataset anonymize: a copy of a real export without its values."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.console import complain, say
from limerun.cli.dataset.shape import Exports
from limerun.cli.dataset.verify import EXIT_NOT_PROVEN, tell_proof
from limerun.records import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from limerun.exports.anonymize.make import Made


def anonymize(
    export: Exports,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="Write the copy here: a file, or a folder with a file for each of "
            "the export's. Only a copy that passes its proof is written.",
        ),
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="The rules (YAML): one for each column. With --suggest, written here.",
        ),
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest",
            help="Write first rules for this export to --rules, or to stdout.",
        ),
    ] = False,
    key_file: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="A secret of 16 bytes or more, to map the same values alike in every "
            "run; without, the key is random and kept nowhere.",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            help="Of the copy: csv, jsonl, json, parquet or sqlite; the export's own, "
            "if none is named."
        ),
    ] = None,
    force_output: Annotated[
        bool,
        typer.Option(
            "--force-output",
            help="Write a copy that does not pass, too: as NAME.unproven.",
        ),
    ] = False,
    json: Annotated[
        str | None,
        typer.Option("--json", metavar="PATH", help="Write the proof here."),
    ] = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Make an anonymized copy of a real export, and prove it.

    Every column needs a rule. 0 if the copy passed its proof and is written; 1 if
    values survived, and it is withheld.

    Example: limerun dataset anonymize export/ --rules rules.yaml --out copy
    """
    asked = _Asked(
        places=tuple(export),
        out=out,
        rules=rules,
        key_file=key_file,
        format=format,
        force=force_output,
        json=json,
        quiet=quiet,
        no_color=no_color,
    )
    try:
        if suggest:
            _suggest(asked)
            return
        made = _made(asked)
    except KeyboardInterrupt:
        complain("nothing was written", label="interrupted")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    tell_proof(made.proof, json, quiet=quiet, no_color=no_color)
    _tell(asked, made)
    if not made.proof.passed:
        raise typer.Exit(EXIT_NOT_PROVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the user asked for."""

    places: tuple[str, ...]
    out: str | None
    rules: str | None
    key_file: Path | None
    format: str | None
    force: bool
    json: str | None
    quiet: bool
    no_color: bool


def _suggest(asked: _Asked) -> None:
    """Write first rules; options that have no effect on that are refused."""
    from limerun.cli.dataset.making import shown_making
    from limerun.errors import ExportError
    from limerun.exports.anonymize.suggest import suggest_rules
    from limerun.report.output import STDOUT, check_writable, write_whole
    from limerun.report.screen import make_console

    given = {
        "--out": asked.out,
        "--key-file": asked.key_file,
        "--format": asked.format,
        "--json": asked.json,
        "--force-output": asked.force or None,
    }
    for name, value in given.items():
        if value is not None:
            raise ExportError(f"{name} has no effect with --suggest, which only looks")
    path = asked.rules or STDOUT
    check_writable(path)
    if path != STDOUT and Path(path).exists():
        raise ExportError(f"{path}: is there already, and stays; name another file")
    console = make_console(stderr=True, no_color=asked.no_color)
    with shown_making(console, {}, quiet=asked.quiet) as progress:
        text = suggest_rules(asked.places, progress)
    write_whole(path, text)
    if path != STDOUT and not asked.quiet:
        say(f"{path}: read it, and decide where it says DECIDE")


def _made(asked: _Asked) -> "Made":
    from limerun.cli.dataset.making import shown_making
    from limerun.errors import ExportError
    from limerun.exports.anonymize.key import random_key, read_key
    from limerun.exports.anonymize.make import Order, anonymize
    from limerun.exports.places import shown_place
    from limerun.exports.rules import read_rules_file
    from limerun.exports.writing.outlet import read_format
    from limerun.report.output import check_replaceable, check_writable
    from limerun.report.screen import make_console

    if asked.out is None:
        raise ExportError("--out is missing: where the copy is to go")
    if asked.rules is None:
        places = " ".join(map(shown_place, asked.places))
        raise ExportError(
            "--rules is missing: what is to become of each column; first ones are "
            f"written by: limerun dataset anonymize {places} --suggest --rules rules.yaml"
        )
    if asked.json is not None:
        check_writable(asked.json)
        check_replaceable(asked.json, "proof")
    order = Order(
        places=asked.places,
        out=asked.out,
        format=read_format(asked.format),
        rules=read_rules_file(Path(asked.rules)),
        key=random_key() if asked.key_file is None else read_key(asked.key_file),
        force=asked.force,
    )
    console = make_console(stderr=True, no_color=asked.no_color)
    with shown_making(console, {}, quiet=asked.quiet) as progress:
        return anonymize(order, progress)


def _tell(asked: _Asked, made: "Made") -> None:
    """Say where the copy is, on stderr: the proof has stdout."""
    from limerun.report.plain import shown_path
    from limerun.report.screen import make_console

    if asked.quiet:
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
    console = make_console(stderr=True, no_color=asked.no_color)
    console.print(text, markup=False, soft_wrap=True)
