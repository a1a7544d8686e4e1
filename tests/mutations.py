"""Damage documents: change their parts or their text."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import yaml

ODD: list[Any] = [
    *(None, True, False, 0, -1, 1, 64, 0.5, -0.0, 1e308, 5e-324, 2**31, 2**63, 2**64),
    *(-(2**63), 10**18, 10**400, "", " ", "64", "0", "-1", "1e999", "null", "yes", "~"),
    *("\t", "a\nb", "é", "ß" * 40, "\U0001f600", "‮abc", "x" * 300, "x" * 5000),
    *("a\0b", "../..", "/", "/dev/null", "${sources.x}", "${", "%", "{", "{a}", "{a:"),
    *("a.b", "a.b.c", ".", "*", "id", "_id", "2024-02-30", "12:30", "200 MB", "1h30m"),
    *("0x" + "f" * 40, "1_000", "1~2~3", "~1", "NaN", ".inf", "{:d}", "{x:9999999d}"),
    *([], {}, [[]], [None], {"a": 1}, {"": 1}, {"a": {"b": {}}}, [1, "a", None]),
    *(["a", "a"], [1, 2], {"kind": "email"}, {"type": "string"}, "string", "integer"),
]
"""What stands where something else belongs."""
RAW = (
    *("0x" + "f" * 4_000, "1" * 5_000, "0b" + "1" * 9_000, "1e99999", "-.inf", ".nan"),
    *(
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "12:30:45",
        "0o17",
        "0123",
        "1_0",
        "=",
        "~",
    ),
    *("!!python/object:os.system x", "!x y", "!!binary aGk=", "!!set {a}", "!!int x"),
    *("!!float a", "!!null a", "!!bool 3", "!!timestamp 1", "&a [*a]", "*nothing"),
    *(
        "&a {b: *a}",
        "{<<: 1}",
        "{<<: [1]}",
        "{<<: {a: 1}}",
        "{? [a]: b}",
        "{1: a, 1: b}",
    ),
    *(
        "{a: 1, a: 2}",
        "[" * 60 + "]" * 60,
        "{a: " * 60 + "}" * 60,
        '"\\ud800"',
        '"\\0"',
    ),
    *(
        '"\\x00"',
        "|\n  a\n  b",
        ">-\n  a",
        "'",
        '"',
        "[",
        "{",
        "- a",
        "%YAML 1.1",
        "@a",
    ),
    *("? a", "a: b: c", "\tx", "\0", "\ufeff", "\u2028", "...", "---", "&a", "`"),
)
"""What no dumper would write: put into the text of a YAML file."""


def mutated(rng: random.Random, value: Any, times: int) -> Any:
    """Return a copy of a document with some of its parts changed."""
    value = copy.deepcopy(value)
    for _ in range(times):
        value = _once(rng, value)
    return value


def _once(rng: random.Random, value: Any) -> Any:
    places = [*_places(value)] if isinstance(value, dict | list) else []
    if not places or rng.random() < 0.01:
        return copy.deepcopy(rng.choice(ODD))
    holder, key = rng.choice(places)
    _MUTATIONS[rng.randrange(len(_MUTATIONS))](rng, holder, key, places)
    return value


def _places(value: Any) -> Any:
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _replace(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    holder[key] = copy.deepcopy(rng.choice(ODD))


def _delete(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    del holder[key]


def _retype(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    old = holder[key]
    holder[key] = rng.choice(
        [str(old), repr(old), bool(old), [old], [old, old], {"a": old}]
    )


def _number(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    if isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        holder[key] = rng.choice([-1, 0, 1, 2**63, -(2**70), 10**400, 0.5, 1e300, "1"])
    else:
        _replace(rng, holder, key, places)


def _swap(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    other, name = rng.choice(places)
    holder[key], other[name] = copy.deepcopy(other[name]), copy.deepcopy(holder[key])


def _move(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    other, _ = rng.choice(places)
    if isinstance(other, dict):
        other[rng.choice([str(key), "x", "kind", "type", "rows"])] = copy.deepcopy(
            holder[key]
        )
    else:
        other.append(copy.deepcopy(holder[key]))


def _rename(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    if isinstance(holder, dict):
        odd = ["", "a.b", "é", "x" * 300, f"{key}s", str(key).upper(), "_x", "<<", "1"]
        holder[rng.choice(odd)] = holder.pop(key)


def _text(rng: random.Random, holder: Any, key: Any, places: Any) -> None:
    text = str(holder[key])[:10_000]
    at = rng.randint(0, len(text))
    new = rng.choice(["", "~", ":", "{", "}", ".", "\0", "é", "-", " ", "9" * 30, "\n"])
    holder[key] = text[:at] + new + text[at + rng.randint(0, 3) :]


_MUTATIONS = (
    *(_replace, _replace, _delete, _retype, _number, _swap, _move, _rename, _text),
)


def dumped(rng: random.Random, value: Any) -> str:
    """Return a YAML text of a value, sometimes damaged."""
    flow = rng.choice([None, False, True])
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    for _ in range(rng.choice([0, 0, 0, 0, 1, 1, 2])):
        lines = text.split("\n")
        at = rng.randrange(len(lines))
        head, colon, _ = lines[at].partition(": ")
        change = rng.randrange(5)
        if change == 0 and colon:
            lines[at] = f"{head}: {rng.choice(RAW)}"
        elif change == 1:
            lines[at] = "\t" * rng.randint(0, 1) + " " * rng.randint(0, 3) + lines[at]
        elif change == 2:
            lines.insert(at, lines[rng.randrange(len(lines))])
        elif change == 3:
            cut = rng.randint(0, len(lines[at]))
            lines[at] = lines[at][:cut] + rng.choice(RAW) + lines[at][cut:]
        else:
            del lines[at:]
        text = "\n".join(lines)
    return text


def plainly_dumped(rng: random.Random, value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True)


def write(rng: random.Random, path: Path, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.02:
        at = rng.randint(0, len(data))
        data = data[:at] + bytes(rng.randbytes(2)) + data[at:]
    path.write_bytes(data)


def damaged_json(rng: random.Random, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.15:
        raw = ["NaN", "1" * 5_000, "1e999", "[" * 99_999, '"\\ud800"', "{", '{"a":1}']
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(raw) + text[at + rng.randint(0, 40) :]
    return text
