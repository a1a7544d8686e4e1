"""Small exports and clean copies of them; tests plant values in the copies."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.exports.proof import prove
from limerun.exports.reading.open_export import opened_export
from limerun.exports.rules import Rules
from limerun.progress import Progress
from limerun.records.proof import Proof, ProvenColumn, Survivor

Columns = dict[str, list[object]]
Tables = dict[str, Columns]

_SOURCE = (
    (
        "Anna",
        "Björn",
        "Åsa",
        "Karin",
        "Lars",
        "Sofia",
        "Nils",
        "Ingrid",
        "Olle",
        "Erik",
    ),
    ("Svensson", "Ekström", "Lindqvist", "Öberg", "Håkansson", "Brandt", "Nyström"),
    ("Nordvik Trading AB", "Holmqvist & Co", "Bageriet Solrosen", "Fjordkraft"),
    ("Lund", "Umeå", "Kiruna"),
)
_COPY = (
    (
        "Xola",
        "Vrika",
        "Brosa",
        "Kjurn",
        "Marix",
        "Tarsu",
        "Wofia",
        "Bilso",
        "Ongra",
        "El",
    ),
    ("Krensson", "Ulvik", "Findqvar", "Aberk", "Bakandson", "Grunt", "Tyrström"),
    ("Sutvik Plading AB", "Tolmavist & Co", "Vageruet Kolrosor", "Djordkrams"),
    ("Lund", "Umeå", "Kiruna"),
)
_SAID = "ringde om ordern och ville ha besked snart, sedan dess har inget mer hänt"


def made_export(rows: int = 80, *, copy: bool = False) -> Tables:
    """Return two tables of the same kinds of values; they share only the cities."""
    dice = random.Random(2 if copy else 1)
    first, last, firms, cities = _COPY if copy else _SOURCE
    domain = "qorp.example" if copy else "firma.se"
    person: Columns = {
        name: []
        for name in (
            *("id", "first", "last", "email", "phone", "customer", "born"),
            *("city", "note", "data", "company_id"),
        )
    }
    ids = list(range(1, rows + 1))
    dice.shuffle(ids)
    for row in ids:
        names = dice.choice(first), dice.choice(last)
        number = f"{dice.randrange(10**8):08d}"
        person["id"].append(row)
        person["first"].append(names[0])
        person["last"].append(names[1])
        person["email"].append(f"{names[0]}.{names[1]}{row}@{domain}".lower())
        person["phone"].append(
            f"07{number[0]}-{number[1:4]} {number[4:6]} {number[6:]}"
        )
        person["customer"].append(dice.randrange(10**11, 10**12))
        born = f"19{dice.randrange(40, 99)}-{dice.randrange(1, 13):02d}"
        person["born"].append(f"{born}-{dice.randrange(1, 13) * 2 + copy:02d}")
        person["city"].append(dice.choice(cities))
        person["note"].append(f"{names[0]} {_SAID} {dice.randrange(99)}")
        person["data"].append(json.dumps({"who": " ".join(names), "open": True}))
        person["company_id"].append(dice.randrange(1, len(firms) + 1))
    company: Columns = {"id": list(range(1, len(firms) + 1)), "name": list(firms)}
    return {"person": person, "company": company}


def made_columns(
    *names: str, rows: int = 80, company: bool = False
) -> tuple[Tables, Tables]:
    """Return a source and its copy with these columns of persons; each costs time."""
    made = (made_export(rows), made_export(rows, copy=True))
    for tables in made:
        tables["person"] = {name: tables["person"][name] for name in names}
        if not company:
            del tables["company"]
    return made


def write_export(
    folder: Path, tables: Mapping[str, Mapping[str, Sequence[object]]]
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in tables.items():
        pq.write_table(pa.table(dict(columns)), folder / f"{name}.parquet")
    return folder


def prove_tables(
    folder: Path,
    source: Tables,
    copy: Tables,
    *,
    keep: Sequence[str] | None = None,
    rules: Rules | None = None,
    quasi: Sequence[str] = (),
) -> Proof:
    """Write a source and its copy as files, and return the proof; cities are kept."""
    if keep is None:
        keep = ("person.city",) if "city" in source.get("person", ()) else ()
    before = write_export(folder / "source", source)
    after = write_export(folder / "copy", copy)
    progress = Progress()
    with (
        opened_export([str(before)], progress=progress) as one,
        opened_export([str(after)], progress=progress) as two,
    ):
        return prove(one, two, rules=rules, keep=keep, quasi=quasi, progress=progress)


def column_of(proof: Proof, name: str) -> ProvenColumn:
    table, _, column = name.partition(".")
    [proven] = [each for each in proof.tables if each.name == table]
    [found] = [each for each in proven.columns if each.name == column]
    return found


def counted(proof: Proof) -> list[tuple[str, str]]:
    """Return where values came from and where they were found."""
    return [(each.source, each.copy) for each in proof.survivors if each.counted]


def the_survivor(proof: Proof) -> Survivor:
    [found] = [each for each in proof.survivors if each.counted]
    return found
