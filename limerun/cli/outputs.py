"""The reports that a command may write: which, where, and by which renderer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TextIO

from limerun.records import Comparison, Record

Renderer = Callable[[Record], str]

_RENDERERS = {
    "json": "limerun.store:to_json",
    "html": "limerun.report.webpage.page:render",
    "junit": "limerun.report.junit:render",
    "markdown": "limerun.report.markdown:render",
    "sarif": "limerun.report.sarif:render",
    "benchmark": "limerun.report.benchmark:render",
}
"""By the option that asks for it; imported when it is asked for."""
_FOR_REPOSITORIES = {"sarif"}
"""Whose paths are counted from the repository's root, by whoever reads them."""
_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY")
"""What GitHub, GitLab and Azure call the folder of the checkout."""
_COMPARISONS = {
    "json": "limerun.store:to_json",
    "html": "limerun.report.webpage.page:render_comparison",
    "markdown": "limerun.report.markdown_comparison:render",
}


def renderers(**paths: str | None) -> dict[str, Renderer]:
    """Return what is to be written where.

    Args:
        paths: Where each report goes, by its option; None: not asked for.

    Raises:
        OutputError: A path cannot be written, found out before the run; or two
            reports would go to one place, or one over a file that is no report.
    """
    return {path: _renderer(name) for name, path in check_outputs(**paths).items()}


def check_outputs(**paths: str | None) -> dict[str, str]:
    """Return where each report goes, those that were asked for.

    Raises:
        OutputError: A path cannot be written, found out before the run; or two
            reports would go to one place, or one over a file that is no report.
    """
    from limerun.errors import OutputError
    from limerun.report.output import check_replaceable, check_writable, place_of

    wanted = {name: path for name, path in paths.items() if path is not None}
    taken: dict[str, str] = {}
    for name, path in wanted.items():
        place = place_of(path)
        if place in taken:
            also = "" if taken[place] == path else f", which is {taken[place]} too"
            raise OutputError(f"two reports would be written to {path}{also}")
        taken[place] = path
        check_writable(path)
        check_replaceable(path, name)
    return wanted


def write_all(comparison: Comparison, paths: Mapping[str, str]) -> None:
    """Write the reports of a comparison, each to its path.

    Raises:
        OutputError: One could not be written.
    """
    from limerun.report.output import write_whole

    for name, path in paths.items():
        module, _, function = _COMPARISONS[name].partition(":")
        write_whole(path, getattr(import_module(module), function)(comparison))


def _renderer(name: str) -> Renderer:
    def render(record: Record) -> str:
        module, _, function = _RENDERERS[name].partition(":")
        render_one = getattr(import_module(module), function)
        text: str
        if name == "json":
            text = render_one(record)
        else:
            base = str(_repository() if name in _FOR_REPOSITORIES else Path.cwd())
            text = render_one(record, base)
        return text

    return render


def _repository() -> Path:
    """Return what a pipeline counts its paths from: the checkout, if we are in it."""
    import os

    folder = Path.cwd()
    for name in _CHECKOUTS:
        root = os.environ.get(name)
        if root and folder.is_relative_to(root):
            return Path(root)
    return folder


@contextmanager
def without_commands(outputs: Mapping[str, Renderer]) -> Iterator[None]:
    """Keep GitHub from reading commands in what is shown meanwhile.

    It takes `::error::` at the beginning of any line for one, whatever spaces stand
    before it, and the screen shows what a task logged and raised. The token cannot
    be guessed, so no text can end the silence.
    """
    import secrets

    token = secrets.token_hex(16)
    stream = _github_stream(outputs)
    stream.write(f"::stop-commands::{token}\n")
    stream.flush()
    try:
        yield
    finally:
        stream.write(f"::{token}::\n")
        stream.flush()


def _github_stream(outputs: Mapping[str, Renderer]) -> TextIO:
    """Return where the screen goes: stderr, where a report has taken stdout."""
    import sys

    return sys.stderr if "-" in outputs else sys.stdout


def write_annotations(
    records: Sequence[Record], outputs: Mapping[str, Renderer]
) -> None:
    """Give GitHub Actions the annotations of one step."""
    from limerun.report import github

    stream = _github_stream(outputs)
    for line in github.annotations_of_all(records, str(_repository())):
        stream.write(f"{line}\n")
    stream.flush()


def write_github(record: Record) -> None:
    """Give GitHub Actions its summary and outputs, if it asks.

    Raises:
        OutputError: A file that GitHub named cannot be written.
    """
    import os

    from limerun.report import markdown
    from limerun.report.output import append

    base = str(Path.cwd())
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        append(summary, markdown.render(record, base) + "\n")
    write_github_outputs(record)


def write_github_outputs(record: Record | None) -> None:
    """Give GitHub Actions the step's outputs, if it asks; later ones replace earlier.

    Args:
        record: The run that they are of; None: it could not be run.

    Raises:
        OutputError: The file that GitHub named cannot be written.
    """
    import os

    from limerun.errors import LimerunError
    from limerun.report import github
    from limerun.report.output import append

    if values := os.environ.get("GITHUB_OUTPUT"):
        unknown = {"verdict": "", "exit-code": str(LimerunError.exit_code)}
        told = unknown if record is None else github.outputs(record)
        append(values, "".join(f"{name}={value}\n" for name, value in told.items()))
