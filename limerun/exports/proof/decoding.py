"""Decode what texts contain: URLs, JSON, HTML entities, e-mail, base64 and hexadecimal.

UTF-8 that was wrongly decoded as Latin-1 is repaired too. If the decoded bytes are not
text, the original stays: a word that happens to be valid base64 remains a word.
"""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# Base64 is recognized by a capital after a lower-case letter or digit, or by "=" at its
# end. Hexadecimal must encode at least four letters (also with spaces and .-@ between
# them) and have a letter among its digits; otherwise it is a number.
_BASE64_SIGN = "[A-Za-z0-9+/_-]"
_PADDED = f"{_BASE64_SIGN}{{6,}}={{1,2}}"
_MIXED = f"{_BASE64_SIGN}+[a-z0-9][A-Z]{_BASE64_SIGN}{{3,}}"
_HEX = "(?:[46][1-9A-Fa-f]|[57][0-9Aa]|20|2[DEde]|40|[Cc][2-5][89ABab][0-9A-Fa-f]){4,}"
_MISREAD = "[\u00c2-\u00c5][\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]"
_ENCODED = "|".join(
    (
        r"%[0-9A-Fa-f]{2}|%u[0-9A-Fa-f]{4}|=[0-9A-F]{2}|\\[uUxnrt\"/\\]|&#?[A-Za-z0-9]+;",
        *(_PADDED, _MIXED, rf"\b(?:0x)?{_HEX}\b", _MISREAD),
    )
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|%u([0-9A-Fa-f]{4})")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_BASE64 = re.compile(f"{_BASE64_SIGN}{{6,}}={{0,2}}")
_MIXED_CASE = re.compile("[a-z0-9][A-Z]")
_HEXADECIMAL = re.compile(rf"\b(?:0x)?({_HEX})\b")
_QUOTED = re.compile(r"(?:=[0-9A-F]{2})+|=\r?\n")
_MISREAD_TEXT = re.compile(f"(?:{_MISREAD})+")
_ROUNDS = 3
"""Number of nested encodings that are decoded."""
_DEEPEST = 100


def text_variants(
    texts: pa.Array, type: str, *, with_names: bool
) -> Iterator[tuple[pa.Array, NDArray[np.intp] | None]]:
    """Yield a column's texts as they are, then decoded, with the cell of each text.

    JSON is split into its values first. None means one text per cell, in order.
    """
    indices = None
    if type == "json":
        texts, indices = json_leaves(texts, with_names=with_names)
    yield texts, indices
    decoded, sources = decode_texts(texts)
    if len(decoded):
        yield decoded, sources if indices is None else indices[sources]


def decode_texts(texts: pa.Array) -> tuple[pa.Array, NDArray[np.intp]]:
    """Return decoded texts and the indices of their originals; none if binary."""
    none = pa.array([], pa.string()), np.zeros(0, np.intp)
    if not pa.types.is_string(texts.type):
        return none
    suspicious = pc.match_substring_regex(texts, _ENCODED)
    which = np.flatnonzero(
        pc.fill_null(suspicious, False).to_numpy(zero_copy_only=False)
    )
    decoded, indices = [], []
    for at in which.tolist():
        for text in _decodings(texts[at].as_py()):
            decoded.append(text)
            indices.append(at)
    return pa.array(decoded, pa.string()), np.array(indices, np.intp)


def _decodings(text: str) -> Iterator[str]:
    """Yield a text after each decoding round that changes it.

    The e-mail encoding is tried separately: in "?name=DAHL" the "=DA" is not encoded.
    """
    mail = _QUOTED.sub(_from_mail, text)
    for start in dict.fromkeys((text, mail)):
        if start != text:
            yield start.encode("utf-8", "replace").decode()
        for _ in range(_ROUNDS):
            plain = _undone(start)
            if plain == start:
                break
            start = plain.encode("utf-8", "replace").decode()
            yield start


def _undone(text: str) -> str:
    plain = _ESCAPE.sub(_escaped, html.unescape(text))
    plain = _PERCENT.sub(_from_url, plain)
    plain = _MISREAD_TEXT.sub(_from_misread, plain)
    return _HEXADECIMAL.sub(_from_hex, _BASE64.sub(_from_base64, plain))


def _escaped(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2] or match[3], 16))


def _from_url(match: re.Match[str]) -> str:
    return _as_text(bytes.fromhex(match[0].replace("%", "")))


def _from_mail(match: re.Match[str]) -> str:
    """Decode a match of quoted-printable: encoded bytes, or a soft line break."""
    encoded = match[0].replace("=", "")
    return _as_text(bytes.fromhex(encoded)) if encoded.strip() else ""


def _as_text(data: bytes) -> str:
    """Decode bytes as UTF-8, otherwise as Latin-1, which older systems wrote."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _from_misread(match: re.Match[str]) -> str:
    """Repair UTF-8 that was decoded as Latin-1 or Windows-1252."""
    for encoding in ("latin-1", "cp1252"):
        try:
            return match[0].encode(encoding).decode()
        except UnicodeError:
            continue
    return match[0]


def _from_hex(match: re.Match[str]) -> str:
    if match[0].isdecimal():
        return match[0]  # a number: some of many numbers decode to names by chance
    return _if_text(bytes.fromhex(match[1]), match[0])


def _from_base64(match: re.Match[str]) -> str:
    """Decode base64 if the result is text; otherwise return it unchanged."""
    if not (match[0].endswith("=") or _MIXED_CASE.search(match[0])):
        return match[0]  # a word
    encoded = match[0].translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        return match[0]
    return _if_text(data, match[0])


def _if_text(data: bytes, encoded: str) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return encoded
    return f" {text} " if text.isprintable() else encoded


def json_leaves(
    documents: pa.Array, *, with_names: bool
) -> tuple[pa.Array, NDArray[np.intp]]:
    """Return the texts and numbers in JSON documents, with their documents' indices.

    Invalid JSON counts as one text; the names of object members are optional.
    """
    leaves: list[str] = []
    indices: list[int] = []
    for at, document in enumerate(documents.to_pylist()):
        if document is None:
            continue
        try:
            value = json.loads(document)
        except (ValueError, RecursionError):
            value = (
                document if isinstance(document, str) else document.decode("latin-1")
            )
        for leaf in _leaves(value, with_names, _DEEPEST):
            leaves.append(leaf.encode("utf-8", "replace").decode())
            indices.append(at)
    return pa.array(leaves, pa.string()), np.array(indices, np.intp)


def _leaves(value: Any, with_names: bool, deep: int) -> Iterator[str]:
    if deep == 0:
        yield json.dumps(value)
    elif isinstance(value, dict):
        if with_names:
            yield from value
        for member in value.values():
            yield from _leaves(member, with_names, deep - 1)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, with_names, deep - 1)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
