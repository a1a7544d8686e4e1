"""Draw the README's picture: the report of a real run of the naive import."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from limerun.cli.saved_records import read_record
from limerun.report.terminal.record_view import render

ROOT = Path(__file__).parents[1]
CONFIG = "configs/import-contracts-naive.yaml"
PICTURE = ROOT / ".github" / "report.svg"


def main() -> None:
    """Run the task once and draw what the terminal would show."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, "record.json")
        subprocess.run(
            [sys.executable, "-m", "limerun", "capacity-test", CONFIG, "--json", saved],
            cwd=ROOT,
            check=False,
        )
        record = read_record(saved)
    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True)
    render(record, console, outputs=())
    PICTURE.write_text(
        console.export_svg(
            title="limerun capacity-test configs/import-contracts-naive.yaml"
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
