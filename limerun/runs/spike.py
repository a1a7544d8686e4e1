"""The task of `limerun doctor`: a memory peak of known size, too short to sample."""


def spike(size_bytes: int) -> None:
    """Use this many bytes during one C call, at the end of the task."""
    len(b"\x01" * size_bytes)
