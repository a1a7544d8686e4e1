"""What `limerun doctor` prints about durations."""

import io

import pytest
from rich.console import Console

from limerun.records import Examination
from limerun.report.terminal.doctor_view import render


@pytest.mark.parametrize(
    ("contention", "text"),
    [
        (None, "Contention: not measured on this system; durations are wall time."),
        (0.001, "Contention: measured; durations are judged without it."),
        (
            0.3,
            "Contention: measured; durations are judged without it. This machine was "
            "busy: 300 of 400 ms were spent waiting for a processor.",
        ),
    ],
)
def test_doctor_says_whether_contention_is_measured(
    contention: float | None, text: str
) -> None:
    examination = Examination(
        spike_bytes=100_000_000,
        methods=(),
        used=None,
        baseline_bytes=12_000_000,
        worst_gap_seconds=None,
        processes="sampled only",
        duration_seconds=0.4,
        contention_seconds=contention,
        missing=(),
    )
    stream = io.StringIO()
    render(examination, Console(file=stream, width=200, color_system=None))
    assert text in stream.getvalue().splitlines()
