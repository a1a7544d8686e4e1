"""Say how a call ended, in words that JSON can carry."""

import json
import os
import sys

_RESULT_LENGTH = 10_000
_MESSAGE_LENGTH = 4_000
_TRACEBACK_FRAMES = 40


def cpu_seconds() -> tuple[float, float, int]:
    """Return user and system seconds so far, and the largest waited child's peak.

    The seconds are those of this process and of the children that it waited for.
    The peak is `ru_maxrss` of the children in bytes. It is inherited through
    fork and exec: it is a child's own only where it exceeds this process's peak.
    """
    try:
        import resource
    except ImportError:
        times = os.times()
        return times.user, times.system, 0
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        own.ru_utime + children.ru_utime,
        own.ru_stime + children.ru_stime,
        children.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    )


def ending_of(error: BaseException | None) -> dict[str, object]:
    """Return `ending`, `exit_status` and `error` of a call that ended so."""
    if error is None:
        return {"ending": "returned", "exit_status": None, "error": None}
    if isinstance(error, SystemExit):
        code = error.code
        status = code if isinstance(code, int) else int(code is not None)
        return {
            "ending": "exited",
            "exit_status": status,
            "error": {
                "type": "SystemExit",
                "message": f"the task called sys.exit({code!r})",
                "traceback": _traceback(error),
            },
        }
    return {
        "ending": "raised",
        "exit_status": None,
        "error": {
            "type": _type_name(error),
            "message": _text(error)[:_MESSAGE_LENGTH],
            "traceback": _traceback(error),
        },
    }


def result_of(returned: object) -> object:
    """Return a JSON value: the result itself, or what stands for it in short."""
    if isinstance(returned, str):
        return returned[:_RESULT_LENGTH]
    length = 0
    try:
        # Piece by piece, so that a large result is not written out whole.
        for piece in json.JSONEncoder().iterencode(returned):
            length += len(piece)
            if length > _RESULT_LENGTH:
                return _in_short(returned)
    except (TypeError, ValueError, RecursionError):
        return _in_short(returned)
    return returned


def _in_short(value: object) -> str:
    if isinstance(value, dict | list | tuple | set | frozenset):
        return f"<{type(value).__name__} of {len(value)} items>"
    return _text(value, show=True)[:_RESULT_LENGTH]


def _type_name(error: BaseException) -> str:
    kind = type(error)
    module = kind.__module__
    return kind.__name__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def _text(value: object, *, show: bool = False) -> str:
    try:
        return repr(value) if show else str(value)
    except Exception as error:
        return f"<its text cannot be made: {type(error).__name__}>"


def _traceback(error: BaseException) -> str:
    import traceback

    frames = error.__traceback__
    # The first frame is the worker's own call.
    if frames is not None and frames.tb_next is not None:
        frames = frames.tb_next
    try:
        lines = traceback.format_exception(
            type(error), error, frames, limit=-_TRACEBACK_FRAMES
        )
    except Exception:
        return f"{_type_name(error)}: {_text(error)}\n"
    return "".join(lines)
