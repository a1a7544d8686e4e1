"""The limits of the YAML loader apply with and without libyaml."""

import importlib.util
from types import ModuleType

import pytest
import yaml

from limerun.config import loader


def without_libyaml(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the loader as if PyYAML had been built without libyaml."""
    monkeypatch.delattr(yaml, "CSafeLoader")
    spec = importlib.util.spec_from_file_location("plain_loader", loader.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["libyaml", "plain"])
def yaml_loader(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    return loader if request.param == "libyaml" else without_libyaml(monkeypatch)


def scalar(yaml_loader: ModuleType, text: str) -> object:
    return yaml_loader.read_scalar(yaml.compose(text, Loader=yaml_loader.StrictLoader))


@pytest.mark.parametrize(
    ("text", "value"),
    [("12:30", "12:30"), ("2026-01-31", "2026-01-31"), ("0123", "0123"), ("1_0", 10)],
)
def test_ambiguous_scalars_stay_text(
    yaml_loader: ModuleType, text: str, value: object
) -> None:
    assert scalar(yaml_loader, text) == value


def test_a_number_with_too_many_digits_is_refused(yaml_loader: ModuleType) -> None:
    assert scalar(yaml_loader, "0x" + "f" * 200) == 16**200 - 1
    with pytest.raises(ValueError, match="number too large"):
        scalar(yaml_loader, "0x" + "f" * 300)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 51 + "]" * 51, "deep"),
        ("&a [*a]", "refers to itself"),
        ("*a", "undefined alias|no anchor"),
        ("&a 1", None),
        ("[&a [1, 2], *a, *a]", None),
        ("[" * 50 + "]" * 50, None),
    ],
)
def test_nesting_that_is_too_deep_or_recursive_is_refused(
    yaml_loader: ModuleType, text: str, why: str | None
) -> None:
    if why is None:
        assert yaml_loader.check_expansion(text) is None
        return
    with pytest.raises(yaml.MarkedYAMLError, match=why):
        yaml_loader.check_expansion(text)


def test_a_document_that_aliases_would_make_huge_is_refused(
    yaml_loader: ModuleType,
) -> None:
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for before, name in zip("abcdef", "bcdefg", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    with pytest.raises(yaml.MarkedYAMLError, match="100,000"):
        yaml_loader.check_expansion("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a: b: c", "in quotes"),
        ("[a", "braces in quotes"),
        ("a: @b", "quote text with special characters"),
        ("a: 'b", "while scanning a quoted scalar"),
        ("[" * 20_000, "nested"),
    ],
)
def test_a_syntax_error_comes_with_advice_on_the_usual_cause(
    text: str, advice: str
) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        loader.check_expansion(text)
    assert advice in loader.advice_on(caught.value)
