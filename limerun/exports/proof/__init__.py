"""Proves that a copy of an export contains no value of its source."""

from limerun.exports.proof.prove import prove

__all__ = ["prove"]
