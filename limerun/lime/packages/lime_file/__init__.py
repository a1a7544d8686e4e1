"""Files, such as the content of documents."""

import io
import mimetypes
from typing import IO, Any


class File:
    """A file's name and content (the arguments are provisional).

    Args:
        filename: The name with its extension.
        stream: The content; or use `data`.
        data: The content as bytes.
        mimetype: By default, guessed from the name.
        id: The id, once the file is stored.
    """

    def __init__(
        self,
        filename: str,
        stream: IO[bytes] | None = None,
        *,
        data: bytes = b"",
        mimetype: str | None = None,
        id: int | None = None,
    ) -> None:
        self.filename = filename
        self.stream: Any = io.BytesIO(data) if stream is None else stream
        guessed = mimetypes.guess_type(filename)[0]
        self.mimetype = mimetype or guessed or "application/octet-stream"
        self.id = id

    def __repr__(self) -> str:
        return f"<File {self.id}>"

    @property
    def extension(self) -> str:
        """The part of the name after its last dot; empty if there is no dot."""
        name, dot, extension = self.filename.rpartition(".")
        return extension if name and dot else ""
