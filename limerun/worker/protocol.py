"""The words that pass between runner, watcher and worker, and the shared counters.

One JSON object a line, each way, on pipes of their own. In order:

| from    | word       | carries                                                     |
| ------- | ---------- | ----------------------------------------------------------- |
| runner  | `load`     | task, import paths, instrument                              |
| worker  | `loaded`   | what the task is; or `unloadable`: why it cannot be called  |
| runner  | `list`     | (instead of `load`) a package whose tasks to name           |
| worker  | `listed`   | the tasks; then it ends                                     |
| runner  | `read`     | (instead of `load`) what a killed worker's memray had written |
| worker  | `told`     | what is in it; then it ends                                 |
| runner  | `open`     | parameters, database, limetypes, files whose rows to count  |
| worker  | `ready`    | everything is imported and open; or `unloadable`            |
| watcher | `go`       | the baseline is taken                                       |
| worker  | `done`     | nothing: the call is over                                   |
| watcher | `tell`     | the peak is read: what the worker does now counts no more   |
| worker  | `finished` | how it ended, times, statements; then it ends               |

The counters lie in a small file that runner and worker both map, so that they
cost no message while the task runs and outlive a worker that was killed.
"""

LOAD = "load"
LIST = "list"
LISTED = "listed"
READ = "read"
TOLD = "told"
LOADED = "loaded"
UNLOADABLE = "unloadable"
OPEN = "open"
READY = "ready"
GO = "go"
DONE = "done"
TELL = "tell"
FINISHED = "finished"

CAPTURE = "memory.bin"
"""The file that memray writes to where the worker may not live to tell."""
KEPT = "kept.json"
"""The file in which a worker under an instrument keeps what it saw by now."""

COUNTERS = (
    "started_ns",  # time.monotonic_ns() just before the call; 0: not yet
    "started_cpu_user_ns",
    "started_cpu_system_ns",
    "finished_ns",
    "source_rows",
    "reads",
    "writes",
    "commits",
    "has_statements",  # 1 once SQLAlchemy is being listened to
    "transactions",
    "max_objects",
    "lime_objects",  # alive now
    "max_lime_objects",
    "objects_loaded",  # Lime objects and lime_query rows read from the database
    "database_ns",  # inside statements, waiting or not
)
COUNTERS_BYTES = 8 * len(COUNTERS)
