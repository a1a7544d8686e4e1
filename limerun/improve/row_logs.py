"""Log once for each batch of rows, instead of once for each row. Pure."""

import re
from collections.abc import Iterator

import libcst as cst

from limerun.improve.batches import batch_name, can_batch, in_each_batch, is_batch_loop
from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code
from limerun.improve.editing import Edits
from limerun.improve.shapes import expression, find, last_name, leaves_loop, owner_of

_PLACEHOLDER = re.compile(r"%[-+# 0-9.*]*[a-zA-Z]|\{[^}]*\}")
_PURE = frozenset({"len", "str", "int", "repr"})
_MESSAGE = "Processed %d rows"


def log_batches(code: Code, facts: Facts) -> Iterator[Change | Declined]:
    """Yield a change for each line that is logged at INFO for every row."""
    for call in find(code.module, cst.Call):
        loop, function = code.loop_of(call), code.function_of(call)
        statement = code.statement_of(call)
        if last_name(call.func) != "info" or not code.is_reached(call):
            continue
        if expression(statement) is not call or not isinstance(loop, cst.For):
            continue
        if is_batch_loop(code, loop):
            continue
        if (
            function is None
            or "log" not in owner_of(call.func).lower()
            or not call.args
        ):
            continue
        place, line = f"{function.name.value}: {code.text(call)}", code.line(call)
        why = _why_not(code, call, statement, loop)
        if why is not None:
            yield Declined(line=line, place=place, why=why)
            continue
        edits = Edits(code)
        edits.remove(statement)
        batch = batch_name(code, loop)
        new = f'{code.text(call.func)}("{_MESSAGE}", len({batch}))'
        in_each_batch(code, edits, loop, [], [new])
        yield Change(
            line=line,
            place=place,
            what="log once for each batch of rows",
            sources=(edits.source(),),
            logs=(_pattern(code, call), "Processed [0-9]+ rows"),
        )


def _why_not(
    code: Code, call: cst.Call, statement: cst.BaseStatement, loop: cst.For
) -> str | None:
    if leaves_loop(loop) or not can_batch(code):
        return "the loop is left before its end"
    if len(code.block_of(statement)) < 2:
        return "it is the only statement of its block"
    inner = [each for arg in call.args for each in find(arg, cst.Call)]
    if any(last_name(each.func) not in _PURE for each in inner):
        return "its values are computed by calls that may do more"
    return None


def _pattern(code: Code, call: cst.Call) -> str:
    """Return the regular expression of the messages that a call logs."""
    text = call.args[0].value
    if isinstance(text, cst.FormattedString):
        parts = [
            re.escape(part.value) if isinstance(part, cst.FormattedStringText) else ".*"
            for part in text.parts
        ]
        return "".join(parts)
    if isinstance(text, cst.SimpleString):
        parts = _PLACEHOLDER.split(str(text.evaluated_value))
        return ".*".join(map(re.escape, parts))
    return ".*"
