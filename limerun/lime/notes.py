"""Add notes to errors, even under Python 3.10."""


def add_note(error: BaseException, note: str) -> None:
    """Add a note to an error, as `BaseException.add_note` does since Python 3.11.

    Under 3.10, the note is stored in the same attribute, from which the worker reads
    it.
    """
    if hasattr(error, "add_note"):
        error.add_note(note)
    else:
        error.__notes__ = [*getattr(error, "__notes__", ()), note]
