"""The errors of limerun, each with its exit code."""

EXIT_FAULT = 70
EXIT_INTERRUPTED = 130
INTERRUPTED = (EXIT_INTERRUPTED, 143, 129)
"""Exit codes of a command that SIGINT, SIGTERM or SIGHUP ended."""


class LimerunError(Exception):
    """A problem that the user can fix; its text is the complete message."""

    exit_code = 2


class ConfigError(LimerunError):
    """The config, an option or an environment variable is invalid."""


class DatasetError(LimerunError):
    """The dataset cannot be generated as the config describes it."""


class ExportError(LimerunError):
    """A real export cannot be read, or cannot be processed with these options."""


class TaskError(LimerunError):
    """The task was not found, cannot be imported, or does not accept its parameters."""


class StartTimeoutError(TaskError):
    """The worker was not ready within its time limit."""

    exit_code = 5


class WatchError(LimerunError):
    """The worker could not be watched, so nothing was measured."""

    exit_code = 6


class OutputError(LimerunError):
    """A report cannot be written to its path."""


class RecordError(LimerunError):
    """A saved record cannot be read."""


class EngineError(LimerunError):
    """The worker or its watcher broke the protocol: a bug in limerun."""

    exit_code = EXIT_FAULT
