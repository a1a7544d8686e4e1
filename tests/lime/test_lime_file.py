import io
from collections.abc import Callable
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_errors import NotFoundError
from lime_file import File

Save = Callable[..., Any]


@pytest.mark.parametrize(
    ("filename", "extension", "mimetype"),
    [
        ("quote.pdf", "pdf", "application/pdf"),
        ("archive.tar.gz", "gz", "application/x-tar"),
        ("README", "", "application/octet-stream"),
        (".hidden", "", "application/octet-stream"),
    ],
)
def test_the_extension_and_type_of_a_file_come_from_its_name(
    filename: str, extension: str, mimetype: str
) -> None:
    file = File(filename)
    assert (file.filename, file.extension, file.mimetype) == (
        filename,
        extension,
        mimetype,
    )


def test_a_document_stores_its_file(app: LimeApplication, save: Save) -> None:
    document = app.limetypes.document(comment="Quote")
    document.properties.document.attach(File("quote.pdf", io.BytesIO(b"12345")))
    saved = save(document)
    file = app.limetypes.document.get(saved.id).properties.document.fetch()
    assert (file.filename, file.stream.read()) == ("quote.pdf", b"12345")
    file.stream.seek(2)
    assert file.stream.read() == b"345"
    assert saved.properties.document.value == file.id
    assert app.files.fetch(file.id).mimetype == "application/pdf"


def test_storing_a_stored_file_again_keeps_its_id(app: LimeApplication) -> None:
    file = File("a.txt", data=b"a")
    assert app.files.store(file) == app.files.store(file)


def test_fetching_the_file_of_a_document_without_a_file_returns_none(
    app: LimeApplication,
) -> None:
    assert app.limetypes.document().properties.document.fetch() is None


def test_a_missing_file_is_not_found(app: LimeApplication) -> None:
    with pytest.raises(NotFoundError, match="file with id 7"):
        app.files.fetch(7)
