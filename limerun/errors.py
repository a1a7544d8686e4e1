"""What can go wrong before there is anything to judge, with its exit code."""

EXIT_FAULT = 70
EXIT_INTERRUPTED = 130
INTERRUPTED = (EXIT_INTERRUPTED, 143, 129)
"""Exit codes of what SIGINT, SIGTERM or SIGHUP has ended."""


class LimerunError(Exception):
    """A problem that the user can act on; its text is the whole message."""

    exit_code = 2


class ConfigError(LimerunError):
    """The config, an option or an environment variable cannot be used."""


class DatasetError(LimerunError):
    """The dataset cannot be made as asked."""


class ExportError(LimerunError):
    """A real export cannot be read, or not worked on as asked."""


class TaskError(LimerunError):
    """The task was not found, could not be imported, or cannot be called so."""


class StartTimeoutError(TaskError):
    """The worker did not get ready in time."""

    exit_code = 5


class WatchError(LimerunError):
    """The worker could not be watched: nothing was measured."""

    exit_code = 6


class OutputError(LimerunError):
    """A report cannot be written where it was asked for."""


class RecordError(LimerunError):
    """A saved record cannot be read."""


class EngineError(LimerunError):
    """The worker or its watcher broke the protocol: a fault of limerun's own."""

    exit_code = EXIT_FAULT
