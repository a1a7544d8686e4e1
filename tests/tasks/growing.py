"""Tasks over a file whose growth is known."""

import json
import signal
import time


def counts(path: str) -> int:
    with open(path) as file:
        return sum(len(json.loads(line)) for line in file)


def keeps(path: str, bytes_each: int = 2_000) -> int:
    """Keep this number of bytes for each row."""
    kept = []
    with open(path) as file:
        for line in file:
            kept.append(line.encode().ljust(bytes_each, b"."))
    return len(kept)


def searches(path: str) -> int:
    """Look for each row in a list of all rows before it."""
    seen: list[str] = []
    with open(path) as file:
        for line in file:
            if line not in seen:
                seen.append(line)
    return len(seen)


def waits(path: str, seconds_each: float) -> int:
    rows = 0
    with open(path) as file:
        for _ in file:
            time.sleep(seconds_each)
            rows += 1
    return rows


def raises_beyond(path: str, rows: int) -> None:
    with open(path) as file:
        for number, _ in enumerate(file):
            if number >= rows:
                raise ValueError(f"row {number} is one too many")


def never_ends_beyond(path: str, rows: int, bytes_each: int = 0) -> None:
    count = keeps(path, bytes_each)
    while count > rows:
        signal.pause()
