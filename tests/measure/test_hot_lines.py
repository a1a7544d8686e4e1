"""The results of an instrument become lines with their share, or a reason."""

from dataclasses import replace
from typing import Any

import pytest

from limerun.measure.hot_lines import (
    SHOWN,
    ending_of,
    instrument_of,
    missing,
    note_of,
    slowdown,
    statements_of,
    tree_of,
)
from limerun.records import Location, RaisedError, Run, Statement
from tests.builders import a_run

RUN = a_run()
TEXTS = {(__file__, 1): "for row in rows:"}
SEEN: dict[str, Any] = {
    "total": 4.0,
    "tool": "pyinstrument",
    "unit": "seconds",
    "lines": [
        (__file__, 1, "", 3.0, 0, [("t.py", 2, "work"), (__file__, 1, "")]),
        (__file__, 9999, "work", 5.0, 7, []),
    ],
}


def failed_run(type: str = "ValueError") -> Run:
    error = RaisedError(type=type, message="", traceback="")
    return replace(RUN, ending="raised", error=error)


def test_each_line_has_its_share_of_the_total() -> None:
    told = instrument_of("cpu", SEEN, RUN, RUN, TEXTS)
    first, second = told.lines
    assert (first.amount, first.share, first.calls) == (3.0, 0.75, None)
    assert first.location == Location(file=__file__, line=1, function=None)
    assert first.text == "for row in rows:"
    assert first.path == (
        Location(file="t.py", line=2, function="work"),
        Location(file=__file__, line=1, function=None),
    )
    assert (second.share, second.calls, second.text) == (1.0, 7, "")
    assert (told.total, told.slowdown, told.note) == (4.0, 1.0, None)


def test_each_share_is_zero_if_the_total_is_zero() -> None:
    nothing = {**SEEN, "total": 0}
    assert [
        each.share for each in instrument_of("cpu", nothing, RUN, RUN, TEXTS).lines
    ] == [
        0.0,
        0.0,
    ]


def test_only_the_largest_lines_are_shown() -> None:
    many = {**SEEN, "lines": SEEN["lines"][:1] * (SHOWN + 5)}
    assert len(instrument_of("cpu", many, RUN, RUN, TEXTS).lines) == SHOWN


def test_an_instrument_without_results_says_how_the_task_ended() -> None:
    told = instrument_of("memory", {}, failed_run(), RUN, TEXTS)
    assert told.why_missing == "with the instrument, the task raised ValueError"
    assert (told.unit, told.lines, told.total) == ("bytes", (), 0.0)
    assert missing("cpu", "why").unit == "seconds"


def test_statements_are_ranked_by_how_often_they_were_sent() -> None:
    place = Location(file="t.py", line=3, function="find")
    rare = Statement(text="A\n  B", calls=1, seconds=9.0, rows=None, location=None)
    often = Statement(text="C", calls=3, seconds=0.1, rows=None, location=place)
    run = replace(RUN, statements=(rare, often))
    told = statements_of({}, run, RUN)
    assert [(each.text, each.share) for each in told.lines] == [
        ("C", 0.75),
        ("A B", 0.25),
    ]
    assert [each.location for each in told.lines] == [place, Location(file="", line=0)]
    assert (told.total, told.unit, told.why_missing) == (4.0, "calls", None)
    why = "the task used a driver beside SQLAlchemy"
    unseen = statements_of({}, replace(RUN, queries=None, queries_why=why), RUN)
    assert unseen.why_missing == why
    assert (unseen.total, unseen.lines) == (0.0, ())


def test_each_call_in_the_tree_has_its_share_of_the_total() -> None:
    tree = [(0, "t.py", 2, "work", True, 4.0, 1.0), (1, "x.py", 5, "", False, 9.0, 9.0)]
    first, second = tree_of({"total": 4.0, "tree": tree})
    assert (first.depth, first.share, first.users) == (0, 1.0, True)
    assert (second.share, second.location.function) == (1.0, None)
    assert [each.share for each in tree_of({"tree": tree})] == [0.0, 0.0]
    assert tree_of({}) == ()


@pytest.mark.parametrize(
    ("run", "bare", "factor"),
    [
        (RUN, RUN, 1.0),
        (replace(RUN, cpu_user_seconds=41.0), RUN, 2.0),
        (failed_run(), failed_run(), 1.0),
        (failed_run(), RUN, None),
        (replace(RUN, ending="killed"), replace(RUN, ending="killed"), None),
        (replace(RUN, cpu_user_seconds=None), RUN, None),
        (RUN, replace(RUN, cpu_user_seconds=0.0, cpu_system_seconds=0.0), None),
    ],
)
def test_the_slowdown_compares_the_cpu_time_of_completed_runs(
    run: Run, bare: Run, factor: float | None
) -> None:
    assert slowdown(run, bare) == factor


@pytest.mark.parametrize(
    ("seen", "run", "words"),
    [
        ({}, RUN, "returned"),
        ({"stopped": "memory"}, RUN, "was stopped at its memory limit"),
        ({}, replace(RUN, not_run="returned a generator"), "returned a generator"),
        ({}, failed_run("KeyError"), "raised KeyError"),
        ({}, replace(RUN, ending="raised"), "raised"),
        ({}, replace(RUN, ending="exited"), "ended its process"),
        ({}, replace(RUN, ending="crashed", signal="SIGSEGV"), "crashed (SIGSEGV)"),
        ({}, replace(RUN, ending="killed"), "was killed"),
        ({}, replace(RUN, ending="timeout"), "was out of time"),
        (
            {},
            replace(RUN, ending="killed", killed_because="interrupted"),
            "was interrupted",
        ),
    ],
)
def test_the_ending_of_a_run_is_described_with_a_verb(
    seen: dict[str, str], run: Run, words: str
) -> None:
    assert ending_of(seen, run) == words
    note = None if run.is_done else f"the task {words}"
    assert note_of(seen, run) == note
