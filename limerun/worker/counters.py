"""Counters in a mapped file: cheap to increase, and they survive a killed worker."""

import mmap
import os

from limerun.worker import protocol

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost memory here
    from collections.abc import Callable


def map_counters(path: str) -> "memoryview[int]":
    """Return the counters as 64-bit numbers in the order of `protocol.COUNTERS`.

    The file is deleted: the mappings outlive it, and nothing remains if all processes
    are killed.
    """
    descriptor = os.open(path, os.O_RDWR)
    # The map keeps a copy of the descriptor, with the same file position. A
    # task that writes to that descriptor must not overwrite the counters.
    os.lseek(descriptor, protocol.COUNTERS_BYTES, os.SEEK_SET)
    mapped = mmap.mmap(descriptor, protocol.COUNTERS_BYTES)
    os.close(descriptor)
    os.unlink(path)
    return memoryview(mapped).cast("Q")


def private_counters() -> "memoryview[int]":
    """Return counters that no other process sees."""
    return memoryview(bytearray(protocol.COUNTERS_BYTES)).cast("Q")


def after_fork(leave: "Callable[[], None]") -> None:
    """Register a function to call in every child that is forked from now on."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=leave)


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
ENDING = protocol.COUNTERS.index("ending")
NOT_RUN = protocol.COUNTERS.index("not_run")
LEFT = protocol.COUNTERS.index("left")
FORKS_LEFT = protocol.COUNTERS.index("forks_left")
FAILED = protocol.COUNTERS.index("failed")
STATEMENTS_UNSEEN = protocol.COUNTERS.index("statements_unseen")
FILES_UNOPENED = protocol.COUNTERS.index("files_unopened")
ROWS_BYPASSED = protocol.COUNTERS.index("rows_bypassed")
ROWS_UNSEEN = protocol.COUNTERS.index("rows_unseen")
ROWS_AHEAD = protocol.COUNTERS.index("rows_ahead")
ACTED_UNSEEN = protocol.COUNTERS.index("acted_unseen")
EMPTY_COMMITS = protocol.COUNTERS.index("empty_commits")
DRIVER_CONNECTIONS = protocol.COUNTERS.index("driver_connections")
STARTED_THREAD_CPU_NS = protocol.COUNTERS.index("started_thread_cpu_ns")
STARTED_DELAY_NS = protocol.COUNTERS.index("started_delay_ns")
FINISHED_THREAD_CPU_NS = protocol.COUNTERS.index("finished_thread_cpu_ns")
FINISHED_DELAY_NS = protocol.COUNTERS.index("finished_delay_ns")
DATABASE_CPU_NS = protocol.COUNTERS.index("database_cpu_ns")
DATABASE_UNREAD_CPU_NS = protocol.COUNTERS.index("database_unread_cpu_ns")
LOG_LINES = protocol.COUNTERS.index("log_lines")
LOG_NS = protocol.COUNTERS.index("log_ns")
ROWS_COMMITTED = protocol.COUNTERS.index("rows_committed")

CALLS, SECONDS, WRITTEN, FETCHED, NESTED, WHOLE, PAGED, CONTINUED = range(8)
"""Indexes in the list of counts that belongs to one statement from one line."""
