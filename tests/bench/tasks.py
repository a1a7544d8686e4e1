"""The tasks that are measured."""

import json
import mmap
import time

MB = 1_000_000
SPIKE_BYTES = 300 * MB
HOLD_SECONDS = 0.002


def empty() -> None:
    pass


def spike_bytes() -> None:
    held = b"\x01" * SPIKE_BYTES
    time.sleep(HOLD_SECONDS)
    del held
    time.sleep(0.02)


def spike_huge_pages() -> None:
    held = mmap.mmap(-1, SPIKE_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held.madvise(mmap.MADV_HUGEPAGE)
    for at in range(0, SPIKE_BYTES, 4096):
        held[at] = 1
    time.sleep(HOLD_SECONDS)
    held.close()
    time.sleep(0.02)


def spike_inside_one_call() -> None:
    len(b"\x01" * SPIKE_BYTES)
    time.sleep(0.02)


def spike_as_last_act() -> None:
    time.sleep(0.02)
    len(b"\x01" * SPIKE_BYTES)


SPIKES = (
    "spike_bytes",
    "spike_huge_pages",
    "spike_inside_one_call",
    "spike_as_last_act",
)


def hold_dicts() -> int:
    held = [{"id": i, "name": f"name {i}", "value": i * 1.5} for i in range(100_000)]
    return len(json.dumps(held))


def compute() -> int:
    total = 0
    for i in range(60_000_000):
        total += i & 7
    return total


def allocate() -> int:
    total = 0
    for _ in range(40):
        held = [{"id": i, "text": str(i)} for i in range(200_000)]
        total += len(held)
    return total


def grow_one_gigabyte_a_second() -> None:
    held = []
    began = time.perf_counter()
    while True:
        held.append(b"\x01" * MB)
        ahead = len(held) / 1000 - (time.perf_counter() - began)
        if ahead > 0:
            time.sleep(ahead)


def sleep_five_seconds() -> None:
    time.sleep(5)
