"""Report a record: to files in several formats, to GitHub and on the screen."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from limerun.cli.console import print_message, write_commands

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
"""The function for each report option; imported only when it is used."""
_COMPARISON_RENDERERS = {
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
_CHECKOUT_VARIABLES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY")
"""Where GitHub, GitLab and Azure store the path of the repository's checkout."""
_NO_TEXTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The reports that the user requested for one record; their paths were checked."""

    paths: Mapping[str, str]
    """The path of each report, by the option's name; "-" is stdout."""
    github: bool
    screen: "ScreenOptions"
    is_one_of_several: bool = False
    """True if the caller writes the annotations of all records together."""


# --- before the run -----------------------------------------------------------------


def checked_paths(**paths: str | None) -> dict[str, str]:
    """Check the paths of the reports before the run, and return those that are set.

    Raises:
        OutputError: A path cannot be written, two reports have the same path, or a
            file that is not a report would be overwritten.
    """
    from limerun.errors import OutputError
    from limerun.report.output import check_replaceable, check_writable, file_identity

    wanted = {name: path for name, path in paths.items() if path is not None}
    taken: dict[str, str] = {}
    for name, path in wanted.items():
        place = file_identity(path)
        if place in taken:
            same = "" if taken[place] == path else f" (the same file as {taken[place]})"
            raise OutputError(
                f"two reports would be written to {path}{same}; use different paths"
            )
        taken[place] = path
        check_writable(path)
        check_replaceable(path, name)
    return wanted


def reports_of(wanted: "ReportOptions", screen: "ScreenOptions") -> Reports:
    """Return the reports for a command that creates a single record.

    Raises:
        OutputError: A path cannot be used; see `checked_paths`.
    """
    paths = checked_paths(**wanted.paths())
    return Reports(paths=paths, github=wanted.github, screen=screen)


def reports_of_each(
    stems: Sequence[str], wanted: "ReportOptions", screen: "ScreenOptions"
) -> list[Reports]:
    """Return the reports for several records, named after the files they come from.

    Raises:
        OutputError: A path is not a folder, or cannot be used; see `checked_paths`.
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
    """Return a unique report name for each file: its stem, numbered if not unique."""
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
                f"--{report} {folder}: with several inputs, each gets its own file: "
                "name an existing folder"
            )
        files[report] = str(Path(folder) / f"{name}{_SUFFIXES[report]}")
    return files


# --- after the run ------------------------------------------------------------------


def write_reports(
    record: "Record", reports: Reports, texts: Mapping[str, str] = _NO_TEXTS
) -> None:
    """Write every report and show the record.

    The screen output goes to stdout, or to stderr if a report is written to stdout.
    It is shown even if a report cannot be written, so that no result is lost.

    Args:
        record: What to report.
        reports: Where to report it.
        texts: Reports whose text was created during the run, by name.

    Raises:
        OutputError: A report could not be written, and the record's exit code is 0.
    """
    from limerun.report.content.headlines import verdict_sentence
    from limerun.report.terminal.record_view import render
    from limerun.report.terminal.screen import make_console

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
        print_message(str(error))


def write_comparison(comparison: "Comparison", paths: Mapping[str, str]) -> None:
    """Write the reports of a comparison, each to its path.

    Raises:
        OutputError: A report could not be written.
    """
    from limerun.report.output import write_whole

    for name, path in paths.items():
        module, _, function = _COMPARISON_RENDERERS[name].partition(":")
        write_whole(path, getattr(import_module(module), function)(comparison))


def write_files(
    record: "Record", reports: Reports, texts: Mapping[str, str] = _NO_TEXTS
) -> "dict[str, OutputError]":
    """Write the files and GitHub's reports; return the errors by path."""
    from limerun.errors import OutputError
    from limerun.report.output import write_whole

    unwritten = {}
    for name, path in reports.paths.items():
        try:
            text = _text_for(name, path, record, texts)
            if text is not None:
                write_whole(path, text)
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


def _text_for(
    name: str, path: str, record: "Record", texts: Mapping[str, str]
) -> str | None:
    """Return a report's text; None for the patch of a task that could not be run."""
    from limerun.errors import OutputError

    if name in _RENDERERS:
        return _rendered(name, record)
    if name in texts or name == "patch":
        return texts.get(name)
    raise OutputError(
        f"{path}: not written, as pyinstrument returned no result; the report explains why"
    )


def _rendered(name: str, record: "Record") -> str:
    module, _, function = _RENDERERS[name].partition(":")
    render = getattr(import_module(module), function)
    if name == "json":
        return str(render(record))
    # Readers of SARIF expect paths relative to the repository's root.
    return str(render(record, str(_repository() if name == "sarif" else Path.cwd())))


# --- GitHub -------------------------------------------------------------------------


def write_annotations(
    records: Sequence["Record"], paths: Mapping[str, str] = _NO_TEXTS
) -> None:
    """Print a step's annotations, on stderr if a report is written to stdout."""
    from limerun.report.formats import github_report as github

    stream: TextIO = sys.stderr if "-" in paths.values() else sys.stdout
    write_commands(stream, github.annotations_of_all(records, str(_repository())))


def write_github_outputs(record: "Record") -> None:
    """Append the record's figures to the file for GitHub's step outputs, if any.

    GitHub uses the last value of each name.

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
    """Return the base folder of CI paths: the checkout, if the process runs in it."""
    folder = Path.cwd()
    for name in _CHECKOUT_VARIABLES:
        root = os.environ.get(name)
        if root and folder.is_relative_to(root):
            return Path(root)
    return folder
