"""Make the saved records in fixtures/records: invented, complete, the same each time.

`python -m tests.report.make_records` writes them again.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from limerun.records import Record
from limerun.store import to_json
from tests.report import made_endings, made_growth, made_others

FOLDER = Path(__file__).parents[2] / "fixtures" / "records"

RECORDS: Mapping[str, Callable[[], Record]] = {
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
}


def main() -> None:
    for name, make in RECORDS.items():
        FOLDER.joinpath(f"{name}.json").write_text(to_json(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
