"""What a command sends to the worker consists of plain values."""

import json
from pathlib import Path

from limerun.records.outcome import WorkerFault


def test_a_fault_is_sent_as_plain_values() -> None:
    fault = WorkerFault(kind="kill", at="row", number=3, report=Path("lines"))
    assert json.loads(json.dumps(fault.request())) == {
        "kind": "kill",
        "at": "row",
        "number": 3,
        "report": "lines",
    }
