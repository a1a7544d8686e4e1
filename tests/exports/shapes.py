"""An export with all kinds of columns, and its shape."""

import json
import random
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from limerun.exports.shape.measure import measure_shape
from limerun.exports.shape.shape_file import checked_shape_text
from limerun.exports.tables import Export
from limerun.progress import Progress
from limerun.records.shape import Shape
from tests.exports.reading import opened


def shape_of(*places: Path, allowed: tuple[str, ...] = ()) -> tuple[Shape, str]:
    with opened(*places) as export:
        return shape_of_export(export, allowed=allowed)


def shape_of_export(
    export: Export, *, allowed: tuple[str, ...] = ()
) -> tuple[Shape, str]:
    shape = measure_shape(export, allowed=allowed, progress=Progress())
    return shape, checked_shape_text(export, shape)


def json_table(folder: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def crm(folder: Path, people: int = 3_000) -> tuple[list[Path], list[dict[str, Any]]]:
    """Write an export with all kinds of columns; return its files and rows."""
    draw = random.Random(7)
    companies = [
        {"id": 1_000 + n * 7, "name": f"Bolaget {n} AB", "orgno": f"55{n:04}-{n:04}"}
        for n in range(200)
    ]
    owners = [company["id"] for company in companies[:150]]
    rows = []
    for n in range(people):
        start = draw.randrange(1_500_000_000, 1_600_000_000)
        row: dict[str, Any] = {
            "id": n + 1,
            "company_id": owners[min(int(draw.paretovariate(1)) - 1, 149)],
            "email": f"{''.join(draw.choices(string.ascii_lowercase, k=6))}{n}@firma.se",
            "phone": f"070-{draw.randrange(10**7):07}",
            "status": draw.choices(["active", "prospect", "lost"], [6, 3, 1])[0],
            "amount": round(draw.lognormvariate(8, 1.5), 2),
            "year": draw.choice([1998, 2004, 2011, 2019]),
            "vip": draw.random() < 0.1,
            "born": f"{draw.randrange(1940, 2005)}-{draw.randrange(1, 13):02}-17",
            "started": _iso(start),
            "ended": _iso(start + draw.randrange(0, 90 * 86_400)),
            "note": " ".join(draw.choices(["ringde", "mötet", "avtal", "11:30"], k=6)),
            "tags": [draw.choice(["röd", "grön"])],
        }
        for name in ("phone", "born", "ended"):
            if draw.random() < 0.25:
                row[name] = None
        rows.append(row)
    places = [
        json_table(folder, "company", companies),
        json_table(folder, "person", rows),
    ]
    return places, [*companies, *rows]


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
