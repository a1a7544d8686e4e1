"""Find what texts say once they are decoded: URLs, JSON, HTML entities, base64."""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above
from numpy.typing import NDArray

_SIGNS = b"%\\&="
_ENCODED = r"%[0-9A-Fa-f]{2}|\\[uUxnrt\"/\\]|&#?[A-Za-z0-9]+;|[A-Za-z0-9+/_-]{6,}={1,2}"
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}={1,2}")
_ROUNDS = 3
"""Encodings inside of each other that are undone."""
_DEEPEST = 100


def decode_texts(texts: pa.Array) -> tuple[pa.Array, NDArray[np.intp]]:
    """Return what is encoded in some texts, decoded, and which texts those are.

    Args:
        texts: Any; what is no text but binary is left out.
    """
    none = pa.array([], pa.string()), np.zeros(0, np.intp)
    if not pa.types.is_string(texts.type) or not _may_be_encoded(texts):
        return none
    suspicious = pc.match_substring_regex(texts, _ENCODED)
    which = np.flatnonzero(
        pc.fill_null(suspicious, False).to_numpy(zero_copy_only=False)
    )
    decoded, places = [], []
    for at in which.tolist():
        for text in _decodings(texts[at].as_py()):
            decoded.append(text)
            places.append(at)
    return pa.array(decoded, pa.string()), np.array(places, np.intp)


def _may_be_encoded(texts: pa.Array) -> bool:
    data = texts.buffers()[2]
    if data is None:
        return False
    held = memoryview(data).tobytes()
    return any(bytes((sign,)) in held for sign in _SIGNS)


def _decodings(text: str) -> Iterator[str]:
    """Yield a text with one encoding after the other undone, each that changes it."""
    for _ in range(_ROUNDS):
        plain = _ESCAPE.sub(_escaped, html.unescape(unquote(text)))
        plain = _BASE64.sub(_from_base64, plain)
        if plain == text:
            return
        text = plain.encode("utf-8", "replace").decode()
        yield text


def _escaped(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16))


def _from_base64(match: re.Match[str]) -> str:
    """Return what base64 holds if that is text; else what was there."""
    coded = match[0].translate(str.maketrans("-_", "+/"))
    try:
        text = base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return match[0]
    return f" {text} " if text.isprintable() else match[0]


def json_leaves(
    documents: pa.Array, *, with_names: bool
) -> tuple[pa.Array, NDArray[np.intp]]:
    """Return the texts and numbers inside of JSON, and which document each is of.

    Args:
        documents: JSON as text; what is none counts as one text.
        with_names: Also the names that values bear in objects.
    """
    leaves: list[str] = []
    places: list[int] = []
    for at, document in enumerate(documents.to_pylist()):
        if document is None:
            continue
        try:
            held = json.loads(document)
        except (ValueError, RecursionError):
            held = document if isinstance(document, str) else document.decode("latin-1")
        for leaf in _leaves(held, with_names, _DEEPEST):
            leaves.append(leaf.encode("utf-8", "replace").decode())
            places.append(at)
    return pa.array(leaves, pa.string()), np.array(places, np.intp)


def _leaves(value: Any, with_names: bool, deep: int) -> Iterator[str]:
    if deep == 0:
        yield json.dumps(value)
    elif isinstance(value, dict):
        if with_names:
            yield from value
        for held in value.values():
            yield from _leaves(held, with_names, deep - 1)
    elif isinstance(value, list):
        for held in value:
            yield from _leaves(held, with_names, deep - 1)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
