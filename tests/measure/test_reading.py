"""A row is a unit of the task's input; rows read for an input row do not count."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.measure.reading import rows_of_input, with_reads
from limerun.records import Statement, StatementReads

COMPANIES = "SELECT id, name FROM company"
NOTES = "SELECT text FROM note WHERE company = ?"


def a_read(
    calls: int,
    fetched: int,
    text: str = NOTES,
    *,
    nested: int = 0,
    continued: int = 0,
    paged: int = 0,
) -> tuple[Statement, StatementReads]:
    return (
        Statement(text=text, calls=calls, seconds=1.0, rows=None, location=None),
        StatementReads(
            fetched=fetched, nested=nested, continued=continued, paged=paged
        ),
    )


def read(*reads: tuple[Statement, StatementReads]) -> tuple[Statement, ...]:
    return with_reads([each for each, _ in reads], [each for _, each in reads])


OUTER = a_read(12, 5_000, COMPANIES, continued=11)


@given(
    companies=st.integers(100, 100_000),
    notes=st.integers(0, 500),
    nested=st.booleans(),
    page=st.sampled_from([1, 100, 500]),
)
def test_only_the_outer_read_of_an_n_plus_1_counts_as_input(
    companies: int, notes: int, nested: bool, page: int
) -> None:
    calls = companies // page + 1
    outer = a_read(calls, companies, COMPANIES, continued=calls - 1)
    inner = a_read(companies, companies * notes, nested=companies * nested)
    statements = read(inner, outer)
    assert statements[0].for_each_row
    assert not statements[1].for_each_row
    assert rows_of_input(statements) == companies


@given(
    rows=st.integers(1_000, 1_000_000),
    page=st.sampled_from([20, 50, 100, 500]),
    lookups=st.integers(0, 10_000),
)
def test_every_page_of_a_result_counts_as_input(
    rows: int, page: int, lookups: int
) -> None:
    calls = rows // page + 1
    pages = a_read(calls, rows, paged=calls)
    statements = read(pages, a_read(1, lookups, COMPANIES))
    assert not any(each.for_each_row for each in statements)
    assert rows_of_input(statements) == rows + lookups


@given(page=st.sampled_from([50, 100]), notes=st.integers(0, 30))
def test_rows_fetched_for_a_batch_are_not_input(page: int, notes: int) -> None:
    batches = 10_000 // page
    inner = a_read(batches, batches * notes, nested=batches)
    assert rows_of_input(read(a_read(1, 10_000, COMPANIES), inner)) == 10_000


def test_in_a_chain_of_relations_only_the_outermost_rows_are_input() -> None:
    persons = a_read(5_000, 25_000, "SELECT id FROM person WHERE company = ?")
    notes = a_read(25_000, 100_000)
    assert rows_of_input(read(notes, persons, OUTER)) == 5_000


def test_a_few_large_reads_inside_a_loop_are_input() -> None:
    contracts = a_read(200, 100_000, nested=200, continued=195)
    statements = read(a_read(1, 5, "SELECT id FROM department"), contracts)
    assert rows_of_input(statements) == 100_005


def test_the_first_match_for_each_row_is_not_input() -> None:
    first = a_read(5_000, 5_000, "SELECT a FROM b LIMIT ?", paged=5_000)
    assert rows_of_input(read(OUTER, first)) == 5_000


def test_the_latest_few_objects_for_each_row_are_not_input() -> None:
    latest = a_read(5_000, 25_000, NOTES, nested=5_000, paged=5_000)
    assert rows_of_input(read(OUTER, latest)) == 5_000


def test_an_aggregate_value_is_not_an_input_row() -> None:
    highest = a_read(40, 40, "SELECT max(note.id) AS max_1 FROM note")
    assert rows_of_input(read(OUTER, highest)) == 5_000


def test_single_row_reads_without_an_outer_read_are_the_input() -> None:
    assert rows_of_input(read(a_read(5_000, 5_000))) == 5_000


def test_a_task_that_reads_no_rows_has_an_unknown_number_of_input_rows() -> None:
    assert rows_of_input(read(a_read(10, 0))) is None
    assert rows_of_input(()) is None


def test_rows_affected_by_a_write_do_not_count_as_read() -> None:
    statement, reads = a_read(10, 0, "INSERT INTO note VALUES (?)")
    [written] = read((replace(statement, rows=10), reads))
    assert (written.rows_read, written.for_each_row) == (None, False)


@pytest.mark.parametrize("statements", [(), (OUTER[0],)])
def test_statements_stay_unchanged_without_details(
    statements: tuple[Statement, ...],
) -> None:
    assert with_reads(statements, ()) == statements


@pytest.mark.parametrize(("paged", "for_each_row"), [(False, True), (True, False)])
def test_a_paged_read_of_many_rows_is_not_a_read_for_each_row(
    *, paged: bool, for_each_row: bool
) -> None:
    notes = a_read(5_000, 5_000 * 150, paged=5_000 * paged)
    assert read(OUTER, notes)[1].for_each_row is for_each_row
