"""Replace every value in JSON: texts word by word, and numbers as in texts. Pure.

The document is not parsed and rewritten: everything between its values stays as it was
written. Member names stay too, unless they have more than one word, or are a word from
a column of names.
"""

import json
import re
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from limerun.exports.value_maps.digits import MOST_DIGITS
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.permutations import keyed_permutation

_LEAVES = re.compile(
    r'("(?:[^"\\]|\\.)*")(\s*:)?|(?<![\w.+-])(-?)(\d+(?:\.\d+)?)(?=[eE\s,\]}]|$)',
    re.DOTALL,
)
_PLAIN_NAME = re.compile(r'"[A-Za-z_$][\w$-]*"', re.ASCII)
_encode = json.JSONEncoder(ensure_ascii=False).encode

TextChange = Callable[[pa.StringArray], pa.StringArray]
"""A one-to-one map of texts, or of numbers that keep their length."""
IsName = Callable[[str], bool]


def json_texts(documents: pa.StringArray, is_name: IsName) -> pa.StringArray:
    """Return the texts to replace in some documents."""
    found = [
        json.loads(match[1])
        for document in documents.to_pylist()
        for match in _LEAVES.finditer(document)
        if _is_text(match, is_name)
    ]
    return _as_array(found)


def json_numbers(documents: pa.StringArray) -> pa.StringArray:
    """Return the numbers in some documents, without signs and exponents."""
    found = [
        match[4]
        for document in documents.to_pylist()
        for match in _LEAVES.finditer(document)
        if _is_number(match)
    ]
    return pa.array(found, pa.string())


def _as_array(texts: list[str]) -> pa.StringArray:
    # JSON allows a lone surrogate, which is not a character.
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    return pa.array(clean, pa.string())


def _is_text(match: re.Match[str], is_name: IsName) -> bool:
    text = match[1]
    if text is None:
        return False
    return match[2] is None or not _PLAIN_NAME.fullmatch(text) or is_name(text[1:-1])


def _is_number(match: re.Match[str]) -> bool:
    """Return whether a value is a number of several digits, for the number map."""
    return match[4] is not None and 1 < len(match[4].replace(".", "")) <= MOST_DIGITS


def replaced(
    documents: pa.StringArray,
    is_name: IsName,
    texts: TextChange,
    numbers: TextChange,
    key: Key,
) -> pa.StringArray:
    """Return documents with replacements for the texts and numbers learned before."""
    others = iter(texts(json_texts(documents, is_name)).to_pylist())
    other_numbers = iter(numbers(json_numbers(documents)).to_pylist())
    digits = _digit_map(key)

    def replace(match: re.Match[str]) -> str:
        if match[4] is None:
            return _other_text(match, is_name, others)
        if _is_number(match):
            return match[3] + str(next(other_numbers))
        return match[3] + (digits.get(match[4]) or _other_digits(match[4], key))

    return pa.array(
        [_LEAVES.sub(replace, document) for document in documents.to_pylist()],
        pa.string(),
    )


def _digit_map(key: Key) -> dict[str, str]:
    """Return another digit for each digit; zero stays, so that -1 does not become 0."""
    order = keyed_permutation(key.derived("digits"), 9)(np.arange(9))
    return {"0": "0", **{str(at + 1): str(to + 1) for at, to in enumerate(order)}}


def _other_text(match: re.Match[str], is_name: IsName, others: Iterator[str]) -> str:
    if _is_text(match, is_name):
        return str(_encode(next(others))) + (match[2] or "")
    return match[0]


def _other_digits(digits: str, key: Key) -> str:
    """Replace every digit of a very long number; leading zeros stay."""
    bits = key.digest(digits)
    written, first = [], True
    for sign in digits:
        if sign == "." or (sign == "0" and first):
            written.append(sign)
            continue
        bits, drawn = divmod(bits, 9)
        # Nine other digits, or eight without zero, so that no digit stays the same.
        choices = [
            each for each in "0123456789" if each != sign and (each > "0" or not first)
        ]
        written.append(choices[drawn % len(choices)])
        first = False
    return "".join(written)
