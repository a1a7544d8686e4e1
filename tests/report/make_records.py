"""Write the example records in fixtures/records, identical on every machine.

`make records` rewrites them and the JSON Schema of a record.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from limerun.records import Record
from limerun.records.adapter import record_schema_text
from limerun.records.store import to_json
from tests.builders import with_times
from tests.report import made_endings, made_growth, made_others, made_resilience

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "records"
SCHEMA_FILE = ROOT / "limerun" / "record.schema.json"

MAKERS: Mapping[str, Callable[[], Record]] = {
    "passed": made_endings.passed,
    "failed": made_endings.failed,
    "raised": made_endings.raised,
    "crashed": made_endings.crashed,
    "killed": made_endings.killed,
    "timeout": made_endings.timeout,
    "interrupted": made_endings.interrupted,
    "inconclusive": made_others.inconclusive,
    "run": made_others.run,
    "profile": made_others.profile,
    "estimate": made_growth.estimate,
    "stopped": made_growth.stopped,
    "resilience": made_resilience.resilience,
}

BUSY = {"timeout": 0.4}
"""Records of a busy machine: the share of the duration that is contention."""


def _timed(name: str) -> Record:
    """Return a record whose durations are divided into parts."""
    record = MAKERS[name]()
    share = BUSY.get(name, 0.0)
    runs = [
        with_times(run, share * (run.duration_seconds or 0.0)) for run in record.runs
    ]
    return replace(record, runs=tuple(runs))


RECORDS: Mapping[str, Callable[[], Record]] = {
    name: partial(_timed, name) for name in MAKERS
}


def main() -> None:
    SCHEMA_FILE.write_text(record_schema_text(), encoding="utf-8")
    for name, make in RECORDS.items():
        FOLDER.joinpath(f"{name}.json").write_text(to_json(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
