"""What can go wrong before there is anything to judge, with its exit code."""


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


class OutputError(LimerunError):
    """A report cannot be written where it was asked for."""


class RecordError(LimerunError):
    """A saved record cannot be read."""


class EngineError(LimerunError):
    """The worker or its watcher broke the protocol: a fault of limerun's own."""

    exit_code = 70
