"""A task with one slow line and one large one."""

import cProfile
import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor


def spends(rounds: int = 100, megabytes: int = 50) -> int:
    held = [b"\x01" * 1_000_000 for _ in range(megabytes)]  # large
    text = json.dumps(list(range(20_000)))
    for _ in range(rounds):
        parsed = json.loads(text)  # slow
    return len(held) + len(parsed)


def calls_often() -> int:
    text = json.dumps(list(range(20_000)))
    total = 0
    for _ in range(120):
        total += _reads(text) + _writes()
    return total


def _reads(text: str) -> int:
    return len(json.loads(text))


def _writes() -> int:
    return len(json.dumps(list(range(20_000))))


def compares(rounds: int = 3, numbers: int = 1_000_000) -> int:
    found = 0
    for left in range(rounds):
        for right in range(numbers):  # compares
            if left == right:
                found += 1
        found += len(str(left))
    return found


def in_threads() -> None:
    threads = [threading.Thread(target=compares) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_an_executor(numbers: int = 1_000_000) -> int:
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda _: compares(3, numbers), range(2)))


def in_processes() -> None:
    for _ in range(2):
        child = os.fork()
        if child == 0:
            compares()
            os._exit(0)
        os.waitpid(child, 0)


# --- with profilers of their own ------------------------------------------------


def with_cprofile(numbers: int = 1_000_000) -> int:
    profiler = cProfile.Profile()
    profiler.enable()
    compares(1, numbers)
    profiler.disable()
    return spends(2)


def with_a_hook(numbers: int = 1_000_000) -> int:
    sys.setprofile(lambda *_: None)
    sys.setprofile(None)
    return compares(1, numbers) + spends(2)


def with_pyinstrument() -> int:
    import pyinstrument

    with pyinstrument.Profiler():
        return spends(2) + compares(1)
