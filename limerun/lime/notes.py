"""Add notes to errors, under Python 3.10 too."""


def add_note(error: BaseException, note: str) -> None:
    """Add a note to an error, as `BaseException.add_note` does from Python 3.11 on.

    Under 3.10 the note is kept in the same place, where the worker looks for it.
    """
    if hasattr(error, "add_note"):
        error.add_note(note)
    else:
        error.__notes__ = [*getattr(error, "__notes__", ()), note]
