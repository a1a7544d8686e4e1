"""Tasks that read a source of each kind, as tasks do, and return how many rows."""

import csv
import json
import signal
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen


def read_jsonl(place: str) -> int:
    with open(place, encoding="utf-8") as file:
        return sum(1 for line in file if json.loads(line)["number"])


def read_csv(place: str) -> int:
    with open(place, encoding="utf-8", newline="") as file:
        return sum(1 for row in csv.DictReader(file) if row["number"])


def read_json(place: str) -> int:
    with open(place, encoding="utf-8") as file:
        return len(json.load(file))


def read_parquet(place: str) -> int:
    from pyarrow import parquet

    with open(place, "rb") as file:
        return sum(len(batch) for batch in parquet.ParquetFile(file).iter_batches())


def fetch(place: str) -> int:
    return sum(len(page["items"]) for page in pages(place))


def fetches_and_waits(place: str, note: str) -> None:
    for _ in pages(place):
        with open(note, "w") as file:
            file.write("begun")
        signal.pause()


def pages(url: str) -> Iterator[dict[str, Any]]:
    following: str | None = url
    while following is not None:
        with urlopen(following) as response:
            page = json.load(response)
        yield page
        following = page["next"]
