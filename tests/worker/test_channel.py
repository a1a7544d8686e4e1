"""The worker moves its descriptors out of the task's way, and replaces none of them."""

import os
from pathlib import Path

import pytest

from limerun.worker.channel import moved


@pytest.fixture
def free_place() -> int:
    """Return a descriptor number that is not in use."""
    fd = os.open(os.devnull, os.O_RDONLY)
    os.close(fd)
    return fd + 100


def test_a_descriptor_moves_to_a_free_number(free_place: int) -> None:
    fd = os.open(os.devnull, os.O_RDONLY)
    assert moved(fd, free_place) == free_place
    assert not os.get_inheritable(free_place)
    os.close(free_place)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


@pytest.mark.parametrize("is_its_own", [True, False])
def test_a_descriptor_number_in_use_is_left_alone(
    *, is_its_own: bool, tmp_path: Path
) -> None:
    file = os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)
    fd = file if is_its_own else os.open(os.devnull, os.O_RDONLY)
    assert moved(fd, file) == fd
    assert not os.get_inheritable(fd)
    assert os.write(file, b"kept") == 4
    for each in {fd, file}:
        os.close(each)
