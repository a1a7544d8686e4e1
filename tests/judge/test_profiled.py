"""Each finding of a profile has a value and a line; otherwise there is no finding."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from limerun.judge.profiled import profile_findings
from limerun.records import (
    Finding,
    InstrumentResult,
    Location,
    MemoryGrowth,
    Profile,
    Series,
    StatementProfile,
    StatementUse,
    TimeKind,
    TimePart,
    TimeProfile,
)
from limerun.records.rules import make_finding
from limerun.report.content.profile_sentences import statement_facts
from tests.builders import LINE, MB, USE, a_hot_line, an_instrument

OTHER = Location(file="t.py", line=9, function="save")
STEADY = replace(USE, calls=10, smaller_calls=10, per_row=0.0, seconds=0.01)
WRITE = replace(
    USE, text="INSERT INTO contract", reads=False, location=OTHER, rows_written=1000
)
STATEMENTS = StatementProfile(
    rows=1000,
    smaller_rows=500,
    why_unproven=None,
    commits=20,
    statements=(),
    transactions=(),
)
NOTHING = Profile(time=None, tree=(), statements=None, memory_growth=None)
GROWTH = MemoryGrowth(
    rows=1000,
    smaller_rows=500,
    task_bytes=30 * MB,
    smaller_task_bytes=15 * MB,
    bytes_per_row=30_000,
)
TIME = TimeProfile(
    duration_seconds=1.0,
    parts=(),
    functions=(),
    segments=(),
    baseline_bytes=None,
    series=Series(t_seconds=(), rss_bytes=()),
    band_seconds=1.0,
    bands=(),
    objects_at_seconds=(),
    objects=(),
)


def findings_by_rule(
    profile: Profile,
    instruments: Sequence[InstrumentResult] = (),
    general: Sequence[Finding] = (),
) -> dict[str, Finding]:
    findings = profile_findings(profile, instruments, general)
    return {finding.rule: finding for finding in findings}


def findings_for(*uses: StatementUse, **changed: object) -> dict[str, Finding]:
    statements = replace(STATEMENTS, statements=uses, **changed)  # type: ignore[arg-type]
    return findings_by_rule(replace(NOTHING, statements=statements))


def test_an_empty_profile_has_no_findings() -> None:
    assert findings_by_rule(NOTHING) == {}
    assert findings_for(STEADY) == {}


# --- one query for each row -----------------------------------------------------


def test_a_query_that_grows_with_the_rows_is_a_finding_with_evidence() -> None:
    finding = findings_for(USE)["speed.queries"]
    assert (finding.level, finding.location) == ("warning", LINE)
    assert "1,000 queries for 1,000 rows and 500 for 500" in finding.detail
    assert "1 more for each extra row" in finding.detail
    assert "WHERE contract.number" in finding.detail


@pytest.mark.parametrize(
    "use",
    [
        replace(USE, per_row=0.49),
        replace(USE, calls=99),
        replace(USE, per_row=None),
        replace(USE, reads=False),
    ],
    ids=["not for each row", "too few calls", "not proven", "a write"],
)
def test_a_query_that_does_not_grow_is_not_a_finding(use: StatementUse) -> None:
    assert "speed.queries" not in findings_for(use)


def test_reads_during_a_commit_are_not_queries_of_the_task() -> None:
    assert findings_for(replace(USE, location=OTHER), WRITE) == {}


def test_proven_growth_replaces_findings_based_on_counts() -> None:
    claimed = make_finding("speed.queries", "warning", "claimed", "", LINE)
    kept = make_finding("memory.batches", "warning", "kept", "", LINE)
    proven = replace(NOTHING, statements=replace(STATEMENTS, statements=(STEADY,)))
    assert findings_by_rule(proven, general=[claimed, kept]).keys() == {
        "memory.batches"
    }
    unproven = replace(NOTHING, statements=replace(STATEMENTS, smaller_rows=None))
    assert findings_by_rule(unproven, general=[claimed]).keys() == {"speed.queries"}


# --- the same again -------------------------------------------------------------


@pytest.mark.parametrize(
    ("repeats", "fires"), [(49, False), (50, True), (1000, True), (None, False)]
)
def test_a_repeated_query_is_a_finding(repeats: int | None, fires: bool) -> None:
    use = replace(USE, repeats=repeats, per_row=0.0)
    assert ("speed.duplicates" in findings_for(use)) is fires


def test_a_few_repeats_are_not_reported() -> None:
    use = replace(STEADY, calls=30, repeats=19)
    assert "speed.duplicates" not in findings_for(use)
    assert "speed.duplicates" in findings_for(replace(use, repeats=20))


def test_a_query_that_repeats_without_growing_has_one_finding() -> None:
    findings = findings_for(replace(USE, repeats=999))
    assert findings.keys() == {"speed.duplicates"}
    assert "999" in findings["speed.duplicates"].detail


def test_repeats_on_one_line_are_one_finding_about_the_slowest_query() -> None:
    most = replace(USE, repeats=999)
    ids = replace(USE, text="SELECT max(contract.id) FROM contract", repeats=999)
    elsewhere = replace(USE, location=OTHER, repeats=999)
    profile = replace(STATEMENTS, statements=(most, ids, elsewhere))
    findings = profile_findings(replace(NOTHING, statements=profile), (), ())
    repeated = [each for each in findings if each.rule == "speed.duplicates"]
    assert [each.location for each in repeated] == [LINE, OTHER]
    assert "contract.number = ?" in repeated[0].detail


def test_incomplete_repeat_counts_are_lower_bounds() -> None:
    use = replace(USE, repeats=999)
    detail = findings_for(use, repeats_complete=False)["speed.duplicates"].detail
    assert "at least 999" in detail


# --- between commits ------------------------------------------------------------


@pytest.mark.parametrize(
    ("transactions", "seconds", "fires"),
    [(10, 2.0, True), (9, 2.0, False), (20, 0.1, False)],
    ids=["in half of the transactions", "in fewer", "but fast"],
)
def test_a_slow_query_between_commits_is_a_note(
    transactions: int, seconds: float, fires: bool
) -> None:
    use = replace(STEADY, transactions=transactions, seconds=seconds)
    longest = replace(STEADY, location=OTHER, seconds=3.0)
    findings = findings_for(use, longest)
    assert ("speed.queries" in findings) is fires
    if fires:
        assert findings["speed.queries"].level == "note"
        assert "10 of 20 commits" in findings["speed.queries"].detail


def test_a_query_with_a_small_share_of_the_run_gets_no_note() -> None:
    use = replace(STEADY, transactions=20, seconds=2.0)
    statements = replace(STATEMENTS, statements=(use,))
    profile = replace(NOTHING, statements=statements)
    assert "speed.queries" in findings_by_rule(profile)
    time = replace(TIME, duration_seconds=500.0)
    assert findings_by_rule(replace(profile, time=time)) == {}


# --- memory ---------------------------------------------------------------------


def test_the_finding_points_at_the_line_that_keeps_the_memory() -> None:
    source = "def work(rows):\n    for row in read(rows):\n        kept.append(row)\n"
    made = Location(file="made.py", line=4, function="read")
    path = (Location(file="t.py", line=2, function="work"), made)
    memory = an_instrument("memory", replace(a_hot_line(0.9, made, 12 * MB), path=path))
    findings = profile_findings(
        replace(NOTHING, memory_growth=GROWTH),
        (an_instrument("cpu"), memory),
        (),
        source_of={"t.py": source}.get,
    )
    [finding] = [each for each in findings if each.rule == "memory.growth"]
    assert finding.location == Location(file="t.py", line=3, function="work")
    assert "by made.py:4, and this line keeps it" in finding.detail


def test_an_instrument_without_lines_gives_a_finding_without_a_line() -> None:
    for other in (an_instrument("cpu", a_hot_line(0.9)), an_instrument("memory")):
        findings = profile_findings(NOTHING, (other,), (), killed_for_memory=True)
        assert "memory.task" not in {each.rule for each in findings}


def test_growing_memory_is_a_finding_with_its_line() -> None:
    memory = an_instrument("memory", a_hot_line(0.9, OTHER, 12 * MB))
    finding = findings_by_rule(replace(NOTHING, memory_growth=GROWTH), [memory])[
        "memory.growth"
    ]
    assert finding.location == OTHER
    assert "15.0 MB" in finding.detail
    assert "30,000 bytes" in finding.detail
    assert "12.0 MB" in finding.detail


@pytest.mark.parametrize(
    "growth",
    [
        replace(GROWTH, smaller_task_bytes=26 * MB),
        replace(GROWTH, rows=10**6, smaller_rows=500_000, bytes_per_row=100.0),
    ],
    ids=["little", "a set of keys"],
)
def test_memory_that_hardly_grows_is_not_a_finding(growth: MemoryGrowth) -> None:
    assert findings_by_rule(replace(NOTHING, memory_growth=growth)) == {}


def test_growing_memory_is_a_finding_even_without_a_line() -> None:
    finding = findings_by_rule(replace(NOTHING, memory_growth=GROWTH))["memory.growth"]
    assert finding.location is None


@pytest.mark.parametrize(
    ("share", "killed", "fires"),
    [(0.5, True, True), (0.49, True, False), (0.9, False, False)],
    ids=["half", "too small a share", "not killed"],
)
def test_the_line_that_exhausted_the_memory_of_a_killed_task_is_an_error(
    share: float, killed: bool, fires: bool
) -> None:
    memory = an_instrument("memory", a_hot_line(share, amount=245 * MB))
    findings = profile_findings(NOTHING, (memory,), (), killed_for_memory=killed)
    assert [(each.rule, each.level) for each in findings] == (
        [("memory.task", "error")] if fires else []
    )
    assert all(each.location == LINE for each in findings)


# --- time -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "amount", "fires"),
    [(0.25, 1.0, True), (0.24, 1.0, False), (0.9, 0.09, False)],
    ids=["a quarter", "less", "too short"],
)
def test_a_line_that_takes_most_of_the_time_is_a_note(
    share: float, amount: float, fires: bool
) -> None:
    cpu = an_instrument("cpu", a_hot_line(share, amount=amount), a_hot_line(0.1, OTHER))
    findings = findings_by_rule(NOTHING, [cpu])
    assert ("speed.segments" in findings) is fires
    if fires:
        assert findings["speed.segments"].location == LINE


@pytest.mark.parametrize(
    ("kind", "share", "cpu_wait", "says"),
    [
        ("http", 0.6, 0.0, "HTTP takes 60 % of the whole run: 4 requests of 150 ms"),
        ("http", 0.59, 0.0, None),
        ("waiting", 0.9, 0.0, "90 % of the whole run is waiting"),
        ("waiting", 0.9, 0.5, None),
        ("own", 0.9, 0.0, None),
        ("threads", 0.1, 0.0, "100 ms of CPU time went to other threads"),
        ("threads", 0.09, 0.0, None),
        ("processes", 0.4, 0.0, "400 ms of CPU time went to processes"),
    ],
    ids=[
        "HTTP",
        "less",
        "waiting",
        "waiting for a busy CPU",
        "work",
        "other threads",
        "little in other threads",
        "processes",
    ],
)
def test_the_finding_on_a_hot_line_reports_waiting_time(
    kind: TimeKind, share: float, cpu_wait: float, says: str | None
) -> None:
    part = TimePart(kind=kind, seconds=share, share=share, calls=4)
    time = replace(TIME, parts=(part,), cpu_wait_seconds=cpu_wait)
    finding = findings_by_rule(
        replace(NOTHING, time=time), [an_instrument("cpu", a_hot_line(0.9))]
    )
    detail = finding["speed.segments"].detail
    if says is None:
        assert detail.endswith("including everything it calls.")
    else:
        assert says in detail


def test_a_line_that_already_has_a_speed_finding_gets_no_note() -> None:
    statements = replace(STATEMENTS, statements=(USE,))
    cpu = an_instrument("cpu", a_hot_line(0.9))
    findings = findings_by_rule(replace(NOTHING, statements=statements), [cpu])
    assert findings.keys() == {"speed.queries"}


def test_a_query_after_the_last_commit_is_not_counted_between_commits() -> None:
    use = replace(STEADY, transactions=21, seconds=2.0)
    findings = findings_for(use, replace(STEADY, location=OTHER, seconds=3.0))
    assert "between 20 of 20 commits" in findings["speed.queries"].detail
    assert statement_facts(use, STATEMENTS).endswith("between 20 of 20 commits")
