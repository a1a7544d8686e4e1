"""A proof on the screen is readable at 80 columns, without colour, with any names."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from limerun.records.proof import (
    PROOF_SCHEMA,
    ColumnFigures,
    Proof,
    ProvenColumn,
    ProvenDomain,
    ProvenLink,
    ProvenTable,
    SmallestGroup,
    Survivor,
)
from limerun.report.terminal.proof_view import render, verdict_line

FIGURES = ColumnFigures(
    rows=1_000_000,
    nulls=12,
    distinct=999_988,
    min_length=3,
    max_length=40,
    total_length=20_000_000,
)
EMAIL = ProvenColumn(
    name="email",
    type="text",
    rule=None,
    judged="set",
    share_in_use=None,
    values_in_common=0,
    values_by_chance=None,
    rows_unchanged=None,
    rows_by_chance=None,
    unique=True,
    unique_kept=True,
    source=FIGURES,
    copy=FIGURES,
    passed=True,
    why="",
)
BORN = replace(
    EMAIL,
    name="born",
    type="date",
    judged="row",
    share_in_use=0.97,
    values_in_common=None,
    rows_unchanged=32,
    rows_by_chance=31.4,
)
CITY = replace(EMAIL, name="city", judged="kept", rule="keep", values_in_common=45)
SURVIVOR = Survivor(
    source="person.email",
    copy="person.note",
    where="inside",
    values=2,
    rows=3,
    first_row=17,
    by_chance=0.0,
    counted=True,
    examples=("a...(21)", "b...(18)"),
)
PASSED = Proof(
    schema=PROOF_SCHEMA,
    passed=True,
    reasons=(),
    notes=("the copy has no table log",),
    tables=(
        ProvenTable(
            name="person",
            source_rows=1_000_000,
            copy_rows=1_000_000,
            columns=(EMAIL, BORN, CITY),
            smallest_group=SmallestGroup(columns=("born", "city"), source=1, copy=2),
        ),
    ),
    survivors=(replace(SURVIVOR, counted=False, by_chance=2.31),),
    links=(
        ProvenLink(
            child="person.company_id",
            parent="company.id",
            source_orphans=0,
            copy_orphans=0,
            passed=True,
        ),
    ),
    domains=(
        ProvenDomain(name="names", columns=("a.x", "b.y"), inconsistent=0, passed=True),
    ),
)
FAILED = replace(
    PASSED,
    passed=False,
    reasons=("2 values of the source survived, in 1 column of the copy",),
    survivors=(SURVIVOR,) * 25,
)


def shown(proof: Proof, **options: object) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=80,
        force_terminal=bool(options.pop("colour", False)),
        highlight=False,
        markup=False,
        emoji=False,
        _environ={"NO_COLOR": "1"} if options.pop("no_color", False) else {},
    )
    render(proof, console, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def test_a_passed_proof_shows_every_exception() -> None:
    text = " ".join(shown(PASSED, written="proof.json").split())
    assert "PROVEN no value of the source survived in 1,000,000 rows of 3" in text
    assert "1 kept, 1 saturated" in text
    assert "NOT PROVEN" not in text
    assert (
        "born: saturated; 97 % of all possible values in use, 32 rows unchanged" in text
    )
    assert "smallest group by born, city: 1 row; in the copy: 2 rows" in text
    assert "By chance" in text
    assert "(2.3 expected by chance)" in text
    assert "person.company_id refers to company.id; orphans: 0" in text
    assert "the copy has no table log" in text
    assert "written proof.json" in text


def test_survivors_are_masked_and_shown_with_their_location() -> None:
    text = " ".join(shown(FAILED).split())
    assert "NOT PROVEN 2 values of the source survived" in text
    assert (
        "person.note, from person.email: 2 values inside other values in 3 rows, first in "
        "row 17: a...(21), b...(18)"
    ) in text
    assert "and 5 more; --json has all" in text


@pytest.mark.parametrize("proof", [PASSED, FAILED])
def test_no_line_is_wider_than_the_screen(proof: Proof) -> None:
    assert max(map(len, shown(proof).splitlines())) <= 80


def test_the_screen_is_readable_without_colour() -> None:
    assert "\x1b[" in shown(FAILED, colour=True)
    without = shown(FAILED, colour=True, no_color=True)
    assert "\x1b[3" not in without
    assert "NOT PROVEN" in without


def test_markup_in_names_is_shown_as_text() -> None:
    table = replace(
        PASSED.tables[0],
        name="[red]t[/]",
        columns=(replace(EMAIL, name="[bold]x\x1b[31m[/bold]"),),
    )
    text = shown(replace(PASSED, tables=(table,)))
    assert "[red]t[/]" in text
    assert "[bold]x[/bold]" in text
    assert "\x1b" not in text


def test_the_verdict_fits_on_one_line() -> None:
    assert verdict_line(FAILED).startswith("NOT PROVEN: 2 values")
    assert verdict_line(PASSED).startswith("PROVEN: no value")
