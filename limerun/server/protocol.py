"""What passes between the engine and the server, and what both know of the counters.

The engine writes one order, a line of JSON, to the server's stdin; the server
answers with a line `{"port": N}` on stdout, and ends when its stdin does. So it
cannot outlive the engine, however that ends. An order is

    {"counters": PATH, "sources": [{"name", "path", "index", "rows", "page_size",
     "latency_seconds", "rate_limit", "failure_rate", "key"}, ...]}

The counters lie in a small file that both map: for each source, in the order's
order, one 64-bit number for each of `COUNTED`.
"""

COUNTED = (
    "requests",  # all, whatever the answer
    "rows",  # in pages that were served
    "refused",  # 429: too many requests
    "failed",  # 500 or 503, on purpose
    "answering_ns",  # from a request to its answer, the latency with it
)
OFFSET_BYTES = 8
"""Of each row's start in an index file: unsigned, little-endian; then the end."""


def counters_bytes(sources: int) -> int:
    """Return the size of the counters' file."""
    return 8 * len(COUNTED) * sources
