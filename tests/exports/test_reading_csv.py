"""CSV files: each value as it was written, and every fault reported with its line."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from limerun.errors import ExportError
from tests.exports.reading import opened, read, types_of


def written(folder: Path, text: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_detected(tmp_path: Path, separator: str) -> None:
    table = io.StringIO()
    writer = csv.writer(table, delimiter=separator)
    writer.writerows([("id", "name", "note"), ("1", "a,b;c|d\te", "x"), ("2", "", "y")])
    assert read(written(tmp_path, table.getvalue())) == [
        ("1", "a,b;c|d\te", "x"),
        ("2", None, "y"),
    ]


def test_an_empty_field_is_null_and_a_quoted_empty_field_is_empty_text(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 'id,a,b\n1,,""\n2,"",\n')
    assert read(path) == [("1", None, ""), ("2", "", None)]


def test_in_a_single_column_an_empty_line_is_null(tmp_path: Path) -> None:
    assert read(written(tmp_path, 'name\na\n\n""\nb\n')) == [
        ("a",),
        (None,),
        ("",),
        ("b",),
    ]


def test_values_are_read_exactly_as_written(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c\n007,1.50,+46 70\n-0,1e3, x \n")
    assert read(path) == [("007", "1.50", "+46 70"), ("-0", "1e3", " x ")]


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_bom_and_the_kind_of_line_ends_do_not_matter(
    tmp_path: Path, begin: bytes, end: bytes
) -> None:
    line = b"\r\n" if end == b"\r\n" else b"\n"
    text = begin + "id,ört".encode() + line + "1,å".encode() + end
    with opened(written(tmp_path, text)) as export:
        [column, other] = export.tables["people"].columns
        assert (column.name, other.name) == ("id", "ört")


def test_a_file_with_only_a_header_is_a_table_without_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\n")
    assert types_of(path) == {"id": "text", "name": "text"}
    assert read(path) == []


def test_the_type_of_a_column_depends_on_all_of_its_values(tmp_path: Path) -> None:
    lines = ["a,b,c,d,e,f,g,h,i"]
    row = '{0},{0}.5,true,2024-02-29,2024-01-01T10:00:00Z,x,0{0},"{{""a"": {0}}}",'
    lines += [row.format(number) for number in range(1, 3_000)]
    found = types_of(written(tmp_path, "\n".join(lines)))
    assert list(found.values()) == [
        *("integer", "decimal", "boolean", "date", "time"),
        *("text", "text", "json", "text"),
    ]
    lines.append('x,1,maybe,2023-02-29,noon,x,1,"{",')
    found = types_of(written(tmp_path, "\n".join(lines)))
    assert list(found.values()) == [
        *("text", "decimal", "text", "text", "text"),
        *("text", "text", "text", "text"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("a,b\n1,2\n3\n", r"line 3 \(row 2\): 1 column, but the first row has 2"),
        ("a,b\n1,2\n\n3,4,5\n", r"line 4 \(row 2\): 3 columns"),
        ('a,b\n1,"x\ny"\n2\n', r"line 4 \(row 2\): 1 column"),
        ('a,b\n1,"x\n2,y\n', r"line 2 \(row 1\): the file ends inside a quoted"),
        ('a,b\n1,"x\n2,"y"\n3,z\n', r"line 2 \(row 1\): a quote inside a quoted value"),
        ('a,b\n1,"x"y\n', r"line 2 \(row 1\): a quote inside a quoted value"),
        ("a,a\n1,2\n", 'the column "a" occurs twice'),
        ("a,A\n1,2\n", 'the columns "a" and "A" differ only in case'),
        ("a,,c\n1,2,3\n", "column 2 has no name"),
        ("1,2,3\n4,5,6\n", "line 1: there are values"),
        ("x,eva@example.com\n", "line 1: there are values"),
    ],
)
def test_an_error_is_reported_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ExportError, match=message) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


def test_an_unclosed_quote_that_swallows_a_row_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n0,z\n1,"x\n2,"y"\n3,z\n')
    with pytest.raises(
        ExportError, match=r"line 3 \(row 2\): a quote inside a quoted value"
    ):
        read(path)


def test_quotes_inside_unquoted_values_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n5" pipe,x"y"z\n')
    assert read(path) == [('5" pipe', 'x"y"z')]


@pytest.mark.parametrize("rows_before", [1, 50_000])
def test_bytes_that_are_not_utf8_are_reported_with_their_line_and_likely_encoding(
    tmp_path: Path, rows_before: int
) -> None:
    text = "id,name\n" + "1,Åsa\n" * rows_before
    path = written(tmp_path, text.encode() + "2,Åke\n".encode("latin-1"))
    line = f"{rows_before + 2:,}"
    with pytest.raises(ExportError, match=f"line {line}: byte 0xc5.*WINDOWS-1252"):
        read(path)
    path = written(tmp_path, text.encode("utf-16"))
    message = (
        rf"line 1: byte 0xff.*iconv -f UTF-16LE -t UTF-8 {re.escape(str(path))} > "
    )
    with pytest.raises(ExportError, match=message):
        read(path)


def test_a_value_larger_than_a_block_is_read(tmp_path: Path) -> None:
    long = "x" * 6_000_000
    assert read(written(tmp_path, f'a,b\n1,"{long}"\n2,y\n')) == [
        ("1", long),
        ("2", "y"),
    ]


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.sampled_from([",", '"', '""', "\n", "\r\n", ";", " ", "0", "a\tb"]),
)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    table=st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=20
        )
    ),
    separator=st.sampled_from(",;|"),
)
@example(table=[["\n", '"'], ['",', None]], separator=",")
def test_valid_csv_is_read_as_it_was_written(
    tmp_path: Path, table: list[list[str | None]], separator: str
) -> None:
    def cell(value: str | None) -> str:
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    names = [f"n{at}" for at in range(len(table[0]))]
    lines = [separator.join(names), *(separator.join(map(cell, row)) for row in table)]
    path = written(tmp_path, "\r\n".join(lines).encode())
    assert read(path) == [tuple(row) for row in table]
