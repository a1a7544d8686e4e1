"""The version, where the build and the record find it."""

VERSION = "0.1.0"
