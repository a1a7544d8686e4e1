"""A frozen class behaves like a frozen dataclass of the standard library."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace

import pytest

from limerun.frozen import frozen


@frozen
class Point:
    """A point."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)
    secret: str = field(default="", repr=False)


@frozen
class Positive:
    """A number that must be positive."""

    number: int

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("it is negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The same fields as a point."""

    x: int
    y: int = 2


def test_fields_take_their_values_and_defaults() -> None:
    point = Point(x=1)
    assert asdict(point) == {"x": 1, "y": 2, "names": [], "secret": ""}
    assert Point(x=1).names is not point.names


@pytest.mark.parametrize("values", [{}, {"x": 1, "z": 2}])
def test_a_missing_or_unknown_value_is_a_type_error(values: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point"):
        Point(**values)  # type: ignore[arg-type]  # wrong on purpose


def test_positional_values_are_an_error() -> None:
    with pytest.raises(TypeError):
        Point(1)  # type: ignore[call-arg]  # wrong on purpose


def test_an_instance_never_changes_and_has_no_dict() -> None:
    point = Point(x=1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]  # wrong on purpose
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert not hasattr(point, "__dict__")


def test_equality_needs_the_same_class_and_values() -> None:
    assert Point(x=1) == Point(x=1)
    assert Point(x=1) != Point(x=2)
    other: object = Other(x=1)
    assert Point(x=1) != other
    assert hash(Positive(number=1)) == hash(Positive(number=1))


def test_the_repr_leaves_out_hidden_fields() -> None:
    assert repr(Point(x=1, secret="p")) == "Point(x=1, y=2, names=[])"


def test_copies_are_equal_and_field_values_are_validated() -> None:
    point = Point(x=1)
    assert replace(point, x=3).x == 3
    assert pickle.loads(pickle.dumps(point)) == copy.deepcopy(point) == point
    assert [each.name for each in fields(point)] == ["x", "y", "names", "secret"]
    with pytest.raises(ValueError, match="negative"):
        Positive(number=-1)
