"""The screen: verdict first, lines that fit, no control codes from the task."""

import io
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from limerun.records import Location, Output, RaisedError, Record, Series
from limerun.report.content.safe_text import plain
from limerun.report.terminal.record_view import make_console, render
from tests.report.any_records import NASTY
from tests.report.expected import assert_as_expected
from tests.report.make_records import RECORDS

NAMES = sorted(RECORDS)
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class AsciiFile(io.StringIO):
    encoding = "ascii"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(
    record: Record,
    *,
    width: int = 80,
    verbose: bool = False,
    color: bool = False,
    terminal: bool = False,
) -> str:
    file = Terminal() if terminal else io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
    )
    render(record, console, outputs=("out/record.json",), verbose=verbose)
    return file.getvalue()


def strip_line_ends(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    "name",
    [
        *("estimate", "failed", "killed", "passed", "profile", "raised"),
        *("resilience", "run"),
    ],
)
def test_each_record_is_shown_as_expected(name: str) -> None:
    assert_as_expected(f"{name}.txt", strip_line_ends(shown(RECORDS[name]())))


@pytest.mark.parametrize("name", ["failed", "raised"])
def test_each_record_is_shown_as_expected_in_full(name: str) -> None:
    text = strip_line_ends(shown(RECORDS[name](), verbose=True))
    assert_as_expected(f"{name}-verbose.txt", text)


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_longer_than_the_console(
    name: str, width: int, verbose: bool
) -> None:
    record = RECORDS[name]()
    lines = shown(record, width=width, verbose=verbose).splitlines()
    code = code_of(record)
    assert max(cell_len(line) for line in lines if line.strip() not in code) <= width


def code_of(record: Record) -> set[str]:
    """Return the lines of suggestions and output, which are never cut off in a pipe."""
    text = [finding.suggestion or "" for finding in record.findings]
    for run in record.runs:
        text += [run.output.stdout, run.output.stderr]
    return {line.strip() for each in text for line in plain(each).splitlines()}


LONG_LOG = "".join(f"line {number} {'x' * 100}\n" for number in range(40))


def test_a_feature_test_shows_its_whole_log_in_a_pipe() -> None:
    record = with_log(LONG_LOG)
    assert [line.strip() for line in LONG_LOG.splitlines()] == [
        line.strip() for line in shown(record).splitlines() if "line " in line
    ]


def test_a_terminal_shows_which_lines_are_left_out() -> None:
    text = shown(with_log(LONG_LOG), terminal=True)
    assert (
        "the last 12 of 40 lines; long lines are truncated; --verbose shows all" in text
    )
    assert "line 27 " not in text
    whole = shown(with_log(LONG_LOG), terminal=True, verbose=True)
    assert "line 0 " in whole
    assert max(map(cell_len, whole.splitlines())) <= 80
    assert "left" not in shown(with_log("short\n"), terminal=True)


def with_log(text: str) -> Record:
    record = RECORDS["run"]()
    [run] = record.runs
    output = Output(stdout="", stderr=text)
    # Nothing was captured, as in an older record.
    run = replace(run, output=output, log=None)
    return replace(record, findings=(), runs=(run,))


def test_an_exceeded_warning_budget_is_not_shown_as_failed() -> None:
    record = RECORDS["failed"]()
    checks = tuple(replace(check, level="warning") for check in record.checks)
    text = shown(replace(record, checks=checks, findings=()))
    assert re.search(r"(?m)^ +! +task memory .*over \(warns\)", text)
    assert "✗" not in text


def test_growth_by_a_few_memory_pages_looks_small_in_the_chart() -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    begin = run.memory.baseline_bytes or 0
    few = Series(t_seconds=(0.0, 1.0, 2.0), rss_bytes=(begin, begin + 8192, begin))
    text = shown(replace(record, runs=(replace(run, series=few),)))
    assert "    1.0 MB" in text
    assert "█" not in text


def test_suggested_code_can_be_copied_completely() -> None:
    record = RECORDS["failed"]()
    long = "numbers = {" + ", ".join(map(str, range(60))) + "}"
    suggested = replace(record.findings[0], suggestion=long)
    assert long in shown(replace(record, findings=(suggested,)), width=40)


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_comes_first(name: str) -> None:
    words = {
        "interrupted": "INTERRUPTED",
        "timeout": "OUT OF TIME",
        "run": "RAN",
        "profile": "PROFILED",
        "estimate": "PREDICTED OVER",
        "resilience": "FAILED",
    }
    first = shown(RECORDS[name]()).strip().splitlines()[0]
    assert first.startswith(words.get(name, name.upper()))


def test_a_passed_run_fits_on_a_small_screen() -> None:
    assert len(shown(RECORDS["passed"]()).splitlines()) <= 24


def test_a_value_that_was_not_measured_is_never_shown_as_passed() -> None:
    [line] = [
        line
        for line in shown(RECORDS["inconclusive"]()).splitlines()
        if re.search("queries per row +not measured", line)
    ]
    assert line.strip().startswith("–")  # noqa: RUF001 - the mark for unknown
    assert "✓" not in line


def test_symbols_show_what_passed_even_without_colour() -> None:
    text = shown(RECORDS["failed"]())
    assert re.search(r"✗ +task memory +268\.4 MB +200\.0 MB +68\.4 MB over", text)
    assert re.search(r"✓ +duration +94\.6 s +10\.0 min +8\.4 min left", text)


def test_a_console_without_unicode_gets_plain_characters() -> None:
    record = RECORDS["failed"]()
    file = AsciiFile()
    task = replace(record.task, name="importera_ärenden")
    render(replace(record, task=task), Console(file=file, width=80), verbose=True)
    text = file.getvalue()
    assert text.isascii()
    assert "import?ra" not in text
    assert "importera_?renden" in text
    assert re.search(r"ok +duration", text)


@pytest.mark.parametrize("text", NASTY)
def test_markup_is_shown_as_text_and_escapes_are_removed(text: str) -> None:
    record = RECORDS["raised"]()
    run = replace(
        record.runs[0],
        error=RaisedError(type=text, message=text, traceback=text),
        output=Output(stdout=text, stderr=text),
    )
    record = replace(
        record, runs=(run,), task=replace(record.task, name=text), command=text
    )
    assert not CONTROL.search(shown(record))
    colored = shown(record, color=True)
    assert set(re.findall("\x1b.", colored)) == {"\x1b["}
    assert not re.search("\x1b\\[[^m]*[^m0-9;]", colored)
    if text.startswith("[red]"):
        assert "[red]x[/red]" in shown(record)


def test_a_path_in_the_current_folder_is_relative(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    record = RECORDS["failed"]()
    inside = Location(file=f"{tmp_path}/tasks/mine.py", line=3)
    outside = Location(file="/elsewhere/other.py", line=4)
    first, second, *_ = record.findings
    found = (replace(first, location=inside), replace(second, location=outside))
    text = shown(replace(record, findings=found))
    assert "    tasks/mine.py:3 " in text
    assert "    /elsewhere/other.py:4 " in text


def test_frames_outside_the_users_code_are_left_out() -> None:
    text = shown(RECORDS["raised"]())
    assert "worker/main.py" not in text
    assert "fixtures/tasks/import_contracts.py:93 in save" in text


def test_a_traceback_without_frames_is_shown_unchanged() -> None:
    record = RECORDS["raised"]()
    error = RaisedError(type="SyntaxError", message="no", traceback="SyntaxError: no")
    run = replace(record.runs[0], error=error)
    assert "    SyntaxError: no" in shown(replace(record, runs=(run,)))


def test_a_record_without_a_run_is_shown() -> None:
    record = replace(RECORDS["inconclusive"](), runs=(), checks=())
    assert "no figure to compare with a budget" in " ".join(shown(record).split())


def test_a_feature_test_without_changes_is_shown_as_such() -> None:
    record = RECORDS["run"]()
    run = replace(record.runs[0], effect={})
    assert "nothing" in shown(replace(record, runs=(run,)))


def test_a_missing_instrument_is_shown_with_the_reason() -> None:
    record = RECORDS["profile"]()
    missing = replace(
        record.instruments[1], lines=(), why_missing="memray is not installed"
    )
    assert "memray is not installed" in shown(replace(record, instruments=(missing,)))


def test_files_with_the_same_name_are_shown_with_their_folders() -> None:
    record = RECORDS["profile"]()
    cpu = next(each for each in record.instruments if len(each.lines) > 2)
    lines = (
        replace(cpu.lines[0], location=Location(file="a/tasks.py", line=1)),
        replace(cpu.lines[1], location=Location(file="b/tasks.py", line=2)),
        replace(cpu.lines[2], location=Location(file="", line=0)),
    )
    text = shown(replace(record, instruments=(replace(cpu, lines=lines),)))
    assert "a/tasks.py:1" in text
    assert "b/tasks.py:2" in text
    assert "elsewhere" in text


def test_several_runs_are_shown_as_a_range() -> None:
    record = RECORDS["passed"]()
    slower = replace(record.runs[0], duration_seconds=41.0)
    text = shown(replace(record, runs=(record.runs[0], slower)))
    assert "2, from 38.4 s to 41.0 s" in text


def test_no_color_turns_colours_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_console(stderr=False, no_color=True).no_color
    assert not make_console(stderr=False, no_color=False).no_color
    monkeypatch.setenv("NO_COLOR", "1")
    assert make_console(stderr=True, no_color=False).no_color


def test_characters_missing_from_the_encoding_are_shown_as_question_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(stream, encoding="ascii"))
    make_console(stderr=True, no_color=False).print("ärende")
    sys.stderr.flush()
    assert stream.getvalue() == b"?rende\n"


@pytest.mark.slow
def test_a_closed_pipe_does_not_change_the_exit_code() -> None:
    script = (
        "from limerun.report.terminal.record_view import make_console, render\n"
        "from limerun.cli.saved_records import read_record\n"
        "console = make_console(stderr=False, no_color=False)\n"
        "record = read_record('fixtures/records/failed.json')\n"
        "for _ in range(50): render(record, console)\n"
        "raise SystemExit(42)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 42
