"""The task of `limerun doctor`: a spike of known size that no sampler can see well."""


def spike(size_bytes: int) -> None:
    """Hold so many bytes inside one C call, as the last act."""
    len(b"\x01" * size_bytes)
