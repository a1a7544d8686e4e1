"""Define the protocol between the engine and the server, and the counters.

The engine writes one order, a line of JSON, to the server's stdin. The server answers
with a line `{"port": N}` on stdout, and ends when its stdin is closed, so it never
outlives the engine. An order is

    {"counters": PATH, "sources": [{"name", "path", "index", "rows", "page_size",
     "latency_seconds", "rate_limit", "failure_rate", "key", "fault"}, ...]}

A fault is null, or `{"kind", "number"}`: the request of this number, counted from 1,
fails once, as `limerun.server.fault_injection` says.

Engine and server map the same small file of counters. It has one 64-bit number for each
name in `COUNTED`, for each source in the sequence of the order.
"""

COUNTED = (
    "requests",  # all, with any status
    "rows",  # in all pages
    "refused",  # 429: too many requests
    "failed",  # 500 or 503, injected
    "answering_ns",  # from request to answer, including the latency
)
OFFSET_BYTES = 8
"""Size of a row's position in an index file: unsigned, little-endian."""


def counters_bytes(sources: int) -> int:
    """Return the size of the file of counters."""
    return 8 * len(COUNTED) * sources
