"""What a log says about a fault, and the handler that an error reaches."""

from pathlib import Path

import pytest

from limerun.records import CapturedLine, Location, LogSite
from limerun.runs.resilience.handlers import handler_around
from limerun.runs.resilience.notices import notice_of

SITE = LogSite("shop", 30, "WARNING", "t.py", 7, "load")


def a_line(message: str, error: str | None = None) -> CapturedLine:
    return CapturedLine(SITE, 0.1, 1, 1, message, error, {})


def test_lines_of_a_clean_run_say_nothing_about_a_fault() -> None:
    assert notice_of([a_line("slow")], {"slow"}) is None
    assert notice_of([], ()) is None


def test_the_line_that_says_most_is_shown() -> None:
    lines = [
        a_line("something failed"),
        a_line("K-7 is bad"),
        a_line("a batch failed", "Traceback: KeyError"),
    ]
    with_row = notice_of(lines, (), ("K-7", ""))
    assert with_row is not None
    assert (with_row.message, with_row.names_row) == ("K-7 is bad", True)
    other_row = notice_of(lines, (), ("K-77",))
    assert other_row is not None
    assert (other_row.message, other_row.has_details) == ("a batch failed", True)
    assert other_row.location == Location(file="t.py", line=7, function="load")


@pytest.mark.parametrize(
    ("message", "has_details"),
    [
        ("failed: ValueError", True),
        ("the answer was injected by limerun", True),
        ("failed", False),
        ("Errors were found", False),
    ],
)
def test_the_text_of_an_exception_counts_as_details(
    message: str, has_details: bool
) -> None:
    notice = notice_of([a_line(message)], ())
    assert notice is not None
    assert notice.has_details is has_details


CODE = """def work(rows):
    try:
        for row in rows:
            try:
                save(row)
            except KeyError:
                skip(row)
            except (ValueError, sqlalchemy.exc.SQLAlchemyError):
                pass
        finish(rows)
    except:
        pass
    other(rows)
"""


@pytest.mark.parametrize(("line", "handler"), [(5, 8), (10, 11), (13, None), (7, 11)])
def test_the_innermost_handler_that_catches_the_error_is_found(
    tmp_path: Path, line: int, handler: int | None
) -> None:
    file = tmp_path / "task.py"
    file.write_text(CODE, encoding="utf-8")
    inner = Location(file=str(file), line=line, function="work")
    found = handler_around([Location(file="gone.py", line=1), inner])
    assert (found and found.line) == handler


def test_code_that_is_not_valid_has_no_handler(tmp_path: Path) -> None:
    file = tmp_path / "task.py"
    file.write_text("def (", encoding="utf-8")
    assert handler_around([Location(file=str(file), line=1)]) is None
