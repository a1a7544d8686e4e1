"""Hypothesis strategies for any record that the types allow, with any text."""

import dataclasses
import types
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from hypothesis import strategies as st

from limerun.records import Json, Record

NASTY = [
    "[red]x[/red]",
    "[/]",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "a\rb",
    "<b>&amp;</b>",
    "]]>",
    "| a | b |",
    "@everyone #1 `x` ```",
    "\u202egnp.exe",
    "\x00\x08\x9b2J",
    "価格 🎉 e\u0301",
    "\ud800",
    ":smile: {x} %s",
]
texts = st.sampled_from(NASTY) | st.text(max_size=30)
json_texts = texts.map(lambda text: text.encode("utf-8", "replace").decode())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | json_texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(json_texts, inner, max_size=3)
    ),
    max_leaves=4,
)


def strategy_of(hint: object, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for a type of a record's field."""
    if hint == Json:
        return json_values
    if get_origin(hint) is Annotated:
        return strategy_of(get_args(hint)[0], text)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return st.builds(
            hint,
            **{
                field.name: strategy_of(field.type, text)
                for field in dataclasses.fields(hint)
                if field.name != "series"
            },
            **(
                {"series": _series(hint)}
                if "series" in {field.name for field in dataclasses.fields(hint)}
                else {}
            ),
        )
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return _composed(hint, text)


def _composed(hint: object, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (types.UnionType, Union):
        return st.one_of(*(strategy_of(each, text) for each in arguments))
    if origin is tuple:
        return st.lists(strategy_of(arguments[0], text), max_size=2).map(tuple)
    if origin is not None:
        return st.dictionaries(text, strategy_of(arguments[1], text), max_size=2)
    scalars: Mapping[object, st.SearchStrategy[Any]] = {
        str: text,
        bool: st.booleans(),
        int: st.integers(0, 2**53),
        float: st.floats(0, 1e15, allow_nan=False),
        type(None): st.none(),
    }
    return scalars[hint]


def _series(run: type) -> st.SearchStrategy[Any]:
    [hint] = [each.type for each in dataclasses.fields(run) if each.name == "series"]
    points = st.tuples(st.floats(-1, 1e6), st.integers(0, 2**53))
    return st.lists(points, max_size=4).map(
        lambda samples: cast("type", hint)(
            t_seconds=tuple(at for at, _ in samples),
            rss_bytes=tuple(rss for _, rss in samples),
        )
    )


records = strategy_of(Record, texts)
saved_records = strategy_of(Record, json_texts)
