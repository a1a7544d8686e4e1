"""Helpers that make an anonymized copy and read it."""

import csv
import json
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from limerun.exports.anonymize.anonymized_copy import CopyRequest, CopyResult, anonymize
from limerun.exports.anonymize.rules_file import RulesFile, read_rules_file
from limerun.exports.value_maps.key import Key, random_key
from limerun.progress import Progress

FIXTURE = Path(__file__).parents[2] / "fixtures" / "exports"


def rules_from(folder: Path, text: str) -> RulesFile:
    path = folder / "rules.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return read_rules_file(path)


def rules_for(folder: Path, tables: Mapping[str, Mapping[str, object]]) -> RulesFile:
    """Write rules, each a kind or a mapping, as JSON, which is valid YAML."""
    written = {name: {"columns": columns} for name, columns in tables.items()}
    path = folder / "rules.yaml"
    path.write_text(json.dumps({"tables": written}), encoding="utf-8")
    return read_rules_file(path)


def make_copy(
    places: Path | Iterable[Path | str],
    out: Path | str,
    rules: RulesFile,
    *,
    key: Key | None = None,
    force: bool = False,
    format: Any = None,
) -> CopyResult:
    listed = [places] if isinstance(places, Path) else places
    order = CopyRequest(
        places=[str(place) for place in listed],
        out=str(out),
        format=format,
        rules=rules,
        key=key or random_key(),
        force=force,
    )
    return anonymize(order, Progress())


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as CSV or JSON Lines; None means null."""
    if path.suffix == ".jsonl":
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def rows_in(path: Path, separator: str = ",") -> list[dict[str, Any]]:
    """Return the rows of a CSV or JSON Lines file."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=separator))
