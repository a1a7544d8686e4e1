"""Read saved records from their files."""

from pathlib import Path

from limerun.errors import RecordError
from limerun.records import Record
from limerun.records.store import from_json


def read_record(path: str | Path) -> Record:
    """Return the record in a file.

    Raises:
        RecordError: The file cannot be read, or holds no record that this version
            understands; the message starts with the path.
    """
    try:
        return from_json(Path(path).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{path}: this is no record: byte {error.start} is no UTF-8"
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordError(f"{path}: the record cannot be read: {reason}") from error
    except RecordError as error:
        raise RecordError(f"{path}: {error}") from error
