"""Defines the messages between runner, watcher and worker, and the shared counters.

One JSON object per line, in both directions, on separate pipes. In order:

| from    | word       | carries                                                     |
| ------- | ---------- | ----------------------------------------------------------- |
| runner  | `start`    | (to the watcher) what to start, and its limits              |
| runner  | `load`     | task, import paths, instrument                              |
| worker  | `loaded`   | what the task is; or `unloadable`: why it cannot be called  |
| runner  | `list`     | (instead of `load`) a package whose tasks to name           |
| worker  | `listed`   | the tasks; then it ends                                     |
| runner  | `read`     | (instead of `load`) memray's file of a killed worker        |
| worker  | `told`     | the content of that file; then it ends                      |
| runner  | `open`     | parameters, database, limetypes, files whose rows to count  |
|         |            | for `limerun resilience`, the fault to inject               |
| worker  | `ready`    | everything is imported and open; or `unloadable`            |
| watcher | `go`       | the baseline is taken                                       |
| worker  | `limits`   | time limits of the attempt that begins, in seconds          |
| worker  | `retried`  | a Celery task requested a retry: its countdown, and why     |
| worker  | `returned` | the processes of idle pools                                 |
| worker  | `done`     | threads of the task that worked at its return, and after    |
|         |            | the time to wait for them; what `returned` carries, again   |
| watcher | `tell`     | the peak is read: the worker's actions no longer count      |
| worker  | `finished` | how it ended, times, statements                             |
| worker  | `described` | the texts of its error and its result; then it ends        |
| runner  | `stop`     | (to the watcher, at any time) why to kill the worker        |

Other lines are not the worker's messages: the task may write into any descriptor, and
faulthandler writes the worker's current line there.

The counters are in a small file that runner and worker both map: they need no messages
while the task runs, and remain if the worker is killed.
"""

START = "start"
STOP = "stop"
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
RETURNED = "returned"
LIMITS = "limits"
RETRIED = "retried"
DONE = "done"
TELL = "tell"
FINISHED = "finished"
DESCRIBED = "described"

MENTIONS_TASKS = rb"@[\w.]*task\b|lime_task|celery|register_task|get_task_modules"
"""Only files that match this pattern are imported to find tasks."""

CAPTURE = "memory.bin"
"""The file that memray writes to if the worker may be killed before it reports."""
KEPT = "kept.json"
"""The file in which a worker with an instrument stores its results so far."""

LOG_PARTS = ("log-first", "log-later-1", "log-later-2")
"""The files with the task's log: the first lines, then the latest ones in turn."""

INJECTED = "injected by limerun"
"""Part of the text of every error that limerun lets a task see."""

COUNTERS = (
    "started_ns",  # time.monotonic_ns() just before the call; 0: not yet
    "started_cpu_user_ns",
    "started_cpu_system_ns",
    "finished_ns",
    "source_rows",
    "reads",
    "writes",
    "commits",
    "has_statements",  # 1: statements are counted, because SQLAlchemy is loaded
    "transactions",
    "max_objects",
    "lime_objects",  # Lime objects that exist now
    "max_lime_objects",
    "objects_loaded",  # Lime objects and lime_query rows read from the database
    "database_ns",  # time inside statements and commits, with contention
    "ending",  # how the call ended: index in ENDINGS; 0: not recorded
    "left",  # 1: the worker ended its process itself
    "not_run",  # 1: the task returned an object whose body has not run yet
    "forks_left",  # forked children that returned from the task function
    "failed",  # statements that did not succeed; they count as reads or writes too
    "statements_unseen",  # 1: a child process sent statements, or may have sent some
    "driver_connections",  # used by the task itself; their statements are not counted
    "files_unopened",  # source files not opened, or only in an uncounted way
    "rows_bypassed",  # open source files that can be read without being counted
    "rows_unseen",  # 1: uncounted rows of source files were read, or may have been
    "rows_ahead",  # part of source_rows: in buffers, perhaps not yet used by the task
    "acted_unseen",  # 1: the task may have had an effect that is not counted
    "empty_commits",  # units of work that were committed without any change
    "started_thread_cpu_ns",  # CPU time of the thread that runs the task
    "started_delay_ns",  # time that it waited for a processor, plus 1; 0: unknown
    "finished_thread_cpu_ns",
    "finished_delay_ns",
    "database_cpu_ns",  # CPU time of that thread inside statements and commits
    "database_unread_cpu_ns",  # part of it, in statements whose contention was not read
    "log_lines",  # log records of the task
    "log_ns",  # time in the handlers of these records
    "rows_committed",  # written in transactions that were committed
)
COUNTERS_BYTES = 8 * len(COUNTERS)

ENDINGS = ("", "returned", "raised", "exited")
"""The ways in which a call ends; the worker records this before anything else."""

LINE_SIGNAL_BELOW_MAX = 3
"""The signal that makes the worker write its current line: SIGRTMAX minus this."""


def shortened(text: str, length: int) -> str:
    """Return a text of at most this length, with a note where it was cut.

    Only the runner knows the secrets. It looks for this note to mask a cut secret too.
    """
    if len(text) <= length:
        return text
    kept = length - 40  # leaves room for the note below
    return f"{text[:kept]} [... {len(text) - kept:,} more]"
