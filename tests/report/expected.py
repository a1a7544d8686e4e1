"""Compare a whole report with its file in tests/report/expected.

`LIMERUN_REWRITE=1 python -m pytest tests/report` rewrites the files.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "expected"


def assert_as_expected(name: str, text: str) -> None:
    path = FOLDER / name
    if os.environ.get("LIMERUN_REWRITE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
