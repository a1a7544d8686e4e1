"""CSV files without a row of names are refused, and ordinary names are accepted."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from limerun.dataset.words.locales import LOCALES
from limerun.errors import ExportError
from limerun.exports.reading.csv_header import columns_of_values
from tests.dataset.plans import plan_of, values_of
from tests.exports.reading import read


def written(folder: Path, text: str) -> Path:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "1,Lovisa,1984-03-02\n2,Algot,1990-11-23\n3,Signe,1979-06-30\n",
        "1,Lovisa,1984-03-02\n",
        "1,Lovisa,1984\n2,Algot,1990\n3,Bo,1977\n",
        "18840302-0000\tTesta Testsson\n18901123-0000\tProvo Provsson\n",
        "anna@kund.test;0701740605\nbo@kund.test;0701740606\n",
        "Lovisa,Berg\nAlgot,Ek\n",
        "Lovisa Berg\nAlgot Ek\nSigne Lind\n",
        "Lund,aktiv,Firma X\nMalmö,aktiv,Firma Y\nLund,passiv,Z\n",
        "Berg Bygg AB;Göteborg\nLind & Ek HB;Lund\n",
        "556036-0793,Firma AB\n556036-0801,Annan AB\n",
        "Lovisa,1999,12\nAlgot,350,33\nSigne,12,44\n",
        "1;Lovisa;unknown\n2;Algot;55\n3;Bo;77\n",
        "550e8400-e29b-41d4-a716-446655440000,x\n"
        "650e8400-e29b-41d4-a716-446655440001,y\n",
        "2024-01-01T10:00:00,open\n2024-01-02T11:00:00,closed\n",
        "12 mars 1984;Bo\n14 maj 1990;Al\n",
        "K-0001;Stol\nK-0002;Bord\n",
        "1,,Lovisa\n2,x,Algot\n",
        "1\n2\n3\n",
        "0980-319 208\n08-465 004 17\n",
        "Storgatan 12,211 42 Malmö\nLilla gatan 3,222 22 Lund\n",
    ],
)
def test_a_first_row_of_data_is_refused_without_showing_its_values(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(
        ExportError, match="line 1: there are values instead of column names"
    ) as why:
        read(written(tmp_path, text))
    for value in text.splitlines()[0].replace(";", ",").replace("\t", ",").split(","):
        message = str(why.value).partition(": ")[2]  # the folder's name may hold one
        assert len(value) < 3 or value not in message


@pytest.mark.parametrize(
    "text",
    [
        "name,phone2,2024,Q1,id\nBo,070123,5,6,1\nAl,070124,7,8,2\n",
        "region,2023,2024\nNorth,153,209\nSouth,33,44\n",
        "2023,2024\n1,2\n3,4\n",
        "2023,2024\n",
        "id,2023,2024,2025\n1,4,5,6\n2,4,5,6\n",
        "region,1,2,3,4\nN,5,6,7,8\nS,4,3,2,1\n",
        "001,002,003,land\n1,2,3,Sverige\n4,5,6,Norge\n",
        "region,2024-01,2024-02\nN,5,6\nS,7,8\n",
        "product,0-9,10-19,20-29\nA,3,4,5\nB,6,7,8\n",
        "Name,Address 1,Town\nBo,Storgatan 12,Lund\nAl,Lillgatan 3,Malmö\n",
        "Street address 1,Work phone 2\nStora gatan 12,070 12\nLillgatan 3,071 13\n",
        "First name,Last name\nLovisa,Ek\nAlgot,Berg\n",
        "May,June,July\n4,5,6\n7,8,9\n",
        "Kön,Ålder\nman,34\nkvinna,33\n",
        "q1,q2,q3\na1,b2,c3\na2,b1,c1\n",
        "from,to\nA,B\nB,A\n",
        "note\nHello, world; again\n",
        "x\n",
    ],
)
def test_ordinary_names_and_names_in_pivot_tables_are_accepted(
    text: str, tmp_path: Path
) -> None:
    rows = [line.split(",") for line in text.splitlines()]
    assert columns_of_values(rows) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Customers 2024\nid;name\n1;Lovisa\n2;Algot\n", 2),
        ("Customers, 2024-01-01\n\nid;name;x\n1;Bo;2\n2;Al;3\n", 3),
        ("Customers;;;\nid;name;x;y\n1;Bo;2;3\n2;Al;3;3\n", 2),
        ('"Two\nlines"\nid\tname\n1\tBo\n2\tAl\n', 3),
        ("A title\nMade 2024-01-01\nid|name\n1|Bo\n2|Al\n", 3),
        ("Customers, 2024-01-01\nid,name\n1,Bo\n2,Al\n", 2),
        ("Customers, 2024-01-01, page 1, all\nid,name\n1,Bo\n2,Al\n", 2),
        ("Customers, North, South\nid,name\n1,Bo\n2,Al\n", 2),
        ("Made,2024-01-01,08:15\nid,name,day\n1,Bo,2024-05-06\n2,Al,2024-05-07\n", 2),
        ("All,Bo\nFrom,2024-01-01\nid,name\n1,Bo\n2,Al\n", 3),
    ],
)
def test_a_title_line_is_refused_with_the_line_number_of_the_header(
    tmp_path: Path, text: str, line: int
) -> None:
    with pytest.raises(ExportError, match=f"line {line} seems to have the names"):
        read(written(tmp_path, text))


TYPES = {"integer": "integer", "date": "date", "time": "time", "decimal": "decimal"}
TELLING = ["firstname", "email", "phone", "nationalid", "date", "time", "integer"]
OTHER = ["lastname", "company", "city", "street", "postalcode", "link", "decimal"]


@settings(max_examples=40, deadline=None)
@given(
    kinds=st.lists(st.sampled_from([*TELLING, *OTHER]), min_size=1, unique=True),
    telling=st.sampled_from(TELLING),
    rows=st.integers(2, 30),
    seed=st.integers(0, 2**32),
    locale=st.sampled_from([*LOCALES]),
)
@example(["nationalid"], "firstname", 2, 2, "fi_FI")
def test_a_missing_header_is_detected_from_the_values(
    kinds: list[str], telling: str, rows: int, seed: int, locale: str
) -> None:
    kinds = [*kinds, telling] if telling not in kinds else kinds
    properties = {kind: {"type": TYPES.get(kind, "string")} for kind in kinds}
    overrides = {f"thing.{kind}": {"kind": kind} for kind in kinds}
    plan = plan_of(
        {"thing": properties}, {"thing": rows}, overrides, seed=seed, locale=locale
    )
    columns = [[str(value) for value in values_of(plan, "thing", k)] for k in kinds]
    table = [list(row) for row in zip(*columns, strict=True)]
    assert columns_of_values(table)
    assert not columns_of_values([kinds, *table])
