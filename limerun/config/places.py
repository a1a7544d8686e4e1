"""Find where a config says something that a later stage has refused."""

from pathlib import Path

from limerun.config.file import Document, read_document
from limerun.errors import DatasetError

_LIMETYPES = ("dataset", "limetypes")


def placed(error: DatasetError, config: Path) -> DatasetError:
    """Return the error with file, line and column before its text, if it names a place.

    A dataset's error begins with what it is about: `contract.number: ...` or
    `sources.contracts.columns.number: ...`.
    """
    about = str(error).partition(": ")[0]
    document = read_document(config)
    named = _value_at(document.value, _LIMETYPES)
    limetypes = None
    if isinstance(named, str):
        limetypes = read_document(config.parent / named, name=named)
    for file, path in _candidates(document, limetypes, about):
        if path in file.values:
            return DatasetError(f"{file.place(path, at_key=True)}: {error}")
    return error


def _candidates(
    document: Document, limetypes: Document | None, about: str
) -> list[tuple[Document, tuple[str, ...]]]:
    """Return where it may be written, the most telling place first."""
    parts = tuple(about.split("."))
    found = [
        (document, ("dataset", "properties", about)),
        (document, (*_LIMETYPES, *parts)),
        (document, parts),
        (document, ("dataset", "rows", about)),
    ]
    return [*found[:1], (limetypes, parts), *found[1:]] if limetypes else found


def _value_at(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
