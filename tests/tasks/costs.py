"""A task with one slow line and one large one."""

import json


def spends(rounds: int = 100) -> int:
    held = [b"\x01" * 1_000_000 for _ in range(50)]  # large
    text = json.dumps(list(range(20_000)))
    for _ in range(rounds):
        parsed = json.loads(text)  # slow
    return len(held) + len(parsed)


def calls_often() -> int:
    text = json.dumps(list(range(20_000)))
    total = 0
    for _ in range(300):
        total += _reads(text) + _writes()
    return total


def _reads(text: str) -> int:
    return len(json.loads(text))


def _writes() -> int:
    return len(json.dumps(list(range(20_000))))


def compares() -> int:
    found = 0
    for left in range(10):
        for right in range(1_000_000):  # compares
            if left == right:
                found += 1
        found += len(str(left))
    return found
