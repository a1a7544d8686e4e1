"""`${sources.NAME}` becomes the path of a file; other text stays unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.config.placeholders import fill
from limerun.errors import ConfigError

FILES = {"contracts": "/tmp/contracts.jsonl", "b-2": "/tmp/b ${sources.x}"}


def test_a_placeholder_is_filled_at_any_depth() -> None:
    parameters: dict[str, object] = {
        "path": "${sources.contracts}",
        "urls": ["file://${sources.contracts}?x", {"b": "${sources.b-2}!"}],
        "count": 5,
        "nothing": None,
    }
    assert fill(parameters, FILES) == {
        "path": "/tmp/contracts.jsonl",
        "urls": ["file:///tmp/contracts.jsonl?x", {"b": "/tmp/b ${sources.x}!"}],
        "count": 5,
        "nothing": None,
    }
    assert parameters["path"] == "${sources.contracts}"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$${sources.contracts}", "${sources.contracts}"),
        ("$$${sources.contracts}", "$${sources.contracts}"),
        ("$5 and {x} and $", "$5 and {x} and $"),
    ],
)
def test_a_doubled_dollar_sign_stands_for_one_dollar_sign(
    text: str, filled: str
) -> None:
    assert fill({"a": text}, FILES) == {"a": filled}


@pytest.mark.parametrize("text", ["${x}", "${sources.x}", "${", "${}", "${sources.a"])
def test_an_invalid_placeholder_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        fill({"a": [text]}, FILES)


@given(st.text())
def test_any_text_stays_unchanged_if_its_dollar_signs_are_doubled(text: str) -> None:
    assert fill({"a": text.replace("${", "$${")}, FILES) == {"a": text}
