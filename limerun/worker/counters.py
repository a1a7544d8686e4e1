"""Counters in a mapped file: cheap to raise, and they outlive a killed worker."""

import mmap
import os

from limerun.worker import protocol


def map_counters(path: str) -> "memoryview[int]":
    """Return the counters as 64-bit numbers in the order of `protocol.COUNTERS`.

    The file is removed: the maps outlive it, and nothing is left if all are killed.
    """
    with open(path, "r+b") as file:
        mapped = mmap.mmap(file.fileno(), protocol.COUNTERS_BYTES)
    os.unlink(path)
    return memoryview(mapped).cast("Q")


STARTED_NS = protocol.COUNTERS.index("started_ns")
STARTED_CPU_USER_NS = protocol.COUNTERS.index("started_cpu_user_ns")
STARTED_CPU_SYSTEM_NS = protocol.COUNTERS.index("started_cpu_system_ns")
FINISHED_NS = protocol.COUNTERS.index("finished_ns")
SOURCE_ROWS = protocol.COUNTERS.index("source_rows")
READS = protocol.COUNTERS.index("reads")
WRITES = protocol.COUNTERS.index("writes")
COMMITS = protocol.COUNTERS.index("commits")
HAS_STATEMENTS = protocol.COUNTERS.index("has_statements")
TRANSACTIONS = protocol.COUNTERS.index("transactions")
MAX_OBJECTS = protocol.COUNTERS.index("max_objects")
LIME_OBJECTS = protocol.COUNTERS.index("lime_objects")
MAX_LIME_OBJECTS = protocol.COUNTERS.index("max_lime_objects")
OBJECTS_LOADED = protocol.COUNTERS.index("objects_loaded")
DATABASE_NS = protocol.COUNTERS.index("database_ns")
