"""The proof that a copy of an export holds no value of its source."""

from limerun.exports.proof.prove import prove

__all__ = ["prove"]
