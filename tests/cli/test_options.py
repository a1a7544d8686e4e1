"""A group of options is declared once; each of its fields is an option."""

import inspect
from dataclasses import dataclass, field

from limerun.cli.options import expand_groups


@dataclass(frozen=True, kw_only=True)
class Paint:
    colour: str = "red"
    layers: int = 1
    brush: str = field(default="flat", init=False)


def test_an_option_group_is_expanded_at_its_position() -> None:
    def paint(wall: str, *, paint: Paint, dry: bool = False) -> None:
        """Paint a wall."""

    expanded = expand_groups(paint)
    parameters = inspect.signature(expanded).parameters
    assert [*parameters] == ["wall", "colour", "layers", "dry"]
    assert parameters["layers"].default == 1
    assert parameters["layers"].annotation is int
    assert (expanded.__name__, expanded.__doc__) == ("paint", "Paint a wall.")


def test_a_command_receives_the_filled_option_group() -> None:
    called = []

    def paint(wall: str, *, paint: Paint, dry: bool = False) -> None:
        called.append((wall, paint, dry))

    expand_groups(paint)(wall="north", colour="blue", layers=2, dry=True)
    assert called == [("north", Paint(colour="blue", layers=2), True)]
