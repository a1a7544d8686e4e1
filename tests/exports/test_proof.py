"""The proof: clean copies pass, and everything left of a source is found."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from limerun.errors import ExportError
from limerun.exports.rules import ColumnRule, Rules, TableRules
from limerun.records.adapter import read_document
from limerun.records.proof import Proof
from limerun.records.store import to_json
from tests.exports.copies import (
    Tables,
    column_of,
    counted,
    made_columns,
    made_export,
    prove_tables,
    the_survivor,
)


@pytest.fixture
def source() -> Tables:
    return made_export()


@pytest.fixture
def copy() -> Tables:
    return made_export(copy=True)


def test_a_clean_copy_passes_even_if_free_texts_share_common_words(
    tmp_path: Path, source: Tables, copy: Tables
) -> None:
    shared = "ringde om ordern och ville ha besked"
    for tables in (source, copy):
        assert all(shared in str(note) for note in tables["person"]["note"])
    proof = prove_tables(tmp_path, source, copy)
    assert proof.passed, proof.reasons
    assert proof.reasons == proof.notes == ()
    assert counted(proof) == []


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """Return the proof of a source as its own copy."""
    source, quasi = made_export(), ("person.city", "person.last")
    folder = tmp_path_factory.mktemp("unchanged")
    return prove_tables(folder, source, source, keep=(), quasi=quasi)


def test_an_unchanged_copy_fails(unchanged: Proof) -> None:
    assert not unchanged.passed
    assert {source for source, copy in counted(unchanged) if source == copy} >= {
        *("person.first", "person.last", "person.email", "person.phone"),
        *("person.customer", "person.note", "person.city", "company.name"),
    }
    assert not column_of(unchanged, "person.id").passed


def test_columns_may_have_names_that_the_proof_uses_in_sql(tmp_path: Path) -> None:
    source, copy = made_columns("last", "email")
    names = ("value", "before", "after", "row", "key", "hash")
    for tables in (source, copy):
        last = tables["person"].pop("last")
        tables["person"] |= {name: list(last) for name in names}
    assert prove_tables(tmp_path, source, copy).passed
    for at, name in enumerate(names):
        copy["person"][name][at] = source["person"]["email"][at]
    proof = prove_tables(tmp_path, source, copy)
    assert {copy for _, copy in counted(proof)} == {f"person.{name}" for name in names}


def test_empty_json_may_stay_unchanged(tmp_path: Path) -> None:
    source, copy = made_columns("id", "data")
    for tables in (source, copy):
        for at, nothing in enumerate(("[]", "{}", " [ ] ")):
            data = tables["person"]["data"]
            data[at::4] = [nothing] * len(data[at::4])
    proof = prove_tables(tmp_path, source, copy)
    assert proof.passed, proof.reasons
    assert column_of(proof, "person.data").values_in_common == 0
    copy["person"]["data"][3] = source["person"]["data"][3]
    assert not prove_tables(tmp_path, source, copy).passed


PLANTED: dict[str, tuple[str, str, str, Callable[[str], object]]] = {
    "as it is": ("person.email", "email", "email", str),
    "in capitals": ("person.email", "email", "email", str.upper),
    "with spaces around": ("person.last", "last", "last", lambda value: f"  {value} "),
    "without its accents": ("person.last", "last", "last", lambda _: "ekstrom"),
    "with accents apart": ("person.last", "last", "last", lambda _: "Ekstro\u0308m"),
    "in another column": ("person.email", "email", "first", str),
    "in a kept column": ("person.email", "email", "city", str),
    "inside a note": ("person.last", "last", "note", "hälsa {} från oss".format),
    "inside a note, in capitals": (
        "person.last",
        "last",
        "note",
        lambda value: f"<b>{value.upper()}</b>",
    ),
    "at a note's end": ("person.last", "last", "note", "hälsningar:{}".format),
    "a phone in another format": (
        "person.phone",
        "phone",
        "note",
        lambda value: "ring " + value.replace("-", "").replace(" ", "."),
    ),
    "an e-mail in a note": ("person.email", "email", "note", "skriv till <{}>!".format),
    "encoded for a URL": (
        "person.email",
        "email",
        "note",
        lambda value: "https://x.example/?to=" + quote(value, safe=""),
    ),
    "encoded twice": (
        "person.last",
        "last",
        "note",
        lambda value: quote(quote(f"ö {value} ö")),
    ),
    "for HTML": ("person.last", "last", "note", lambda _: "hej &Ouml;berg, hej"),
    "in base64": (
        "person.email",
        "email",
        "note",
        lambda value: (
            base64.b64encode(f"to: {value}!!".encode()).decode().rstrip("=") + "=="
        ),
    ),
    "in base64 without its end": (
        "person.last",
        "last",
        "note",
        lambda _: "t=" + base64.b64encode("Håkansson".encode()).decode().rstrip("="),
    ),
    "in hexadecimal": (
        "person.last",
        "last",
        "note",
        lambda _: f"0x{'Öberg'.encode().hex()};",
    ),
    "encoded for a URL, in Latin-1": (
        "person.last",
        "last",
        "note",
        lambda _: "?name=%D6BERG&to=DAHL",
    ),
    "encoded for a URL, by a browser of old": (
        "person.last",
        "last",
        "note",
        lambda _: "?name=%u00D6berg",
    ),
    "encoded for a URL, with what mail would read": (
        "person.last",
        "last",
        "note",
        lambda _: "?name=BR%41NDT",
    ),
    "encoded for mail": (
        "person.last",
        "last",
        "note",
        lambda _: "hej =C3=96be=\nrg =3D",
    ),
    "encoded for mail, in Latin-1": (
        "person.last",
        "last",
        "note",
        lambda _: "hej =D6berg",
    ),
    "in UTF-8 read as Latin-1": (
        "person.last",
        "last",
        "note",
        lambda _: "Öberg".encode().decode("cp1252"),
    ),
    "in wide letters": (
        "person.last",
        "last",
        "note",
        lambda _: "".join(chr(ord(letter) + 0xFEE0) for letter in "BRANDT"),
    ),
    "with a hyphen that is not seen": (
        "person.last",
        "last",
        "note",
        lambda _: "Bran\u00addt, Bran\ufeffdt",
    ),
    "as a leaf of JSON": (
        "person.last",
        "last",
        "data",
        lambda value: json.dumps({"a": [{"b": value}]}),
    ),
    "as a name in JSON": (
        "person.email",
        "email",
        "data",
        lambda value: json.dumps({value: 1}),
    ),
    "escaped in JSON": (
        "person.last",
        "last",
        "data",
        lambda _: '{"who": "\\u00d6BERG"}',
    ),
    "escaped in a text": ("person.last", "last", "note", lambda _: "who: \\u00d6berg."),
    "a number in a note": ("person.customer", "customer", "note", "kund {}".format),
    "a word of a user name": ("person.last", "last", "note", "login {}77 ok".format),
}


OWN_COLUMNS = {"email": 2, "last": 3, "city": 1}
"""Columns of the source, and how many values are planted in each."""


@pytest.fixture(scope="module")
def proof_of_planted(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """Return the proof of a copy with every value planted, in extra columns if possible."""
    source, copy = made_export(), made_export(copy=True)
    person = copy["person"]
    clean = {name: list(values) for name, values in person.items()}
    for at, (how, (_, column, into, written)) in enumerate(PLANTED.items()):
        if into in OWN_COLUMNS:
            person[into][at] = written(planted_value(source, column, how))
        else:
            person[how] = list(clean[into])
            person[how][17] = written(planted_value(source, column, how))
    return prove_tables(tmp_path_factory.mktemp("planted"), source, copy)


def planted_value(source: Tables, column: str, how: str) -> str:
    at = source["person"]["last"].index("Ekström" if "accents" in how else "Öberg")
    if "capitals" in how:
        at += 1  # another one than as it is
    if "base64" in how:
        # A length that base64 pads with two characters.
        at = next(
            at
            for at, value in enumerate(source["person"]["email"])
            if len(f"to: {value}!!".encode()) % 3 == 1
        )
    return source["person"][column][at]  # type: ignore[return-value]  # or a number


@pytest.mark.parametrize(
    "how", [how for how, (_, _, into, _) in PLANTED.items() if into not in OWN_COLUMNS]
)
def test_a_planted_value_is_found(proof_of_planted: Proof, how: str) -> None:
    found = [
        each
        for each in proof_of_planted.survivors
        if each.copy == f"person.{how}" and each.counted
    ]
    assert PLANTED[how][0] in {each.source for each in found}
    assert {(each.rows, each.first_row) for each in found} == {(1, 18)}


@pytest.mark.parametrize("into", OWN_COLUMNS)
def test_every_value_planted_in_a_column_of_the_source_is_found(
    proof_of_planted: Proof, into: str
) -> None:
    rows = [
        at for at, (_, _, column, _) in enumerate(PLANTED.values()) if column == into
    ]
    source = "person.email" if into == "city" else f"person.{into}"
    [found] = [
        each
        for each in proof_of_planted.survivors
        if (each.source, each.copy, each.where) == (source, f"person.{into}", "value")
    ]
    assert found.counted
    assert (found.rows, found.first_row) == (OWN_COLUMNS[into], rows[0] + 1)
    assert len(rows) == OWN_COLUMNS[into]


def test_a_value_planted_in_one_column_does_not_count_against_other_columns(
    proof_of_planted: Proof,
) -> None:
    columns = [
        into if into in OWN_COLUMNS else how for how, (_, _, into, _) in PLANTED.items()
    ]
    assert {copy for _, copy in counted(proof_of_planted)} == {
        f"person.{name}" for name in columns
    }


def test_a_value_is_found_in_another_table(tmp_path: Path) -> None:
    source, copy = made_columns("email", company=True)
    copy["company"]["name"][2] = source["person"]["email"][5]
    proof = prove_tables(tmp_path, source, copy)
    survivors = [each for each in proof.survivors if each.counted]
    assert ("person.email", "company.name") in counted(proof)
    assert all(each.first_row == 3 and each.rows == 1 for each in survivors)


def test_a_word_from_a_longer_value_is_found(
    tmp_path: Path, source: Tables, copy: Tables
) -> None:
    copy["person"]["note"][3] = "de köper av Nordvik numera"
    assert counted(prove_tables(tmp_path, source, copy)) == [
        ("company.name", "person.note")
    ]


def test_additional_columns_and_tables_are_searched(tmp_path: Path) -> None:
    source, copy = made_columns("email", "phone")
    copy["person"]["extra"] = list(source["person"]["email"])
    copy["log"] = {"line": [f"sent to {source['person']['phone'][0]}"]}
    proof = prove_tables(tmp_path, source, copy)
    assert ("person.email", "person.extra") in counted(proof)
    assert ("person.phone", "log.line") in counted(proof)
    assert len(proof.notes) == 2


def test_words_of_fewer_than_four_letters_are_not_searched_for(tmp_path: Path) -> None:
    source, copy = made_columns("first", "note")
    copy["person"]["note"][0] = "hälsa Åsa"
    assert prove_tables(tmp_path, source, copy).passed
    copy["person"]["first"][0] = "Åsa"
    assert the_survivor(prove_tables(tmp_path, source, copy)).copy == "person.first"


def test_a_value_inside_a_longer_word_is_not_a_survivor(tmp_path: Path) -> None:
    source, copy = made_columns("first", "note")
    copy["person"]["note"][0] = "Larsbergsvägen och Annandag"
    assert prove_tables(tmp_path, source, copy).passed


def test_columns_kept_unchanged_must_be_named(tmp_path: Path) -> None:
    source, copy = made_columns("first", "city")
    proof = prove_tables(tmp_path, source, copy, keep=())
    assert not proof.passed
    assert the_survivor(proof).copy == "person.city"


def test_a_value_of_a_kept_column_may_occur_elsewhere(tmp_path: Path) -> None:
    source, copy = made_columns("last", "note", "city")
    source["person"]["last"][0] = "Kiruna"
    copy["person"]["note"][0] = "bor i Kiruna"
    assert prove_tables(tmp_path, source, copy).passed
    copy["person"]["last"][0] = "Kiruna"  # in its own column it is a last name
    assert the_survivor(prove_tables(tmp_path, source, copy)).copy == "person.last"


def test_names_in_a_kept_note_are_still_found_elsewhere(tmp_path: Path) -> None:
    source, copy = made_columns("email", "note", "city")
    copy["person"]["note"] = list(source["person"]["note"])
    keep = ("person.city", "person.note")
    assert prove_tables(tmp_path, source, copy, keep=keep).passed
    copy["person"]["note"][0] = f"nytt: {source['person']['email'][0]}"
    assert not prove_tables(tmp_path, source, copy, keep=keep).passed


def test_kept_columns_can_be_named_in_the_rules(tmp_path: Path) -> None:
    source, copy = made_columns("first", "city")
    rules = Rules(
        tables={"person": TableRules(columns={"city": ColumnRule(kind="keep")})}
    )
    proof = prove_tables(tmp_path, source, copy, keep=(), rules=rules)
    assert proof.passed
    assert column_of(proof, "person.city").rule == "keep"


@pytest.mark.parametrize("named", ["person.citty", "persons.city", "city"])
def test_a_missing_column_cannot_be_named_as_kept(tmp_path: Path, named: str) -> None:
    source, copy = made_columns("first", "city")
    with pytest.raises(ExportError, match="no column"):
        prove_tables(tmp_path, source, copy, keep=(named,))
    with pytest.raises(ExportError, match="no column"):
        prove_tables(tmp_path, source, copy, quasi=(named,))


def test_a_saved_proof_can_be_read_and_contains_no_values(
    unchanged: Proof, source: Tables
) -> None:
    text = to_json(unchanged)
    assert read_document(Proof, json.loads(text)) == unchanged
    for table in source.values():
        for values in table.values():
            long_values = {str(value) for value in values if len(str(value)) > 3}
            assert not {value for value in long_values if value in text}
