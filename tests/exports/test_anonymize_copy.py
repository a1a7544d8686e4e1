"""A copy of an export has none of its values, but its keys, counts and formats."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from limerun.dataset.words.weighted_lists import fold
from limerun.exports.anonymize.rules_file import read_rules_file
from limerun.exports.value_maps.key import Key, random_key
from tests.exports.anonymizing import (
    FIXTURE,
    make_copy,
    rows_in,
    rules_for,
    write_rows,
)

RULES = read_rules_file(FIXTURE / "rules.yaml")
KEY = Key(b"of sixteen bytes or more")

Tables = dict[str, list[dict[str, Any]]]


def tables_in(folder: Path) -> Tables:
    return {
        "company": rows_in(folder / "company.csv", ";"),
        "person": rows_in(folder / "person.csv", ";"),
        "history": rows_in(folder / "history.jsonl"),
    }


@pytest.fixture(scope="module")
def source_and_copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Tables]:
    """Return the fixture and a copy of it."""
    out = tmp_path_factory.mktemp("copy") / "copy"
    made = make_copy(FIXTURE / "crm", out, RULES, key=KEY)
    assert made.proof.passed, made.proof.reasons
    assert made.written == out
    return tables_in(FIXTURE / "crm"), tables_in(out)


Both = tuple[Tables, Tables]


def test_the_fixture_contains_columns_of_every_kind(source_and_copy: Both) -> None:
    kinds = {
        rule.kind
        for table in RULES.rules.tables.values()
        for rule in table.columns.values()
    }
    assert kinds >= {
        *("permute", "replace", "email", "freetext", "noise", "json", "keep"),
    }


def test_the_numbers_of_rows_nulls_and_distinct_values_stay_the_same(
    source_and_copy: Both,
) -> None:
    for table, rows in source_and_copy[0].items():
        others = source_and_copy[1][table]
        assert len(others) == len(rows)
        for column in rows[0]:
            before = [json.dumps(row[column]) for row in rows]
            after = [json.dumps(row[column]) for row in others]
            assert [b in ('""', "null") for b in before] == [
                a in ('""', "null") for a in after
            ]
            if (table, column) != ("history", "details"):
                assert len(set(after)) == len(set(before)), (table, column)


@pytest.mark.parametrize(
    "column",
    ["firstname", "lastname", "phone", "birthdate", "gender", "status", "company_id"],
)
def test_equal_values_stay_equal(source_and_copy: Both, column: str) -> None:
    if column == "birthdate":  # moves by the row
        return
    pairs = {
        (r[column], o[column])
        for r, o in zip(*(b["person"] for b in source_and_copy), strict=True)
    }
    assert len({before for before, _ in pairs}) == len(pairs)
    assert len({after for _, after in pairs}) == len(pairs)


def test_lengths_of_names_and_numbers_stay_the_same(source_and_copy: Both) -> None:
    for row, other in zip(*(b["person"] for b in source_and_copy), strict=True):
        for column in ("firstname", "lastname", "phone", "position"):
            assert len(other[column]) == len(row[column]), column


def test_email_addresses_still_match_the_names(source_and_copy: Both) -> None:
    agreed = 0
    for row, other in zip(*(b["person"] for b in source_and_copy), strict=True):
        names = f"{fold(row['firstname'])}.{fold(row['lastname'])}"
        if row["email"].startswith(names):
            agreed += 1
            expected = f"{fold(other['firstname'])}.{fold(other['lastname'])}"
            assert other["email"].startswith(expected)
    assert agreed > 50


def test_email_addresses_and_web_pages_have_reserved_hosts(
    source_and_copy: Both,
) -> None:
    for table in ("company", "person"):
        for row in source_and_copy[1][table]:
            assert row["email"] == "" or row["email"].endswith(".test")


def test_foreign_keys_still_refer_to_their_rows(source_and_copy: Both) -> None:
    source, copy = source_and_copy
    for child, column, parent in (
        ("person", "company_id", "company"),
        ("history", "person_id", "person"),
    ):
        ids = [str(row["id"]) for row in source[parent]]
        others = [str(row["id"]) for row in copy[parent]]
        for row, other in zip(source[child], copy[child], strict=True):
            assert ids.index(str(row[column])) == others.index(str(other[column]))


def test_names_in_a_note_match_the_anonymized_names_of_its_row(
    source_and_copy: Both,
) -> None:
    named = 0
    for row, other in zip(*(b["person"] for b in source_and_copy), strict=True):
        for column in ("firstname", "phone", "email"):
            if row[column] in row["note"]:
                named += 1
                assert other[column] in other["note"], (row, other)
    assert named > 40


def test_json_keeps_its_structure_and_matches_the_columns(
    source_and_copy: Both,
) -> None:
    source, copy = source_and_copy
    names = {
        row["firstname"]: other["firstname"]
        for row, other in zip(source["person"], copy["person"], strict=True)
    }
    for row, other in zip(source["history"], copy["history"], strict=True):
        before, after = row["details"], other["details"]
        assert list(after) == list(before)
        assert after["caller"] == names[before["caller"]]
        assert len(after["number"]) == len(before["number"])
        assert isinstance(after["minutes"], int)
        assert len(after["tags"]) == len(before["tags"])


def test_organisation_numbers_stay_valid(source_and_copy: Both) -> None:
    for row in source_and_copy[1]["company"]:
        digits = [int(d) for d in row["registrationno"].replace("-", "")]
        doubled = [d * (2 - at % 2) for at, d in enumerate(digits)]
        assert sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def test_amounts_and_dates_change_only_slightly(source_and_copy: Both) -> None:
    for row, other in zip(*(b["company"] for b in source_and_copy), strict=True):
        before, after = float(row["turnover"]), float(other["turnover"])
        assert 0 < abs(after - before) <= before * 0.11
        assert re.fullmatch(r"\d+\.\d\d", other["turnover"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", other["created"])


def test_the_same_key_produces_the_same_copy_and_another_key_a_different_copy(
    tmp_path: Path,
) -> None:
    rows = rows_in(FIXTURE / "crm" / "person.csv", ";")[:20]
    export = write_rows(tmp_path / "person.csv", rows)
    columns = dict.fromkeys(rows[0], "scramble") | {
        "id": "permute",
        "company_id": "permute",
        "lastname": "replace",
        "note": "freetext",
        "birthdate": "noise",
    }
    rules = rules_for(tmp_path, {"person": columns})
    content = []
    for name, key in (("a", KEY), ("b", KEY), ("c", None)):
        made = make_copy(export, tmp_path / f"{name}.csv", rules, key=key, force=True)
        assert made.written is not None
        content.append(made.written.read_bytes())
    assert content[0] == content[1]
    assert content[0] != content[2]
    assert random_key().stream(8) != random_key().stream(8)


def test_dates_of_a_row_keep_their_order(tmp_path: Path) -> None:
    dice = random.Random(3)
    rows = []
    for _ in range(300):
        start = dice.randrange(20, 27)
        rows.append(
            {
                "start": f"2024-01-{start:02d}",
                "end": f"2024-01-{start + dice.randrange(0, 4):02d}",
                "opened": f"2024-01-{start:02d}T08:{dice.randrange(60):02d}:00Z",
                "closed": f"2024-01-{start:02d}T09:{dice.randrange(60):02d}:00.250Z",
            }
        )
    export = write_rows(tmp_path / "deal.csv", rows)
    rules = rules_for(tmp_path, {"deal": dict.fromkeys(rows[0], "noise")})
    make_copy(export, tmp_path / "out.csv", rules, force=True)
    [written] = tmp_path.glob("out*.csv")
    for row, other in zip(rows, rows_in(written), strict=True):
        assert other["start"] != row["start"]
        assert (other["start"] < other["end"]) >= (row["start"] < row["end"]) - 1
        assert other["start"] <= other["end"]
        assert other["opened"] < other["closed"]
        assert len(other["closed"]) == len(row["closed"])


def test_the_dates_of_one_person_shift_equally_in_every_table(tmp_path: Path) -> None:
    people = [{"id": f"P{n}", "born": f"19{50 + n}-05-05"} for n in range(40)]
    visits = [
        {"who": f"P{n % 40}", "day": f"20{10 + n // 40}-0{1 + n % 9}-11"}
        for n in range(120)
    ]
    places = [
        write_rows(tmp_path / "person.csv", people),
        write_rows(tmp_path / "visit.csv", visits),
    ]
    moving = {"rule": "noise", "days": 3_000}
    rules = rules_for(
        tmp_path,
        {
            "person": {
                "id": {"rule": "scramble", "domain": "person"},
                "born": {**moving, "per": "id"},
            },
            "visit": {
                "who": {"rule": "scramble", "domain": "person"},
                "day": {**moving, "per": "who"},
            },
        },
    )
    make_copy(places, tmp_path / "out", rules, force=True)
    [out] = tmp_path.glob("out*")
    from datetime import date

    def days_between(before: str, after: str) -> int:
        return (date.fromisoformat(after) - date.fromisoformat(before)).days

    by_person = {
        row["id"]: days_between(row["born"], other["born"])
        for row, other in zip(people, rows_in(out / "person.csv"), strict=True)
    }
    for row, other in zip(visits, rows_in(out / "visit.csv"), strict=True):
        # A day in use is skipped.
        assert abs(days_between(row["day"], other["day"]) - by_person[row["who"]]) <= 3


PLANTED = ("Gunhilda", "Kvistofferson", "0709123456", "gunhilda@kvist.se")
NOOKS = (
    "{}",
    "{}!",
    "Vi ringde {} i går; inget svar.",
    "UPPER {} case",
    "https://x.se/?q={}&b=1",
    "<b>{}</b>",
    "a\n{}\nb",
    '"{}", sade hon',
    "({})",
    "\u201c{}\u201d",
)


def test_no_planted_value_survives_anywhere_in_the_copy(tmp_path: Path) -> None:
    from urllib.parse import quote

    rows: list[dict[str, Any]] = []
    for at, nook in enumerate(NOOKS):
        for which, value in enumerate(PLANTED):
            written = nook.format((value, value.upper(), value.lower())[at % 3])
            rows.append(
                {
                    "id": len(rows) + 1,
                    "first": PLANTED[0] if which == 0 else f"Namn{at}{which}",
                    "last": PLANTED[1],
                    "phone": PLANTED[2],
                    "email": PLANTED[3] if at == 0 else f"x{at}{which}@y.se",
                    "note": written,
                    "code": quote(value, safe="") + f"-{at}",
                    "data": {
                        "who": written,
                        value: at,
                        "deep": [{"more": value.upper()}, quote("Å " + value)],
                    },
                }
            )
    export = write_rows(tmp_path / "people.jsonl", rows)
    rules = rules_for(
        tmp_path,
        {
            "people": {
                "id": "permute",
                "first": {"rule": "replace", "words": "firstname"},
                "last": {"rule": "replace", "words": "lastname"},
                "phone": "permute",
                "email": "email",
                "note": "freetext",
                "code": "scramble",
                "data": "json",
            }
        },
    )
    made = make_copy(export, tmp_path / "out.jsonl", rules, force=True)
    [copy] = tmp_path.glob("out*.jsonl")
    text = copy.read_text("utf-8").lower()
    assert made.proof.passed, made.proof.reasons
    for planted in ("gunhilda", "kvistofferson", "0709123456", "kvist.se"):
        assert planted not in text
    assert len(rows_in(copy)) == len(rows)


def test_a_copy_with_a_value_of_its_source_is_withheld(tmp_path: Path) -> None:
    rows = [{"name": f"Zacharias{chr(97 + n)}", "note": "kort"} for n in range(26)]
    export = write_rows(tmp_path / "person.csv", rows)
    out = tmp_path / "out.csv"
    out.write_text("the old copy")
    rule = {"rule": "constant", "value": "fråga Zachariasb om det"}
    rules = rules_for(tmp_path, {"person": {"name": "scramble", "note": rule}})
    made = make_copy(export, out, rules)
    assert not made.proof.passed
    assert made.written is None
    assert out.read_text() == "the old copy"
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".limerun")]
    forced = make_copy(export, out, rules, force=True)
    assert forced.written == tmp_path / "out.unproven.csv"
    assert out.read_text() == "the old copy"


def test_values_that_differ_only_in_case_stay_different(tmp_path: Path) -> None:
    names = ["ANNA", "Anna", "anna", "Åke", "Ake", "ÅKE", "McDonald", "Mcdonald"]
    export = write_rows(tmp_path / "p.csv", [{"name": name} for name in names])
    for rule in ("replace", "freetext", "scramble"):
        rules = rules_for(tmp_path, {"p": {"name": rule}})
        make_copy(export, tmp_path / f"{rule}.csv", rules, force=True)
        [out] = tmp_path.glob(f"{rule}*.csv")
        assert len({row["name"] for row in rows_in(out)}) == len(names), rule


def test_short_codes_that_are_all_in_use_are_permuted(tmp_path: Path) -> None:
    codes = [chr(65 + n) for n in range(26)]
    export = write_rows(tmp_path / "p.csv", [{"code": c} for c in codes * 3])
    rules = rules_for(tmp_path, {"p": {"code": "scramble"}})
    made = make_copy(export, tmp_path / "out.csv", rules)
    assert made.proof.passed, made.proof.reasons
    others = [row["code"] for row in rows_in(tmp_path / "out.csv")]
    assert len(set(others)) == 26
    assert all(a != b for a, b in zip(codes * 3, others, strict=True))
    assert all(re.fullmatch("[A-Z]", other) for other in others)


def test_dates_become_the_first_unused_day_of_their_period(tmp_path: Path) -> None:
    rows = [
        {"born": f"19{80 + n % 4}-{1 + n % 12:02d}-{1 + n % 28:02d}", "seen": seen}
        for n in range(60)
        for seen in (f"2024-0{1 + n % 9}-01T10:{n:02d}:00Z",)
    ]
    export = write_rows(tmp_path / "p.csv", rows)
    by_month = {"rule": "generalize", "to": "month"}
    rules = rules_for(tmp_path, {"p": {"born": "generalize", "seen": by_month}})
    made = make_copy(export, tmp_path / "out.csv", rules)
    assert made.proof.passed, made.proof.reasons
    copy = rows_in(tmp_path / "out.csv")
    assert len({row["born"] for row in copy}) == 4
    born = {row["born"] for row in rows}
    for row, other in zip(rows, copy, strict=True):
        assert other["born"][:4] == row["born"][:4]
        assert other["born"] not in born
        assert other["seen"][:7] == row["seen"][:7]
        assert other["seen"].endswith("T00:00:00Z")
