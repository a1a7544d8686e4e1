"""The task of `limerun doctor`: a peak of known size, too short for a sampler."""


def spike(size_bytes: int) -> None:
    """Use this number of bytes within one C call, at the end of the task."""
    len(b"\x01" * size_bytes)
