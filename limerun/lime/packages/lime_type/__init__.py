"""Limetypes and Lime objects."""

from lime_type.dsl import create_limeobjects_from_dsl, create_limetypes_from_dsl
from lime_type.limeobjects import LimeObject
from lime_type.limetypes import LimeType

__all__ = [
    "LimeObject",
    "LimeType",
    "create_limeobjects_from_dsl",
    "create_limetypes_from_dsl",
]
