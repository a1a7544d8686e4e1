"""A folder of records becomes a history per task, sorted by time."""

import io
from dataclasses import replace

from rich.console import Console

from limerun.records import Json, Record
from limerun.report.content.history import TaskHistory, histories_of
from limerun.report.terminal.history_view import render_histories
from limerun.report.webpage.page import render_histories as render_page
from limerun.report.webpage.trend_chart import history_view
from tests.report.make_records import RECORDS


def on_day(day: int, name: str = "passed", task: str = "import_contracts") -> Record:
    record = RECORDS[name]()
    return replace(
        record,
        started_at=f"2026-03-{day:02d}T09:30:00+00:00",
        task=replace(record.task, name=task),
        config=replace(record.config, path="folder/contracts.yaml"),
    )


def screen(histories: tuple[TaskHistory, ...]) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=80, no_color=True, color_system=None)
    render_histories(histories, console)
    return stream.getvalue()


def test_the_oldest_record_comes_first() -> None:
    [history] = histories_of([on_day(3), on_day(1), on_day(2)])
    assert [entry.at[:10] for entry in history.entries] == [
        "2026-03-01",
        "2026-03-02",
        "2026-03-03",
    ]


def test_records_are_sorted_across_time_zones() -> None:
    late = replace(on_day(1), started_at="2026-03-02T01:00:00+09:00")  # 16:00 UTC
    early = on_day(1)
    [history] = histories_of([late, early])
    assert [entry.at for entry in history.entries] == [
        "2026-03-01 09:30",
        "2026-03-01 16:00",
    ]


def test_each_task_has_a_history() -> None:
    text = histories_of([on_day(1), on_day(1, task="export"), on_day(2)])
    assert [(each.task, len(each.entries)) for each in text] == [
        ("export", 1),
        ("import_contracts", 2),
    ]


def with_input(record: Record, rows: int, **parameters: Json) -> Record:
    assert record.dataset is not None
    return replace(
        record,
        dataset=replace(record.dataset, rows={"company": 10, "contract": rows}),
        task=replace(record.task, parameters=parameters),
    )


def test_each_set_of_parameters_and_each_size_has_a_history() -> None:
    histories = histories_of(
        [
            with_input(on_day(1), 100, limit=10, path="a"),
            with_input(on_day(2), 100, limit=20, path="a"),
            with_input(on_day(3), 2_000, limit=10, path="a"),
            with_input(on_day(4), 100, limit=10, path="a"),
        ]
    )
    assert [(each.variant, len(each.entries)) for each in histories] == [
        ("limit 10, rows of contract 100", 2),
        ("limit 20, rows of contract 100", 1),
        ("limit 10, rows of contract 2,000", 1),
    ]
    assert not any(entry.is_other for each in histories for entry in each.entries)
    for text in (screen(histories), render_page(histories, "records")):
        assert "limit 20, rows of contract 100" in text


def test_a_history_of_equal_inputs_names_none_of_them() -> None:
    [history] = histories_of([on_day(1), on_day(2)])
    assert history.variant == ""
    without = [replace(on_day(day), dataset=None) for day in (1, 2)]
    assert [each.variant for each in histories_of(without)] == [""]
    assert 'class="quiet">rows' not in render_page((history,), "records")


def test_a_feature_test_is_not_in_a_history() -> None:
    assert histories_of([RECORDS["run"]()]) == ()


def test_records_with_different_data_or_machines_are_marked() -> None:
    first, second, third = on_day(1), on_day(2), on_day(3)
    assert second.dataset is not None
    second = replace(second, dataset=replace(second.dataset, fingerprint="other"))
    [history] = histories_of([first, second, replace(third, dataset=second.dataset)])
    assert [entry.is_other for entry in history.entries] == [False, True, False]
    assert "different data or machine" in screen((history,))


def test_a_missing_value_is_a_gap_and_not_zero() -> None:
    [run] = on_day(2).runs
    memory = replace(run.memory, task_bytes=None)
    unknown = replace(on_day(2), runs=(replace(run, memory=memory),))
    [history] = histories_of([on_day(1), unknown])
    assert history.entries[1].memory_bytes is None
    text = screen((history,))
    assert "not measured" in text
    assert "?" in text
    assert render_page((history,), "records").count("<circle") == 3


def test_a_single_record_is_centred_and_a_change_within_noise_looks_flat() -> None:
    def moved(record: Record, size: int) -> Record:
        [run] = record.runs
        memory = replace(run.memory, task_bytes=size)
        return replace(record, runs=(replace(run, memory=memory),))

    [alone] = histories_of([on_day(1)])
    assert [point.x for point in history_view(alone).charts[0].points] == [0.5]
    few = histories_of([moved(on_day(1), 4096), moved(on_day(2), 12_288)])
    chart = history_view(few[0]).charts[0]
    assert min(point.y for point in chart.points) > 0.98
    assert len({mark.text for mark in chart.marks}) == len(chart.marks) > 1


def test_the_table_shows_the_last_twenty_records() -> None:
    many = [on_day(day) for day in range(1, 26)]
    text = screen(histories_of(many))
    assert text.count("PASSED") == 20
    assert "and 5 earlier" in text
