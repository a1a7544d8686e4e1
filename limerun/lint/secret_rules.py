"""Find secrets and personal data that reach a log or an exception's text. Pure."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from limerun.config.masking import scrub, surely_secret
from limerun.lint.functions import dotted, last_name
from limerun.lint.known_values import Values
from limerun.lint.log_calls import is_log_call, logged_values
from limerun.lint.suspicions import suspicion
from limerun.records import Finding, Level

_RULE = "log.sensitive"
_DEEPEST = 5
_KNOWN_SHAPE = re.compile(
    r"\b(?:sk[-_](?:live|test)[-_]\w{8,}|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}"
    r"|xox[abpr]-[\w-]{10,}|eyJ[\w-]{10,}\.[\w-]{10,}|AIza[\w-]{30,}"
    r"|glpat-[\w-]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY)"
)
_KEY = re.compile(
    r"(^|_)(api|access|private|secret|encryption|signing|auth)_?keys?($|_)"
)
_HARMLESS = re.compile(
    r"(^|_)(count|counts|len|length|size|name|names|id|ids|url|uri|path|file|type"
    r"|expires?|expiry|expiration|ttl|age|scope|scopes|field|header|is|has|valid"
    r"|status|policy|prefix|kind|hash|digest|usage|limit|tokens|signature"
    r"|class|cls|error|next|page|continuation|sync|delta|cancel|missing|required)($|_)"
)
_CLEANERS = re.compile(
    r"mask|redact|scrub|hash|sha\d|md5|anonymi|obfus|conceal|hide|censor|^(len|bool|type"
    r"|isinstance|any|all|sum|id|count|fingerprint|hexdigest)$"
)
_PERSONAL = re.compile(
    r"^(e_?mails?|e_?mail_?address(es)?|e_?post(adress)?|telefon(nummer)?|phone|phone_?number|mobile|mobile_?phone|cell_?phone"
    r"|personal_?number|personal_?identity_?number|personnummer|ssn"
    r"|social_?security_?(number|no)|birth_?date|date_?of_?birth|home_?address"
    r"|street_?address|private_?email)$"
)
_PERSONAL_KEY = re.compile(r"^mail(_?address)?$")
"""Names that are personal as a property or key; a variable `mail` may be a message."""
_USER_NAME = re.compile(
    r"^(user_?name|first_?name|last_?name|full_?name|contact_?name|person_?name)$"
)
_Found = tuple[str, Level, str]
"""The expression that reaches the log, the finding's level, and the kind of data."""


def sensitive_findings(values: Values) -> Iterator[Finding]:
    """Yield a finding for each secret or personal value that is logged or raised."""
    function = values.function
    for node in function.nodes:
        if isinstance(node, ast.Call) and (where := _output_of(node, values)):
            parts = list(logged_values(node))
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            call = node.exc
            parts = [*call.args, *(each.value for each in call.keywords)]
            where = "the text of an exception"
        else:
            continue
        found = [each for part in parts for each in _leaks(part, values, 0)]
        worst = {"error": 0, "warning": 1, "note": 2}
        if found:
            name, level, kind = min(found, key=lambda each: worst[each[1]])
            yield suspicion(
                _RULE,
                level,
                function,
                node,
                f"{kind} may reach {where}",
                f"{name} is part of the message or its data.",
            )


def _output_of(call: ast.Call, values: Values) -> str | None:
    """Return the name of the output that a call writes to: log or screen; or None."""
    if is_log_call(call, values.function):
        return "the log"
    name = dotted(call.func)
    if name in ("print", "pprint") and name not in values.function.bindings:
        is_elsewhere = any(each.arg == "file" for each in call.keywords)
        return None if is_elsewhere else "stdout"
    is_stream = name in ("sys.stdout.write", "sys.stderr.write")
    return name.split(".")[1] if is_stream else None


def _leaks(node: ast.AST, values: Values, depth: int) -> Iterator[_Found]:
    """Yield the secrets and personal data whose values an expression contains."""
    if depth > _DEEPEST or _is_clean(node):
        return
    reader = _READERS.get(type(node))
    if reader is not None:
        yield from reader(node, values, depth)
        return
    for child in ast.iter_child_nodes(node):
        yield from _leaks(child, values, depth)


def _is_clean(node: ast.AST) -> bool:
    """Return whether an expression is safe to log: a test, slice, mask or length."""
    if isinstance(node, ast.Compare | ast.Lambda | ast.keyword):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice)
    return isinstance(node, ast.Call) and bool(
        _CLEANERS.search(last_name(node.func).lower())
    )


def is_secret_name(name: str) -> bool:
    """Return whether a name stands for a secret itself, not for its length or age."""
    words = name.replace("-", "_").lower()
    secret = surely_secret(name) or bool(_KEY.search(words))
    return secret and not _HARMLESS.search(words)


def _by_name(name: str, shown: str) -> Iterator[_Found]:
    words = name.replace("-", "_").lower()
    if is_secret_name(name):
        yield shown, "error", "A credential"
    elif _PERSONAL.match(words):
        yield shown, "warning", "Personal data"
    elif _USER_NAME.match(words):
        yield shown, "note", "Personal data"


def _by_key(name: str, shown: str, values: Values) -> Iterator[_Found]:
    """Yield the sensitive data that a property's name or a row's key stands for."""
    found = [*_by_name(name, shown)]
    level = values.program.personal.get(name)
    if level is None and _PERSONAL_KEY.match(name.replace("-", "_").lower()):
        level = "warning"
    if not found and level is not None:
        found = [(shown, level, "Personal data")]
    yield from found


def _constant(node: ast.Constant, _: Values, __: int) -> Iterator[_Found]:
    text = node.value
    if isinstance(text, str) and (_KNOWN_SHAPE.search(text) or _has_password(text)):
        yield "a text that looks like a credential", "error", "A credential"


def _has_password(text: str) -> bool:
    return "%" not in text and "{" not in text and "://" in text and scrub(text) != text


def _name(node: ast.Name, values: Values, depth: int) -> Iterator[_Found]:
    if _is_class(node.id):
        return
    found = [*_by_name(node.id, node.id)]
    if found:
        yield from found
        return
    for value in _values_of(node.id, values, depth):
        for _, level, kind in _leaks(value, values, depth + 1):
            yield node.id, level, kind


def _values_of(name: str, values: Values, depth: int) -> Iterator[ast.expr]:
    """Yield the sensitive data in the values that a variable gets or collects."""
    bindings = values.function.bindings.get(name, [])
    for each in bindings:
        if each.how in ("value", "changed") or (
            each.how == "each" and _has_elements(each.value, values, depth)
        ):
            yield each.value
    yield from values.function.added.get(name, ())
    constant = values.program.constant(name, values.function)
    if not bindings and constant is not None:
        yield constant


def _has_elements(node: ast.expr, values: Values, depth: int) -> bool:
    """Return whether the elements of an expression are the values that it reveals.

    The elements of a dict are its keys. Those of a tuple are checked one by one.
    """
    if isinstance(node, ast.Name):
        found = values.function.values_of(node.id)
        return depth < _DEEPEST and all(
            _has_elements(each, values, depth + 1) for each in found
        )
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return not isinstance(node.elt, ast.Tuple)
    if isinstance(node, ast.List | ast.Set):
        return not any(isinstance(each, ast.Tuple) for each in node.elts)
    return isinstance(node, ast.Call) and last_name(node.func) in _KEEPS_ELEMENTS


def _attribute(node: ast.Attribute, values: Values, _: int) -> Iterator[_Found]:
    # The value of a property: person.properties.email.value
    name = node.attr
    if name in ("value", "text", "raw") and isinstance(node.value, ast.Attribute):
        name = node.value.attr
    if last_name(node) == "environ" and last_name(node.value) == "os":
        yield "os.environ", "error", "A credential"
    elif ".properties." in dotted(node):
        yield from _by_key(name, ast.unparse(node)[:60], values)
    elif not _is_program_text(node):
        yield from _by_name(name, ast.unparse(node)[:60])


def _is_program_text(node: ast.Attribute) -> bool:
    """Return whether an attribute is a constant, such as Kind.PASSWORD."""
    return node.attr.isupper() or _is_class(node.attr)


def _is_class(name: str) -> bool:
    return name[:1].isupper() and not name.isupper()


def _subscript(node: ast.Subscript, values: Values, depth: int) -> Iterator[_Found]:
    key = node.slice
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield from _by_key(key.value, ast.unparse(node)[:60], values)
    elif _has_elements(node.value, values, depth):
        for _, level, kind in _leaks(node.value, values, depth + 1):
            yield ast.unparse(node)[:60], level, kind


def _comprehension(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp, values: Values, depth: int
) -> Iterator[_Found]:
    yield from _leaks(node.elt, values, depth)


def _call(node: ast.Call, values: Values, depth: int) -> Iterator[_Found]:
    name = last_name(node.func)
    if name in ("get", "getenv", "pop") and node.args:
        key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield from _by_key(key.value, ast.unparse(node)[:60], values)
        return
    if name in _KEEPS or name.endswith(("dumps", "quote")):
        yield from _kept(node, values, depth)
    else:
        yield from _returned(node, values, depth)


def _kept(node: ast.Call, values: Values, depth: int) -> Iterator[_Found]:
    if isinstance(node.func, ast.Attribute):
        yield from _leaks(node.func.value, values, depth)
    for each in (*node.args, *(keyword.value for keyword in node.keywords)):
        yield from _leaks(each, values, depth)
    for keyword in node.keywords:
        if keyword.arg is not None and last_name(node.func) == "dict":
            yield from _by_name(keyword.arg, keyword.arg)


def _returned(node: ast.Call, values: Values, depth: int) -> Iterator[_Found]:
    """Yield the sensitive data that a function of the package returns."""
    called = values.program.called(node, values.function)
    if called is None or last_name(called.node.returns) in _FACTS:
        return
    there = Values(called, values.program)
    for result in called.results():
        for _, level, kind in _leaks(result, there, depth + 1):
            yield f"{called.name}(...)", level, kind


_KEEPS = frozenset(
    {"str", "repr", "format", "join", "dict", "list", "tuple", "urlencode", "strip"}
    | {"lower", "upper", "encode", "decode", "b64encode", "sorted", "copy", "replace"}
)
"""Functions and methods whose result contains their arguments."""
_KEEPS_ELEMENTS = frozenset({"list", "tuple", "sorted", "set", "reversed", "copy"})
_FACTS = frozenset({"bool", "int", "float"})
"""Types of results that tell something about a value, but do not contain it."""


def _dict(node: ast.Dict, values: Values, depth: int) -> Iterator[_Found]:
    for key, value in zip(node.keys, node.values, strict=True):
        is_text = isinstance(key, ast.Constant) and isinstance(key.value, str)
        is_made = isinstance(value, ast.Constant | ast.Dict | ast.List)
        if is_text and not is_made and not _is_clean(value):
            assert isinstance(key, ast.Constant)
            yield from _by_key(str(key.value), f"the value of {key.value!r}", values)
        yield from _leaks(value, values, depth)


def _choice(node: ast.IfExp, values: Values, depth: int) -> Iterator[_Found]:
    yield from _leaks(node.body, values, depth)
    yield from _leaks(node.orelse, values, depth)


_READERS: dict[type[ast.AST], Callable[[Any, Values, int], Iterator[_Found]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Dict: _dict,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp), _comprehension),
    ast.IfExp: _choice,
}
