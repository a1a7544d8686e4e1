"""Where a record is reported: files in several formats, GitHub and the screen."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from limerun.cli.console import complain, write_commands

if TYPE_CHECKING:
    from limerun.cli.options import ReportOptions, ScreenOptions
    from limerun.errors import OutputError
    from limerun.records import Comparison, Record


_RENDERERS = {
    "json": "limerun.records.store:to_json",
    "html": "limerun.report.webpage.page:render",
    "junit": "limerun.report.formats.junit_report:render",
    "markdown": "limerun.report.formats.markdown_report:render",
    "sarif": "limerun.report.formats.sarif_report:render",
    "benchmark": "limerun.report.formats.benchmark_report:render",
}
"""By the option that asks for it; imported when it is asked for."""
_COMPARISONS = {
    "json": "limerun.records.store:to_json",
    "html": "limerun.report.webpage.page:render_comparison",
    "markdown": "limerun.report.formats.markdown_comparison:render",
}
_SUFFIXES = {
    "json": ".json",
    "html": ".html",
    "junit": ".xml",
    "markdown": ".md",
    "sarif": ".sarif",
    "benchmark": ".benchmark.json",
}
_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY")
"""What GitHub, GitLab and Azure call the folder of the checkout."""
_NO_TEXTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The reports of one record: all that was asked for, with paths that were checked."""

    paths: Mapping[str, str]
    """By report, as the option is named; "-" is stdout."""
    github: bool
    screen: "ScreenOptions"
    is_one_of_several: bool = False
    """The caller writes the annotations of all records at once."""


# --- before the run -----------------------------------------------------------------


def checked_paths(**paths: str | None) -> dict[str, str]:
    """Return where each report goes, those that were asked for.

    Raises:
        OutputError: A path cannot be written, found out before the run; or two
            reports would go to one place, or one over a file that is no report.
    """
    from limerun.errors import OutputError
    from limerun.report.output import check_replaceable, check_writable, file_identity

    wanted = {name: path for name, path in paths.items() if path is not None}
    taken: dict[str, str] = {}
    for name, path in wanted.items():
        place = file_identity(path)
        if place in taken:
            also = "" if taken[place] == path else f", which is {taken[place]} too"
            raise OutputError(f"two reports would be written to {path}{also}")
        taken[place] = path
        check_writable(path)
        check_replaceable(path, name)
    return wanted


def reports_of(wanted: "ReportOptions", screen: "ScreenOptions") -> Reports:
    """Return the reports of the only record that a command makes.

    Raises:
        OutputError: A path cannot be used, as `checked_paths` finds out.
    """
    paths = checked_paths(**wanted.paths())
    return Reports(paths=paths, github=wanted.github, screen=screen)


def reports_of_each(
    stems: Sequence[str], wanted: "ReportOptions", screen: "ScreenOptions"
) -> list[Reports]:
    """Return the reports of several records, each named for the file that it is from.

    Raises:
        OutputError: A path is no folder, or cannot be used, as `checked_paths` finds out.
    """
    if len(stems) == 1:
        return [reports_of(wanted, screen)]
    return [
        Reports(
            paths=checked_paths(**_paths_in_folders(wanted.paths(), name)),
            github=wanted.github,
            screen=screen,
            is_one_of_several=True,
        )
        for name in names_of(stems)
    ]


def names_of(stems: Sequence[str]) -> list[str]:
    """Return a name for the reports of each file: the file's own, or with a number."""
    taken = {stem for stem in stems if stems.count(stem) == 1}
    names = []
    for stem in stems:
        name = stem
        if stems.count(stem) > 1:
            numbered = (f"{stem}-{number}" for number in count(1))
            name = next(each for each in numbered if each not in taken)
            taken.add(name)
        names.append(name)
    return names


def _paths_in_folders(paths: Mapping[str, str | None], name: str) -> dict[str, str]:
    from limerun.errors import OutputError

    files = {}
    for report, folder in paths.items():
        if folder is None:
            continue
        if not Path(folder).is_dir():
            raise OutputError(
                f"--{report} {folder}: several write a file each: name a folder "
                "that there is"
            )
        files[report] = str(Path(folder) / f"{name}{_SUFFIXES[report]}")
    return files


# --- after the run ------------------------------------------------------------------


def write_reports(
    record: "Record", reports: Reports, texts: Mapping[str, str] = _NO_TEXTS
) -> None:
    """Write every report and show the record.

    The screen goes to stdout, or to stderr where a report has taken stdout. It is
    shown even if a report cannot be written: what was measured must not be lost.

    Args:
        record: What to report.
        reports: Where.
        texts: Reports that were made during the run, by name.

    Raises:
        OutputError: A report could not be written, and nothing worse happened.
    """
    from limerun.report.content.headlines import verdict_sentence
    from limerun.report.terminal.record_view import make_console, render

    unwritten = write_files(record, reports, texts)
    paths, screen = reports.paths.values(), reports.screen
    console = make_console(stderr="-" in paths, no_color=screen.no_color)
    if screen.quiet:
        console.print(verdict_sentence(record), markup=False, soft_wrap=True)
    else:
        files = [path for path in paths if path != "-" and path not in unwritten]
        render(record, console, outputs=files, verbose=screen.verbose)
    for error in unwritten.values():
        if not record.exit_code:
            raise error
        complain(str(error))


def write_comparison(comparison: "Comparison", paths: Mapping[str, str]) -> None:
    """Write the reports of a comparison, each to its path.

    Raises:
        OutputError: One could not be written.
    """
    from limerun.report.output import write_whole

    for name, path in paths.items():
        module, _, function = _COMPARISONS[name].partition(":")
        write_whole(path, getattr(import_module(module), function)(comparison))


def write_files(
    record: "Record", reports: Reports, texts: Mapping[str, str] = _NO_TEXTS
) -> "dict[str, OutputError]":
    """Write the reports but for the screen, GitHub's too; return the errors by path."""
    from limerun.errors import OutputError
    from limerun.report.output import write_whole

    unwritten = {}
    for name, path in reports.paths.items():
        try:
            if name in _RENDERERS:
                write_whole(path, _rendered(name, record))
            elif name in texts:
                write_whole(path, texts[name])
            else:
                raise OutputError(
                    f"{path}: not written, as pyinstrument told nothing; the report "
                    "says why"
                )
        except OutputError as error:
            unwritten[path] = error
    if reports.github:
        if not reports.is_one_of_several:
            write_annotations([record], reports.paths)
        try:
            _write_github_summary(record)
            write_github_outputs(record)
        except OutputError as error:
            unwritten["GitHub's files"] = error
    return unwritten


def _rendered(name: str, record: "Record") -> str:
    module, _, function = _RENDERERS[name].partition(":")
    render = getattr(import_module(module), function)
    if name == "json":
        return str(render(record))
    # Whoever reads SARIF counts its paths from the repository's root.
    return str(render(record, str(_repository() if name == "sarif" else Path.cwd())))


# --- GitHub -------------------------------------------------------------------------


def write_annotations(
    records: Sequence["Record"], paths: Mapping[str, str] = _NO_TEXTS
) -> None:
    """Print the annotations of one step, on stderr if a report has taken stdout."""
    from limerun.report.formats import github_report as github

    stream: TextIO = sys.stderr if "-" in paths.values() else sys.stdout
    write_commands(stream, github.annotations_of_all(records, str(_repository())))


def write_github_outputs(record: "Record") -> None:
    """Add to GitHub's step outputs, if it asks; later ones replace earlier ones.

    Raises:
        OutputError: The file that GitHub named cannot be written.
    """
    from limerun.report.formats import github_report as github
    from limerun.report.output import append

    if file := os.environ.get("GITHUB_OUTPUT"):
        values = github.outputs(record)
        append(file, "".join(f"{name}={value}\n" for name, value in values.items()))


def _write_github_summary(record: "Record") -> None:
    from limerun.report.formats import markdown_report as markdown
    from limerun.report.output import append

    if file := os.environ.get("GITHUB_STEP_SUMMARY"):
        append(file, markdown.render(record, str(Path.cwd())) + "\n")


def _repository() -> Path:
    """Return what a pipeline counts its paths from: the checkout, if we are in it."""
    folder = Path.cwd()
    for name in _CHECKOUTS:
        root = os.environ.get(name)
        if root and folder.is_relative_to(root):
            return Path(root)
    return folder
