"""Find out whether a task does something that a database does not show. Pure."""

import libcst as cst

from limerun.improve.code import Code
from limerun.improve.shapes import find, last_name

_WRITES = frozenset(
    {"write_text", "write_bytes", "writerow", "writerows", "post", "put", "patch"}
    | {"send_task", "delay", "apply_async", "sendmail", "send_message", "unlink"}
    | {"rename", "rmtree", "copyfile", "urlretrieve"}
)


def unseen_effect(code: Code) -> str | None:
    """Return what a task does besides the database, in words; None if nothing is seen."""
    for call in find(code.module, cst.Call):
        name = last_name(call.func)
        if not code.is_reached(call):
            continue
        if name in _WRITES:
            return f"calls `{name}` in line {code.line(call)}"
        if name == "open" and _mode(call).strip("rbtU"):
            return f"writes a file in line {code.line(call)}"
    return None


def _mode(call: cst.Call) -> str:
    """Return the mode of an `open`; "" if it is the default."""
    for place, arg in enumerate(call.args):
        is_mode = arg.keyword.value == "mode" if arg.keyword else place == 1
        if is_mode:
            value = arg.value
            is_text = isinstance(value, cst.SimpleString)
            return str(value.evaluated_value) if is_text else "?"  # type: ignore[attr-defined]
    return ""
