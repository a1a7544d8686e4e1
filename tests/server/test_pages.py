"""Every row is on one page, and each page names the next."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.dataset.output.generate import index_path, write_index
from limerun.server.api import RowFile
from limerun.server.pages import BadQuery, page_of, window_of

URL = "http://127.0.0.1:1/contracts"
ROWS = st.lists(
    st.fixed_dictionaries({"a": st.text(), "b": st.none() | st.integers()}), max_size=40
)


def stored(rows: list[dict[str, Any]], folder: Path) -> RowFile:
    path = folder / "rows.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_bytes("".join(lines).encode("utf-8", "surrogatepass"))
    write_index(path)
    return RowFile(str(path), str(index_path(path)), len(rows))


def pages(rows: RowFile, query: str, page_size: int) -> Iterator[dict[str, Any]]:
    """Yield each page that a client gets by following `next`."""
    following: str | None = query
    while following is not None:
        window = window_of(following, page_size)
        page = page_of(window, rows.count, URL, rows.items)
        body: dict[str, Any] = json.loads(page.body)
        assert body["next"] == page.next_url
        assert len(body["items"]) == page.rows
        yield body
        following = None if page.next_url is None else urlsplit(page.next_url).query


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=ROWS,
    size=st.integers(1, 50),
    query=st.sampled_from(["", "page=1", "page_size=7", "offset=0", "limit=3"]),
)
def test_following_the_next_links_yields_every_row_once(
    rows: list[dict[str, Any]], size: int, query: str, tmp_path: Path
) -> None:
    seen = list(pages(stored(rows, tmp_path), query, size))
    assert [row for page in seen for row in page["items"]] == rows
    assert {page["total"] for page in seen} == {len(rows)}
    assert len(seen) == max(seen[0]["pages"], 1)
    assert [page["page"] for page in seen] == list(range(1, len(seen) + 1))


def test_a_page_contains_its_position(tmp_path: Path) -> None:
    rows = stored([{"n": n} for n in range(10)], tmp_path)
    [page] = [
        each for each in pages(rows, "page=2&page_size=4", 5) if each["page"] == 2
    ]
    assert page == {
        "items": [{"n": 4}, {"n": 5}, {"n": 6}, {"n": 7}],
        "page": 2,
        "pages": 3,
        "page_size": 4,
        "offset": 4,
        "total": 10,
        "next": f"{URL}?page=3&page_size=4",
    }
    window = window_of("offset=5&limit=2", 5)
    by_offset = json.loads(page_of(window, 10, URL, rows.items).body)
    assert by_offset["items"] == [{"n": 5}, {"n": 6}]
    assert by_offset["next"] == f"{URL}?offset=7&limit=2"


def test_a_page_beyond_the_last_is_empty(tmp_path: Path) -> None:
    rows = stored([{"n": 1}], tmp_path)
    for query in ("page=2", f"page={10**17}", "offset=1", "offset=900"):
        [page] = pages(rows, query, 100)
        assert (page["items"], page["next"]) == ([], None)


def test_a_page_is_never_larger_than_the_maximum() -> None:
    assert window_of("page_size=5000", 100).size == 100
    assert window_of("limit=5000&offset=3", 100).size == 100
    assert window_of("limit=20", 100).size == 20
    assert window_of("sort=name&fields=all", 100).size == 100


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("page=0", "page: '0' must be a whole number, 1 or more"),
        ("page=", "page: '' must be a"),
        ("page=x", "page: 'x' must be a"),
        ("page=-1", "page: '-1' must be a"),
        ("page=1.0", "page: '1.0' must be a"),
        ("page=%C2%B2", "page: '²' must be a"),
        ("page_size=0", "page_size: '0' must be a whole number, 1 or more"),
        ("limit=0", "limit: '0' must be a"),
        ("offset=-5", "offset: '-5' must be a whole number, 0 or more"),
        (f"offset={10**18}", "must be a whole number"),
        ("page=1&offset=5", "use either page and page_size, or offset and limit"),
        ("page_size=5&offset=5", "use either page and page_size"),
    ],
)
def test_an_invalid_query_is_refused_with_the_reason(query: str, says: str) -> None:
    with pytest.raises(BadQuery) as caught:
        window_of(query, 100)
    assert says in str(caught.value)


def test_an_index_of_a_different_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n')
    write_index(path)
    with pytest.raises(ValueError, match="has 2 rows, not 3"):
        RowFile(str(path), str(index_path(path)), 3)


def test_rows_can_be_read_across_the_blocks_of_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limerun.dataset.output.generate._CHUNK_BYTES", 7)
    rows = [{"n": "x" * (n % 11)} for n in range(50)]
    held = stored(rows, tmp_path)
    assert json.loads(held.items(0, 50)) == rows
    assert json.loads(held.items(31, 34)) == rows[31:34]
