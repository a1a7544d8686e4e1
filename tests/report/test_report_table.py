"""Tables, checks, findings and endings have the same texts in every format."""

import itertools
from dataclasses import replace

import pytest

from limerun.records import (
    Check,
    InstrumentResult,
    LimetypeAlive,
    LimetypeEffect,
    Location,
    Profile,
    RaisedError,
    Record,
    Run,
    TransactionSize,
)
from limerun.report.content.check_text import check_text, unjudged
from limerun.report.content.ending_text import frame_texts, last_output
from limerun.report.content.estimate import (
    prediction_heads,
    prediction_rows,
    sizes_table,
)
from limerun.report.content.feature_test import changed_objects, value_text
from limerun.report.content.finding_text import finding_text
from limerun.report.content.profile_sentences import (
    growth_proof,
    part_label,
    statement_facts,
    transaction_label,
)
from limerun.report.content.profile_tables import instrument_tables
from limerun.report.content.report_table import (
    ReportTable,
    changes_table,
    config_table,
    percent,
    work_tables,
)
from tests.builders import a_check
from tests.report.make_records import RECORDS


def tables(record: Record) -> dict[str, ReportTable]:
    return {table.id: table for table in instrument_tables(record, "")}


def profile_record() -> tuple[Record, Profile]:
    record = RECORDS["profile"]()
    assert record.profile is not None
    return record, record.profile


def only_run(name: str) -> Run:
    [run] = RECORDS[name]().runs
    return run


# --- what the instruments saw ------------------------------------------------------


def test_every_row_has_a_cell_for_each_column() -> None:
    record, _ = profile_record()
    run = record.runs[0]
    shown = [*tables(record).values(), *work_tables(record, run, "")]
    for table in (*shown, config_table(record)):
        assert {len(row) for row in table.rows} <= {len(table.columns)}
        assert len(table.shares) in (0, len(table.rows))


def test_the_tables_of_a_profile_have_a_fixed_order() -> None:
    record, _ = profile_record()
    assert list(tables(record)) == [
        "kinds",
        "segments",
        "objects",
        "calls",
        "lines-cpu",
        "lines-memory",
        "uses",
        "transactions",
    ]


def test_time_is_shown_by_kind_of_work_and_own_time_by_function() -> None:
    record, _ = profile_record()
    kinds = tables(record)["kinds"]
    assert kinds.about == "limerun's clock; 1.04 times the CPU time without it"
    assert kinds.rows[1:4] == (
        ("39 %", "38.2 s", "the task's own code", ""),
        (
            "",
            "25.6 s",
            "- find_contract",
            "fixtures/tasks/import_contracts_naive.py:47",
        ),
        (
            "",
            "12.6 s",
            "- import_contracts",
            "fixtures/tasks/import_contracts_naive.py:26",
        ),
    )
    assert kinds.rows[-1] == ("", "98.0 s", "total", "")


def test_a_segment_in_another_thread_has_no_share_of_the_duration() -> None:
    record, _ = profile_record()
    segments = tables(record)["segments"]
    assert segments.rows[2] == (
        "79 %",
        "77.0 s",
        "look up",
        "120,000 times, database 50.4 s, waiting 3.1 s",
    )
    assert segments.rows[-1][0] == ""
    assert segments.shares[-1] is None


def test_limetypes_are_sorted_by_their_maximum_and_empty_ones_are_left_out() -> None:
    record, profile = profile_record()
    assert profile.time is not None
    few = LimetypeAlive(limetype="few", alive=(0, 2, 1))
    no = LimetypeAlive(limetype="no", alive=(0, 0))
    many = LimetypeAlive(limetype="many", alive=(5, 9, 0))
    time = replace(profile.time, objects=(few, no, many))
    shown = tables(replace(record, profile=replace(profile, time=time)))
    assert shown["objects"].rows == (("9", "0", "many"), ("2", "1", "few"))
    time = replace(time, objects=(no,), segments=())
    shown = tables(replace(record, profile=replace(profile, time=time)))
    assert "objects" not in shown
    assert "segments" not in shown


def test_small_calls_are_left_out_and_nested_calls_are_indented() -> None:
    record, profile = profile_record()
    small = replace(profile.tree[0], share=0.01)
    calls = tables(
        replace(record, profile=replace(profile, tree=(*profile.tree, small)))
    )["calls"]
    assert len(calls.rows) == len(profile.tree)
    assert calls.rows[2][2:] == ("- - __iter__ (lime_type/limetypes.py)", "")
    assert calls.about.endswith("; time including nested calls")


def test_transaction_sizes_are_shown_with_their_share() -> None:
    record, _ = profile_record()
    transactions = tables(record)["transactions"]
    assert transactions.about == "1 commit; the guide recommends about 50 objects each"
    assert transactions.rows == (("100 %", "1", "5,000 or more objects"),)


def without_profile(record: Record, **changed: object) -> tuple[InstrumentResult, ...]:
    return tuple(replace(each, **changed) for each in record.instruments)  # type: ignore[arg-type] # its fields


def test_without_a_profile_the_lines_of_each_instrument_are_shown() -> None:
    record, _ = profile_record()
    shown = tables(replace(record, profile=None))
    assert list(shown) == [
        f"lines-{name}" for name in ("time", "cpu", "memory", "statements")
    ]
    assert (
        shown["lines-time"].missing == "the instrument saw no line of the user's code"
    )
    assert shown["lines-memory"].heads == ("share", "memory", "calls", "where", "code")
    assert shown["lines-statements"].rows[0][1] == "120,000"


def test_an_empty_profile_shows_only_lines() -> None:
    record, profile = profile_record()
    empty = replace(profile, time=None, tree=(), statements=None)
    shown = tables(replace(record, profile=empty))
    assert all(name.startswith("lines-") for name in shown)
    assert profile.statements is not None
    single = replace(profile.statements, transactions=())
    shown = tables(replace(record, profile=replace(profile, statements=single)))
    assert "transactions" not in shown


def test_a_missing_instrument_is_shown_with_the_reason() -> None:
    record, _ = profile_record()
    missing = without_profile(record, why_missing="memray is absent", lines=())
    for table in tables(replace(record, instruments=missing)).values():
        assert table.rows == ()
        assert table.missing == "memray is absent"
    partly = without_profile(record, why_missing="the task was killed")
    shown = tables(replace(record, instruments=partly))
    assert "the task was killed" in shown["lines-cpu"].about


def test_memory_is_shown_with_its_call_paths() -> None:
    record, _ = profile_record()
    memory = next(each for each in record.instruments if each.name == "memory")
    path = (
        Location(file="a.py", line=3, function="outer"),
        Location(file="a.py", line=9),
    )
    line = replace(memory.lines[0], path=path)
    shown = tables(replace(record, instruments=(replace(memory, lines=(line,)),)))
    assert shown["paths"].rows == (("115.3 MB", "outer:3 > ?:9"),)


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.004, "<1 %"), (0.5, "50 %"), (1, "100 %")]
)
def test_a_small_share_is_not_shown_as_zero(share: float, text: str) -> None:
    assert percent(share) == text


# --- what a run did ----------------------------------------------------------------


def test_the_slowest_statements_come_first() -> None:
    record = RECORDS["failed"]()
    statements, _ = work_tables(record, record.runs[0], "")
    assert statements.rows[1][:5] == (
        "5.9 s",
        "512",
        "0.00427",
        "60,000",
        "fixtures/tasks/import_contracts_naive.py:38",
    )
    unknown = replace(record.runs[0], rows_processed=None)
    statements, _ = work_tables(record, unknown, "")
    assert statements.rows[0][2] == ""


def test_changes_are_counted_by_limetype() -> None:
    run = only_run("run")
    shown = changes_table(run)
    assert shown is not None
    assert shown.rows[0] == ("contract", "60", "12", "0")
    assert shown.about == ""
    nothing = changes_table(replace(run, effect={}))
    assert nothing is not None
    assert nothing.missing == "nothing"
    assert changes_table(replace(run, effect=None)) is None


def test_the_table_of_changes_says_what_varies_and_what_is_unknown() -> None:
    run = only_run("run")
    assert run.effect is not None
    contract = replace(run.effect["contract"], varying=("stamp", "name"))
    shown = changes_table(replace(run, effect={"contract": contract}))
    assert shown is not None
    assert shown.about == "varies from run to run: contract.stamp, contract.name"
    unknown = changes_table(replace(run, effect=None, effect_why="too many rows"))
    assert unknown is not None
    assert unknown.missing == "unknown: too many rows"


def test_a_changed_object_is_shown_with_the_old_and_new_values() -> None:
    changed = only_run("run").changes
    assert changed is not None
    shown = list(changed_objects(changed))
    assert shown[1].sign == "~"
    assert shown[1].name == "contract 17"
    assert shown[1].properties == 'status: "active" -> "ended", value: 1.0 -> 0.0'
    assert shown[2].properties.startswith('note: "Uppringd')


@pytest.mark.parametrize(
    ("example", "shown"),
    [
        ({"after": {f"p{n}": n for n in range(8)}}, "and 2 more"),
        ({"before": "odd"}, ""),
        ({}, ""),
    ],
)
def test_an_unusual_or_large_object_is_shortened(
    example: dict[str, object], shown: str
) -> None:
    change = LimetypeEffect(
        created=0,
        updated=0,
        deleted=0,
        fingerprint={},
        examples=(example,),  # type: ignore[arg-type] # any JSON
    )
    [only] = changed_objects({"odd": change})
    assert only.sign == " "
    assert only.name == "odd ?"
    assert only.properties.endswith(shown)


def test_a_long_text_is_cut_off_and_other_values_are_shown_as_json() -> None:
    assert value_text("x" * 99).endswith("...")
    assert value_text(["é", None]) == '["é", null]'


def test_each_config_value_is_shown_with_its_origin() -> None:
    rows = config_table(RECORDS["failed"]()).rows
    assert (
        "budget.memory",
        "200.0 MB",
        "configs/import-contracts-naive.yaml, line 7",
    ) in rows


# --- checks, findings, endings -----------------------------------------------------


@pytest.mark.parametrize(
    ("check", "state", "shown"),
    [
        (a_check(1e6, 2e6), "passed", "1.0 MB left"),
        (a_check(3e6, 2e6), "exceeded", "1.0 MB over"),
        (replace(a_check(3e6, 2e6), level="warning"), "warns", "1.0 MB over (warns)"),
        (replace(a_check(1e6, 2e6), passed=None), "not judged", "not judged"),
        (a_check(None, 2e6), "not judged", "not measured"),
    ],
)
def test_a_check_is_shown_with_its_state_and_difference(
    check: Check, state: str, shown: str
) -> None:
    text = check_text(check)
    assert (text.state, text.difference) == (state, shown)


def test_a_reason_shared_by_several_checks_is_shown_once() -> None:
    one = replace(a_check(None, 2e6), why="it was killed")
    other = replace(one, name="speed.queries")
    passed = a_check(1e6, 2e6)
    assert list(unjudged((one, passed, other))) == [
        "Not judged (task memory, queries per row): it was killed"
    ]


def test_a_finding_is_shown_with_its_texts() -> None:
    record = RECORDS["profile"]()
    text = finding_text(record.findings[0], "")
    assert text.place == "fixtures/tasks/import_contracts_naive.py:37"
    assert text.section == "guide, section 2"
    assert text.code == "contracts.append(contract)"
    assert text.suggestion == ""
    assert finding_text(record.findings[1], "").suggestion.startswith("--- import")


def test_only_calls_in_the_users_code_are_shown() -> None:
    run = only_run("raised")
    assert [frame.place for frame in frame_texts(run, "")][-1].endswith(":93")
    assert frame_texts(only_run("passed"), "") == ()
    many = "\n".join(f'  File "t.py", line {n}, in f{n}\n    x = {n}' for n in range(9))
    run = replace(run, error=RaisedError(type="E", message="", traceback=many))
    assert [frame.code for frame in frame_texts(run, "")] == ["x = 6", "x = 7", "x = 8"]


def test_a_run_that_did_not_return_is_shown_with_its_last_output() -> None:
    run = only_run("raised")
    name, lines = last_output(run)
    assert name == "stderr"
    assert 0 < len(lines) <= 8
    assert last_output(only_run("passed")) == ("", ())
    silent = replace(run, output=replace(run.output, stdout="said\n", stderr=" "))
    assert last_output(silent) == ("stdout", ("said",))
    mute = replace(run, output=replace(run.output, stdout="", stderr=""))
    assert last_output(mute) == ("", ())


# --- estimates ---------------------------------------------------------------------


def test_the_heading_of_the_predictions_contains_the_size() -> None:
    growth = RECORDS["estimate"]().growth
    assert growth is not None
    heads = prediction_heads(growth)
    assert heads == (
        "predicted at 120,000 rows",
        "range",
        "likely",
        "budget",
        "verdict",
    )
    words = {row.word for row in prediction_rows(growth)}
    assert words <= {"", "within", "over", "unsure"}
    table = sizes_table(growth)
    assert len(table.rows) == len(growth.size_points)
    sizes = [int(row[0].replace(",", "")) for row in table.rows]
    assert all(a < b for a, b in itertools.pairwise(sizes))


# --- sentences of a profile --------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"statements": ()}, "no statement was sent"),
        ({"rows": None}, "growth was not proven: it was short"),
        (
            {"smaller_rows": None, "why_unproven": None},
            "growth was not proven: the rows of input are unknown",
        ),
    ],
)
def test_unproven_growth_is_shown_with_the_reason(
    changed: dict[str, object], shown: str
) -> None:
    _, profile = profile_record()
    assert profile.statements is not None
    statements = replace(profile.statements, why_unproven="it was short")
    assert growth_proof(replace(statements, **changed)) == shown  # type: ignore[arg-type] # its fields


def test_a_statement_without_proven_growth_is_shown_with_its_calls_per_row() -> None:
    _, profile = profile_record()
    assert profile.statements is not None
    statements = replace(profile.statements, rows=100, commits=5)
    use = replace(
        statements.statements[0],
        per_row=None,
        calls=50,
        reads=True,
        repeats=None,
        rows_read=None,
        rows_written=None,
        transactions=9,
    )
    assert statement_facts(use, statements) == "0.5 per row, between 5 of 5 commits"
    unknown = replace(statements, rows=None, commits=1)
    assert statement_facts(use, unknown) == ""


@pytest.mark.parametrize(
    ("least", "most", "shown"),
    [
        (1, 1, "1 object"),
        (50, 50, "50 objects"),
        (51, 200, "51-200 objects"),
        (5_000, None, "5,000 or more objects"),
    ],
)
def test_the_size_of_a_transaction_is_shown_in_words(
    least: int, most: int | None, shown: str
) -> None:
    size = TransactionSize(least=least, most=most, transactions=1)
    assert transaction_label(size) == shown


def test_a_long_wait_for_a_cpu_is_mentioned() -> None:
    _, profile = profile_record()
    time = profile.time
    assert time is not None
    waiting = next(part for part in time.parts if part.kind == "waiting")
    assert "waited 3.9 s for a CPU" in part_label(waiting, time)
    idle = replace(time, cpu_wait_seconds=0.1)
    assert part_label(waiting, idle) == "other waiting"


def test_the_underline_in_a_traceback_is_not_taken_for_code() -> None:
    trace = '  File "t.py", line 2, in work\n    ^^^^\n'
    run = replace(
        only_run("raised"), error=RaisedError(type="E", message="", traceback=trace)
    )
    [frame] = frame_texts(run, "")
    assert (frame.place, frame.code) == ("t.py:2", "")
