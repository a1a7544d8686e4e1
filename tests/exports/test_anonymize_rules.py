"""Invalid rules are refused with line and column, before a copy is made."""

import re
from pathlib import Path

import pytest

from limerun.dataset.words.check_digits import CHECKS
from limerun.errors import ConfigError, ExportError, LimerunError
from limerun.exports.anonymize.rule_kinds import KINDS
from limerun.exports.anonymize.rules_file import read_rules, read_rules_file
from limerun.exports.anonymize.suggest import suggest_rules
from limerun.exports.value_maps.key import read_key
from limerun.progress import Progress
from tests.exports.anonymizing import FIXTURE, make_copy, rules_from, write_rows


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "{rule: permut}",
            '7:17: tables.t.columns.c.rule: "permut": is not a rule; did you mean "permute"?',
        ),
        ("shuffle", "because it keeps every value"),
        ("hash", "can be reversed by trying values"),
        ("drop", "use clear to remove the values"),
        ("", "must be a rule"),
        ("{rule: null}", "has no rule; use one of keep"),
        ("{domain: a}", "has no rule"),
        ("{rule: email, percent: 3}", "percent: is not an option of email"),
        ("{rule: keep, domain: a}", "domain: is not an option of keep"),
        ("{rule: noise, percent: 900}", "900: must be from 0.1 to 90"),
        ("{rule: noise, days: 1.5}", "1.5: must be a whole number"),
        ("{rule: noise, percent: true}", "true: must be a number"),
        ("{rule: replace, words: nmes}", "must be one of firstname"),
        ("{rule: permute, check: lun}", "must be one of luhn"),
        ("{rule: constant}", "constant needs the option value"),
        ("{rule: constant, value: x, duplicates: no}", "false: must be true"),
        ("{rule: scramble, domain: 3}", "3: must be a name"),
        ("[keep]", "must be a rule"),
    ],
)
def test_an_invalid_rule_is_refused_with_its_position(
    tmp_path: Path, rule: str, message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        rules_from(
            tmp_path,
            f"# rules\n\ntables:\n  t:\n    columns:\n      a: keep\n      c: {rule}\n",
        )
    assert message in str(refused.value)
    assert str(tmp_path / "rules.yaml:7:") in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "tables: {t: {columns: {a: keep}, quasi_identifiers: [b]}}",
            '"b": is not a column',
        ),
        ("tables: {t: {columns: {a: keep}, quasi: [a]}}", "quasi: is an unknown key"),
        (
            "tables: {t: {columns: {a: keep}}}\nlocale: sv_SE",
            "locale: is an unknown key",
        ),
        ("tables: {t: [a]}", "must be a mapping with the key columns"),
        ("tables: {}", "must be a mapping of tables"),
        ("", "must be a mapping with the key tables"),
        ("tables: {t: {columns: {a: keep}, quasi_identifiers: a}}", "must be a list"),
        ("tables: {t: {columns: {a: !!python/object:os.system x}}}", "is not allowed"),
    ],
)
def test_a_file_with_invalid_structure_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        rules_from(tmp_path, text)
    assert message in str(refused.value)


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        rules_from(tmp_path, "tables: {t: {columns: {a: kep, b: hash, c: noize}}}")
    assert str(refused.value).count("rules.yaml:1:") == 3


def test_rules_are_read_with_kinds_options_and_domains() -> None:
    rules = read_rules(FIXTURE / "rules.yaml")
    person = rules.tables["person"]
    assert person.columns["company_id"].domain == "company.id"
    assert person.columns["birthdate"].options == {"days": 180}
    assert person.quasi_identifiers == ("gender", "birthdate")
    assert person.columns["status"].kind == "keep"


ROWS = [
    {
        "id": at,
        "name": f"Namn{at}",
        "amount": f"{at % 7}.50",
        "day": f"2024-05-{1 + at % 9:02d}",
        "flag": "true" if at % 2 else "false",
        "sort": "ab"[at % 2],
    }
    for at in range(1, 31)
]
FITTING = {
    "id": "permute",
    "name": "scramble",
    "amount": "noise",
    "day": "noise",
    "flag": "keep",
    "sort": "scramble",
}


def refused(folder: Path, changed: dict[str, str | None], more: str = "") -> str:
    """Return the message about rules, some of them changed or left out."""
    export = write_rows(folder / "t.csv", ROWS)
    lines = [
        f"      {name}: {rule}\n"
        for name, rule in {**FITTING, **changed}.items()
        if rule is not None
    ]
    file = rules_from(folder, f"tables:\n  t:\n    columns:\n{''.join(lines)}{more}")
    with pytest.raises(LimerunError) as error:
        make_copy(export, folder / "out.csv", file)
    assert not (folder / "out.csv").exists()
    return str(error.value)


def test_all_columns_without_a_rule_are_named_together(tmp_path: Path) -> None:
    message = refused(tmp_path, {"name": None, "day": None})
    assert "2 of the export's columns have no rule: t.name, t.day" in message
    assert f"limerun dataset anonymize {tmp_path / 't.csv'} --suggest" in message


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"id": "noise"}, "noise may make some of them equal; use permute"),
        (
            {"name": "{rule: generalize}"},
            "use scramble, permute, replace or clear",
        ),
        (
            {"name": "{rule: constant, value: x}"},
            "constant may make some of them equal",
        ),
        ({"name": "noise"}, "noise does not fit the type text; use one of keep, clear"),
        ({"day": "permute"}, "permute does not fit the type date"),
        (
            {"flag": "scramble"},
            "scramble does not fit the type boolean; use one of keep",
        ),
        (
            {"day": "{rule: noise, percent: 5}"},
            "percent: has no effect on the type date",
        ),
        ({"day": "{rule: noise, duplicates: true}"}, "has no effect on the type date"),
        (
            {"amount": "{rule: noise, days: 5}"},
            "days: has no effect on the type decimal",
        ),
        (
            {"day": "{rule: noise, per: nmae}"},
            'is not a column of t; did you mean "name"?',
        ),
        ({"sort": "{rule: replace, gender: flag}"}, "only with words: firstname"),
        ({"nme": "keep"}, 'is not a column of t; did you mean "name"?'),
        (
            {
                "name": "{rule: scramble, domain: d}",
                "sort": "{rule: freetext, domain: d}",
            },
            '"d": is a domain of shapes on line 5, but of words here',
        ),
    ],
)
def test_a_rule_that_does_not_match_the_column_is_refused_before_writing(
    tmp_path: Path, changed: dict[str, str | None], message: str
) -> None:
    assert message in refused(tmp_path, changed)


def test_values_may_become_equal_if_the_rule_allows_duplicates(tmp_path: Path) -> None:
    export = write_rows(tmp_path / "t.csv", ROWS)
    lines = {**FITTING, "name": "{rule: constant, value: N, duplicates: true}"}
    text = "".join(f"      {name}: {rule}\n" for name, rule in lines.items())
    rules = rules_from(tmp_path, f"tables:\n  t:\n    columns:\n{text}")
    made = make_copy(export, tmp_path / "out.csv", rules)
    assert made.proof.passed, made.proof.reasons


def test_two_different_check_digits_in_one_domain_are_refused(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {
        "name": "{rule: permute, domain: d, check: luhn}",
        "sort": "{rule: permute, domain: d}",
    }
    assert "has a different check on line 5" in refused(tmp_path, changed)


def test_rules_for_a_missing_table_are_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, {}, more="  tt:\n    columns: {a: keep}\n")
    assert 'tables.tt: is not a table of the export; did you mean "t"?' in message


def test_a_column_without_values_accepts_any_rule(tmp_path: Path) -> None:
    export = write_rows(tmp_path / "t.csv", [{"a": "x1", "b": None}] * 3)
    rules = rules_from(tmp_path, "tables: {t: {columns: {a: scramble, b: noise}}}")
    assert make_copy(export, tmp_path / "out.csv", rules).proof.passed


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"x" * 15, 0o600, "the key has 15 bytes; it must have 16"),
        (b"x" * 16, 0o640, "other users may read or change the key"),
        (b"x" * 16, 0o604, "chmod 600"),
    ],
)
def test_a_short_or_unprotected_key_is_refused(
    tmp_path: Path, content: bytes, mode: int, message: str
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(ExportError, match=message):
        read_key(path)


def test_a_key_of_sixteen_bytes_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"x" * 16)
    path.chmod(0o600)
    assert read_key(path).stream(4) == read_key(path).stream(4)
    with pytest.raises(ExportError, match="no such key file; make one"):
        read_key(tmp_path / "other")


@pytest.fixture(scope="module")
def suggested() -> str:
    return suggest_rules([str(FIXTURE / "crm")], Progress())


def test_suggested_rules_match_the_columns_and_the_copy_passes(
    tmp_path: Path, suggested: str
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(suggested, encoding="utf-8")
    made = make_copy(FIXTURE / "crm", tmp_path / "out", read_rules_file(path))
    assert made.proof.passed, made.proof.reasons
    assert all(f"#   {kind}" in suggested for kind in KINDS)


def test_suggested_rules_depend_on_the_contents_of_the_columns(suggested: str) -> None:
    for line in (
        "id: {rule: permute, domain: company.id}",
        "company_id: {rule: permute, domain: company.id}",
        "person_id: {rule: permute, domain: person.id}",
        "registrationno: {rule: permute, check: luhn}",
        "firstname: {rule: replace, words: firstname, gender: gender}",
        "email: email ",
        "phone: permute ",
        "birthdate: {rule: noise, days: 180}",
        "note: freetext",
        "details: json",
        "quasi_identifiers: [gender, birthdate]",
    ):
        assert line in suggested
    kept = [line for line in suggested.splitlines() if ": keep " in line]
    assert len(kept) == 4
    assert all("DECIDE" in line for line in kept)


def test_suggested_rules_contain_no_value_of_the_export(suggested: str) -> None:
    for value in ("active", "meeting", "lead"):
        assert value not in suggested.partition("tables:")[2].replace(
            "active: keep", ""
        )


def test_texts_of_an_unknown_kind_are_scrambled(tmp_path: Path) -> None:
    rows = [
        {"x": f"Blandat {n}a", "handler": ("Eva", "Bo", "Siv")[n % 3]}
        for n in range(60)
    ]
    text = suggest_rules([str(write_rows(tmp_path / "t.csv", rows))], Progress())
    assert "x: scramble" in text
    assert "handler: scramble" in text  # capitals: these may be names
    assert "use keep if these are options" in text


def test_names_with_a_special_meaning_in_yaml_are_quoted(tmp_path: Path) -> None:
    rows = [{"no": "a b", "on: x": "c", "år": 2020 + n} for n in range(30)]
    path = write_rows(tmp_path / "t.csv", rows)
    text = suggest_rules([str(path)], Progress())
    rules = rules_from(tmp_path, text)
    assert set(rules.rules.tables["t"].columns) == {"no", "on: x", "år"}


def test_the_documentation_names_every_kind_of_rule_and_option() -> None:
    page = (FIXTURE.parents[1] / "limerun/docs/exports.md").read_text("utf-8")
    table = page.partition("| rule |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_0-9-]+)`", table))
    options = {name for kind in KINDS.values() for name in kind.options}
    assert {*KINDS, *options, *CHECKS} <= named
